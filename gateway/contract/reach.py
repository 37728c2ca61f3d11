"""Which addresses may be spoken to without TLS: this machine's alone."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def is_loopback(host: str) -> bool:
    """Say whether a host name or literal address is this machine's; nothing is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def split_url(url: str) -> SplitResult:
    """Take a URL apart that credentials may be sent to: https, or http to this machine. Raise ValueError, which says why not."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read for its check alone: a port that is none raises here
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("must be a whole URL: https://…")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must be https (http only to this machine)")
    return parts
