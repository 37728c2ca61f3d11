"""What of a consumer's turn a record does not keep: secrets, card numbers, e-mail addresses, and who the consumer is.

- The value under a key that names a secret (`apikey`, `authorization`, `password`, `token`, …) becomes `[secret]`, and so does in
  a text what follows such a name with `=` or `:`, or the word `Bearer`.
- A value under a key that names a consumer (`customerId`, `ip`, `phone`, …), and every value of LivePerson's attributes about
  one (`customerInfo`, `personalInfo`, …; docs/contract/custom-integration.md section 1.4), becomes `[masked]`.
- Card numbers and e-mail addresses in any other text become `[card]` and `[email]`, by the rules of `hooks.redact:redact`.

JSON inside a string is looked through as well. Left alone are the conversation's id, wherever it stands, and the keys of objects.
"""

import re
from typing import Any, Final

from gateway.contract.types import Json
from gateway.contract.wire import WireError, copy, dumps, loads
from hooks.redact import KEPT_KEYS, Settings, redact_text

SECRET: Final = "[secret]"  # noqa: S105 - what stands in a secret's place
MASKED: Final = "[masked]"
SECRET_WORDS: Final = (
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "passphrase",
    "password",
    "passwd",
    "privatekey",
    "accesskey",
    "secret",
    "sessionkey",
    "signature",
    "token",
)
"""A key that has one of these in it, whatever its case and its dashes, names a secret."""
# fmt: off
PERSONAL_KEYS: Final = frozenset({
    "consumerid", "customerid", "userid", "username", "participantid", "visitorid", "sharkvisitorid", "imei", "deviceid",
    "ip", "ipaddress", "clientip", "remoteaddress", "useragent", "email", "phone", "phonenumber", "mobile", "firstname",
    "lastname", "surname", "fullname", "address", "dateofbirth", "birthday", "latitude", "longitude", "lat", "lng",
})
# fmt: on
"""Keys, in lower case and without dashes, whose values say who or where a consumer is."""
PERSONAL_GROUPS: Final = frozenset(
    {"authenticatedparticipantinfo", "authenticatedpersonalinfo", "customerinfo", "lead", "personalinfo"}
)
"""LivePerson's engagement attributes of which every value does."""
MAX_NESTED: Final = 3
"""Levels of JSON in a string in JSON in a string; deeper ones are masked whole."""
_TEXTS: Final = Settings(("card", "email"), "[{kind}]")
_NAMED: Final = re.compile(
    r"(?i)((?:(?:api|private|access|session)[-_]?key|authorization|cookie|credential|passphrase|passw(?:or)?d"
    r"|secret|signature|token)[\w-]{0,40}\s{0,3}[=:]\s{0,3})(?:(?:basic|bearer)\s{1,3})?[^\s&;,\"'{}\[\]]++"
)
"""A secret that a text names, as a query or a header does; lengths are bounded, so that no text takes long."""
_BEARER: Final = re.compile(r"(?i)\b(bearer)\s++\S++")
_NOT_LETTERS: Final = re.compile(r"[^a-z0-9]")


def redact_record(record: Json) -> Json:
    """Give a copy of a record as it may be kept. Takes milliseconds for a large one: not on the event loop."""
    redacted: Json = copy(record)
    whole = {key: redacted[key] for key in ("event", "request", "answer", "draft", "reply")}
    _redact(whole, redacted["conversation"], nested=0)
    return redacted | whole


def _redact(root: Any, conversation: str, *, nested: int) -> None:
    """Change values where they stand, without recursion: they may nest deeply."""
    todo: list[tuple[Any, bool]] = [(root, False)]
    while todo:
        parent, personal = todo.pop()
        entries = parent.items() if isinstance(parent, dict) else enumerate(parent)
        for key, value in list(entries):
            name = _NOT_LETTERS.sub("", key.lower()) if isinstance(key, str) else ""
            if value is None or isinstance(value, bool) or value == conversation:
                continue
            if any(word in name for word in SECRET_WORDS):
                parent[key] = SECRET
                continue
            is_personal = personal or name in PERSONAL_KEYS or name in PERSONAL_GROUPS
            if isinstance(value, dict | list):
                todo.append((value, is_personal))
            elif is_personal:
                parent[key] = MASKED
            elif isinstance(value, str):
                parent[key] = _redact_text(key, value, conversation, nested)


def _redact_text(key: Any, text: str, conversation: str, nested: int) -> str:
    if text.lstrip()[:1] in {"{", "["}:
        try:
            value = loads(text)
        except WireError:
            pass
        else:
            if nested == MAX_NESTED:
                return MASKED
            _redact(value, conversation, nested=nested + 1)
            return dumps(value).decode()
    if key in KEPT_KEYS:
        return text
    return redact_text(_BEARER.sub(rf"\1 {SECRET}", _NAMED.sub(rf"\1{SECRET}", text)), _TEXTS)
