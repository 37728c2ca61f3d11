"""What Lex's failures mean: a table by AWS's own names, then by HTTP status.

docs/contract/vendors/lex.md (tables of exceptions) and docs/contract/errors.md sections 2 and 8. Names, statuses and request
ids are facts; the prose beside them is never read.
"""

import re
from typing import Any, Final, NamedTuple

from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import Json
from vendors.exchange import TransportFailure
from vendors.http import HttpAnswer
from vendors.lex.payload import PARSER_CRASHED

SEND_QUERY: Final = PREFIX + "aivendor.lex.send-query"


class Meaning(NamedTuple):
    """A row: what a failure is, and how often it may be tried again (-1: as its kind says)."""

    kind: FailureKind
    retries: int = -1


_DENIED: Final = Meaning(FailureKind.DENIED)
_REFUSED: Final = Meaning(FailureKind.REFUSED)

BY_NAME: Final = {
    "ValidationException": _REFUSED,
    "ResourceNotFoundException": _REFUSED,
    "AccessDeniedException": _DENIED,
    "ConflictException": Meaning(FailureKind.CONFLICT),
    # The bot's own Lambda or Polly failed: Lex is well, and the turn has been taken.
    "DependencyFailedException": Meaning(FailureKind.REPORTED),
    "ThrottlingException": Meaning(FailureKind.THROTTLED),
    "InternalServerException": Meaning(FailureKind.SERVER_FAULT, 1),
    "BadGatewayException": Meaning(FailureKind.SERVER_FAULT, 1),
    # Common to all of AWS, some with status 400:
    # https://docs.aws.amazon.com/lexv2/latest/APIReference/CommonErrors.html
    "ServiceUnavailable": Meaning(FailureKind.UNAVAILABLE),
    "ServiceUnavailableException": Meaning(FailureKind.UNAVAILABLE),
    "InternalFailure": Meaning(FailureKind.SERVER_FAULT, 1),
    "RequestExpired": _DENIED,
    "OptInRequired": _DENIED,
    "NotAuthorized": _DENIED,
    "AccessDenied": _DENIED,
    "ExpiredToken": _DENIED,
    "ExpiredTokenException": _DENIED,
    "IncompleteSignature": _DENIED,
    "IncompleteSignatureException": _DENIED,
    "InvalidClientTokenId": _DENIED,
    "InvalidSignatureException": _DENIED,
    "MissingAuthenticationToken": _DENIED,
    "MissingAuthenticationTokenException": _DENIED,
    "SignatureDoesNotMatch": _DENIED,
    "UnrecognizedClientException": _DENIED,
}
"""AWS's name of a failure -> what it means."""

BY_STATUS: Final = {
    401: _DENIED,
    403: _DENIED,
    408: Meaning(FailureKind.SERVER_FAULT, 0),
    409: Meaning(FailureKind.CONFLICT),
    424: Meaning(FailureKind.REPORTED),
    429: Meaning(FailureKind.THROTTLED),
    500: Meaning(FailureKind.SERVER_FAULT, 1),
    502: Meaning(FailureKind.SERVER_FAULT, 1),
    503: Meaning(FailureKind.UNAVAILABLE),
}
"""For names that the table does not have; any other status of 500 and up is a server's fault, never tried again."""

_NAME: Final = re.compile(r"[A-Za-z][\w.]{0,99}")
_REQUEST_ID: Final = re.compile(r"[\w-]{1,100}")


def read_answer(answer: HttpAnswer) -> Json:
    """Give the native answer. Raise VendorFailure for every answer that is none."""
    if not 200 <= answer.status < 300:
        raise _read_error(answer)
    body = answer.json_object()
    if body is None:
        raise VendorFailure(
            FailureKind.UNUSABLE,
            PARSER_CRASHED,
            "Lex did not answer with a JSON object",
            vendor_status=answer.status,
            request_id=read_request_id(answer),
        )
    if _is_error(body):
        raise VendorFailure(
            FailureKind.REPORTED,
            SEND_QUERY,
            "Lex answered with an error",
            vendor_status=answer.status,
            vendor_error=_clean_name(body.get("__type") or body.get("code")),
            request_id=read_request_id(answer),
        )
    return body


def translate_transport(failure: TransportFailure) -> VendorFailure:
    """Give a transport's failure Lex's code."""
    return VendorFailure(failure.kind, SEND_QUERY, f"No answer of Lex: {failure.what}")


def read_error_name(answer: HttpAnswer) -> str | None:
    """Find AWS's name of the error: in a header, or in the body, where older protocols have it.

    https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
    """
    if name := _clean_name(answer.headers.get("x-amzn-ErrorType")):
        return name
    body = answer.json_object() or {}
    return _clean_name(body.get("code")) or _clean_name(body.get("__type"))


def read_request_id(answer: HttpAnswer) -> str | None:
    """Find the id under which AWS knows the request."""
    found = answer.headers.get("x-amzn-RequestId", "")
    return found if _REQUEST_ID.fullmatch(found) else None


def _read_error(answer: HttpAnswer) -> VendorFailure:
    name = read_error_name(answer)
    meaning = BY_NAME.get(name or "") or _read_status(answer.status)
    return VendorFailure(
        meaning.kind,
        SEND_QUERY,
        "Lex answered with an error",
        vendor_status=answer.status,
        vendor_error=name,
        request_id=read_request_id(answer),
        retry_after=answer.retry_after,
        retries=meaning.retries,
    )


def _read_status(status: int) -> Meaning:
    if (meaning := BY_STATUS.get(status)) is not None:
        return meaning
    return Meaning(FailureKind.SERVER_FAULT) if status >= 500 else _REFUSED


def _is_error(body: Json) -> bool:
    """Tell an error object that came with a 200 from an answer, which has at least one of four members."""
    if "__type" in body:
        return True
    return ("message" in body or "Message" in body) and body.keys().isdisjoint(
        {"messages", "sessionState", "interpretations", "sessionId"}
    )


def _clean_name(value: Any) -> str | None:
    """Cut a name out of `name:uri` or `prefix#name`; what does not look like a name is none."""
    if not isinstance(value, str):
        return None
    name = value.partition(":")[0].rpartition("#")[2]
    return name if _NAME.fullmatch(name) else None
