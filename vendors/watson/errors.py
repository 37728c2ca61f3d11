"""Watson's failures in LivePerson's codes, from structured facts alone: statuses, exception classes, how far a request got.

Sources: docs/contract/errors.md sections 3 and 8, docs/contract/vendors/watson.md "Fallbacks and errors". IBM's error texts are
prose for people and are neither read nor passed on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ibm_cloud_sdk_core import ApiException

from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, VendorFailure
from vendors.exchange import TransportFailure
from vendors.http import parse_retry_after

V1_SEND_QUERY: Final = PREFIX + "aivendor.watson.send-query"
V2_SEND_QUERY: Final = PREFIX + "aivendor.watsonv2.send-query"
V2_CREATE_SESSION: Final = PREFIX + "aivendor.watsonv2.create-session"
V2_INVALID_SESSION: Final = PREFIX + "aivendor.watsonv2.invalid-session"
# Of both: Watson V2 has no parser codes of its own.
WATSON_ERROR: Final = PREFIX + "aivendor.watson.watson-error"
UNDEFINED_STRUCTURED_CONTENT: Final = PREFIX + "aivendor.watson.parser.custom.undefined-structured-content"
UNDEFINED_SOURCE: Final = PREFIX + "aivendor.watson.parser.image.undefined-source"
UNDEFINED_OPTIONS: Final = PREFIX + "aivendor.watson.parser.list.undefined-options"
UNDEFINED_TEXT: Final = PREFIX + "aivendor.watson.parser.text-and-custom.undefined-text"
UNDEFINED_TIME: Final = PREFIX + "aivendor.watson.parser.pause.undefined-time"
FORMAT_NOT_SUPPORTED: Final = PREFIX + "aivendor.watson.message-format-not-supported"
MALFORMED_PAYLOAD: Final = PREFIX + "aivendor.watson.parse-message.get-parse-message-failed"
PARSER_CRASHED: Final = PREFIX + "aivendor.watson.index.generic-parser-crashed"

MAX_RETRIES: Final = 2
"""More tries after the first, whatever the bot's policy would allow."""

_MESSAGES: Final = frozenset({V1_SEND_QUERY, V2_SEND_QUERY})
"""The codes of messages that got no answer."""
_KINDS: Final[Mapping[int, FailureKind]] = {
    401: FailureKind.DENIED,
    403: FailureKind.DENIED,
    429: FailureKind.THROTTLED,
    503: FailureKind.UNAVAILABLE,
}
_RETRIES: Final[Mapping[FailureKind, int]] = {
    FailureKind.NOT_SENT: MAX_RETRIES,
    FailureKind.THROTTLED: MAX_RETRIES,
    FailureKind.UNAVAILABLE: MAX_RETRIES,
    # Watson's own table: a 5xx may be tried again.
    FailureKind.SERVER_FAULT: MAX_RETRIES,
}


class TokenFailure(Exception):
    """No token: the token endpoint cannot be reached, is in trouble, or does not accept the API key."""

    def __init__(self, kind: FailureKind, what: str, *, refusal: ApiException | None = None) -> None:
        super().__init__(what)
        self.kind = kind
        self.what = what
        self.refusal = refusal
        """What the token endpoint answered, where it did."""


def unusable(code: str, message: str) -> VendorFailure:
    """Make the failure of an answer that cannot be read."""
    return VendorFailure(FailureKind.UNUSABLE, code, message)


def choose_kind(status: int) -> FailureKind:
    """Say what an HTTP error status of Watson means."""
    return _KINDS.get(status, FailureKind.SERVER_FAULT if 500 <= status <= 599 else FailureKind.REFUSED)


def choose_token_kind(status: int) -> FailureKind:
    """Say what an HTTP error status of the token endpoint means; Watson itself has not been asked in any case."""
    if status == 429:
        return FailureKind.THROTTLED
    # IBM answers 400 for an API key that it does not know.
    return FailureKind.UNAVAILABLE if 500 <= status <= 599 else FailureKind.DENIED


def translate(error: Exception, *, code: str) -> VendorFailure:
    """Give a failure its code: `code` says which API was called, and whether a session was being made or a message sent.

    Raise TypeError for an exception that has no row: it is a fault of ours, not Watson's.
    """
    for row in ROWS:
        if isinstance(error, row):
            return ROWS[row](error, code)
    raise TypeError(f"no row for {type(error).__name__}") from error


def _from_status(error: Any, code: str) -> VendorFailure:
    kind = choose_kind(error.status_code)
    facts = _Facts.of(error)
    return VendorFailure(
        kind,
        code,
        "Watson answered with an error.",
        vendor_status=facts.status,
        request_id=facts.request_id,
        retry_after=facts.retry_after,
        retries=_RETRIES.get(kind, -1),
    )


def _from_transport(error: Any, code: str) -> VendorFailure:
    # An answer too large to hold is one that cannot be parsed; only a message's answer has the parser's code.
    told = PARSER_CRASHED if error.kind is FailureKind.UNUSABLE and code in _MESSAGES else code
    return VendorFailure(
        error.kind, told, f"No answer from Watson: {error.what}.", retries=_RETRIES.get(error.kind, -1)
    )


def _from_token(error: Any, code: str) -> VendorFailure:
    facts = _Facts() if error.refusal is None else _Facts.of(error.refusal)
    return VendorFailure(
        error.kind,
        code,
        f"No token for Watson: {error.what}.",
        vendor_status=facts.status,
        request_id=facts.request_id,
        retry_after=facts.retry_after,
        retries=_RETRIES.get(error.kind, -1),
    )


ROWS: Final[Mapping[type[Exception], Callable[[Any, str], VendorFailure]]] = {
    ApiException: _from_status,
    TransportFailure: _from_transport,
    TokenFailure: _from_token,
}
"""Every exception that a call can end with -> how it is told. A test checks it against the SDK's own classes."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an error answer says beside its prose."""

    status: int | None = None
    request_id: str | None = None
    retry_after: float | None = None

    @classmethod
    def of(cls, error: ApiException) -> "_Facts":
        headers: Mapping[str, str] = {} if error.http_response is None else error.http_response.headers
        wait = parse_retry_after(headers.get("Retry-After"), now=datetime.now(UTC))
        return cls(error.status_code, error.global_transaction_id, wait)
