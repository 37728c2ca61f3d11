"""Rules for addresses: URIs of links, and where images come from."""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Any, Final

from gateway.contract.structured.finding import Code
from gateway.contract.structured.rules import Path, Report, Rule, text

_CHAR: Final = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_NAME: Final = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
_URI: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+\-.]*:"
    rf"(?://?(?:(?:{_NAME}|:)*@)?(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|{_NAME}*)(?::[0-9]*)?(?:/{_CHAR}*)*"
    rf"|/?{_CHAR}+(?:/{_CHAR}*)*)"
    rf"(?:\?(?:{_CHAR}|[/?])*)?(?:\#(?:{_CHAR}|[/?])*)?"
)
"""RFC 3986, section 3, as a whole match, with something after the scheme. An IPv6 address is found here, checked below."""

# No user part, no backslash and no blank before the path: browsers and this pattern must agree on which part is the host.
_HTTPS: Final = re.compile(r"https://([^/?#@:\\\s\x00-\x1f]+)(?::[0-9]*)?(?:[/?#]|\Z)", re.IGNORECASE)
_OTHER_IMAGE: Final = re.compile(r"[^?#]*\.(?:avif|bmp|gif|heic|ico|svg|tiff?|webp)(?:[?#]|\Z)", re.IGNORECASE)


def uri(limit: int) -> Rule:
    """Ask for an absolute URI of at most `limit` characters."""
    length = text(limit)

    def check(value: Any, path: Path, report: Report) -> None:
        length(value, path, report)
        if isinstance(value, str) and len(value) <= limit and not _is_uri(value):
            report.add(
                path, Code.NOT_A_URI, "must be an absolute URI (scheme first, blanks and umlauts percent-encoded)"
            )

    return check


def image_url(limit: int) -> Rule:
    """Ask for an https address on one of the account's image hosts."""
    length = text(limit)

    def check(value: Any, path: Path, report: Report) -> None:
        length(value, path, report)
        if not isinstance(value, str):
            return
        found = _HTTPS.match(value)
        if found is None:
            report.add(path, Code.IMAGE_URL, "must be an https URL with a host and no user part")
        elif report.image_hosts is not None and found[1].lower() not in report.image_hosts:
            report.add(path, Code.IMAGE_HOST, "its host is not on the account's list of image hosts")
        if _OTHER_IMAGE.match(value):
            report.add(path, Code.IMAGE_FORMAT, "should be a JPG or a PNG, by its suffix it is not")

    return check


def _is_uri(value: str) -> bool:
    found = _URI.fullmatch(value)
    if found is None or found["ipv6"] is None:
        return found is not None
    try:
        IPv6Address(found["ipv6"])
    except AddressValueError:
        return False
    return True
