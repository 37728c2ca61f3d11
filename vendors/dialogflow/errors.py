"""Dialogflow's failures in botbridge's terms: tables over structured facts, looked up by the most specific class.

REST and gRPC meet in `google.api_core.exceptions`, which gives every HTTP status and every gRPC code a class. Messages of
Google's are never read and never handed on: they may quote a consumer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import grpc
from google.api_core import exceptions as api
from google.auth import exceptions as auth
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo

from gateway.contract.callables import CallableFailed
from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import Json
from vendors.exchange import TransportFailure
from vendors.http import HttpAnswer

ES_SEND_QUERY: Final = PREFIX + "aivendor.dialogflowv2.send-query"
"""All that can go wrong with ES (docs/contract/errors.md section 1)."""
CX_SEND_REQUEST: Final = PREFIX + "aivendor.dialogflowcx.send-request"
CX_TEST_CONNECTION: Final = PREFIX + "aivendor.dialogflowcx.test-connection"
"""CX did not answer."""
CX_PARSER_ERROR: Final = PREFIX + "aivendor.dialogflowcx.parse-message.parser-error"
"""CX answered what cannot be parsed."""
CX_MULTIPLE_ACTIONS: Final = PREFIX + "aivendor.dialogflowcx.parse-message.multiple-actions"
"""CX asks for more than one action in one turn."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What a generation of the API calls the failures of its transport (docs/contract/errors.md section 8)."""

    send: str
    """No answer came."""
    parse: str
    """What came is not JSON, or no object."""


ES_CODES: Final = Codes(ES_SEND_QUERY, ES_SEND_QUERY)
CX_CODES: Final = Codes(CX_SEND_REQUEST, CX_PARSER_ERROR)


class UnusableFile(Exception):
    """A credentials file that cannot be read; the message says why and quotes nothing of it."""


API_KINDS: Final[Mapping[type[BaseException], FailureKind]] = {
    api.TooManyRequests: FailureKind.THROTTLED,
    api.ServiceUnavailable: FailureKind.UNAVAILABLE,
    api.Unauthorized: FailureKind.DENIED,
    api.Forbidden: FailureKind.DENIED,
    api.Redirection: FailureKind.REFUSED,
    api.ClientError: FailureKind.REFUSED,
    # Its HTTP form is the parent, GatewayTimeout: there Google's proxy says it, here it is our own limit that ran out.
    api.DeadlineExceeded: FailureKind.TIMED_OUT,
    api.RetryError: FailureKind.TIMED_OUT,
    # Two ways of asking that are wrong before anything is sent.
    api.DuplicateCredentialArgs: FailureKind.REFUSED,
    api.AsyncRestUnsupportedParameterError: FailureKind.REFUSED,
    # 500, 502, 504 and what nobody has a name for: the turn may have been taken.
    api.GoogleAPIError: FailureKind.SERVER_FAULT,
}
"""Of Google's API, by class."""

AUTH_KINDS: Final[Mapping[type[BaseException], FailureKind]] = {
    # No token, so no request: the turn can safely be tried again.
    auth.TransportError: FailureKind.NOT_SENT,
    auth.TimeoutError: FailureKind.NOT_SENT,
    auth.ResponseError: FailureKind.NOT_SENT,
    CallableFailed: FailureKind.NOT_SENT,
    # The file, the key or the account is wrong: RefreshError, DefaultCredentialsError, MalformedError and the others.
    auth.GoogleAuthError: FailureKind.DENIED,
}
"""Of signing in, by class."""

_FAMILIES: Final = {3: api.Redirection, 4: api.ClientError, 5: api.ServerError}
_STATUS_NAMES: Final = frozenset(code.name for code in grpc.StatusCode)
_OAUTH_ERRORS: Final = frozenset(
    {
        "access_denied",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""Of RFC 6749 section 5.2, and Google's access_denied."""
_RETRY_INFO: Final = "type.googleapis.com/google.rpc.RetryInfo"


def look_up(error: type[BaseException], table: Mapping[type[BaseException], FailureKind]) -> FailureKind | None:
    """Find the row of a class, or of its nearest parent that has one."""
    return next((table[parent] for parent in error.__mro__ if parent in table), None)


def exception_for(status: int) -> type[BaseException]:
    """Give the class of an HTTP status; one that Google has no class for falls to its family's."""
    found: type[BaseException] = api.exception_class_for_http_status(status)  # type: ignore[no-untyped-call]  # Google ships it untyped
    return _FAMILIES.get(status // 100, found) if found is api.GoogleAPICallError else found


def translate_answer(answer: HttpAnswer, code: str) -> VendorFailure:
    """Make the failure of an HTTP answer that is not a success."""
    told = read_error(answer.json_object() or {})
    kind = look_up(exception_for(answer.status), API_KINDS) or FailureKind.SERVER_FAULT
    return VendorFailure(
        kind,
        code,
        "Dialogflow refused the request" if answer.status < 500 else "Dialogflow failed",
        vendor_status=answer.status,
        vendor_error=read_status_name(told),
        retry_after=answer.retry_after if answer.retry_after is not None else read_retry_delay(told),
    )


def translate_call(error: api.GoogleAPICallError, code: str) -> VendorFailure:
    """Make the failure of a gRPC call that ended with a status of Dialogflow's own, in the terms that REST has for it."""
    kind = look_up(type(error), API_KINDS) or FailureKind.SERVER_FAULT
    if kind is FailureKind.TIMED_OUT:
        return VendorFailure(kind, code, "Dialogflow: no answer in time")
    status = error.code if isinstance(error.code, int) else 500
    return VendorFailure(
        kind,
        code,
        "Dialogflow refused the request" if status < 500 else "Dialogflow failed",
        vendor_status=status,
        vendor_error=error.grpc_status_code.name if error.grpc_status_code is not None else None,
        retry_after=next(
            (_seconds_of(detail.retry_delay) for detail in error.details if isinstance(detail, RetryInfo)), None
        ),
    )


def translate_transport(failure: TransportFailure, code: str) -> VendorFailure:
    """Make the failure of a request that brought no whole answer."""
    return VendorFailure(failure.kind, code, f"Dialogflow: {failure.what}")


def translate_auth(error: BaseException, code: str) -> VendorFailure:
    """Make the failure of credentials that cannot be had, or of a token that Google would not give."""
    kind = classify_auth(error)
    if kind is FailureKind.NOT_SENT:
        return VendorFailure(kind, code, f"Google's token service gave no answer ({type(error).__name__})")
    return VendorFailure(
        kind,
        code,
        f"the Google credentials cannot be used ({error if isinstance(error, UnusableFile) else type(error).__name__})",
        vendor_error=_read_oauth_error(error),
    )


def classify_auth(error: BaseException) -> FailureKind:
    """Give the kind of a failure to sign in; unknown ones (an unreadable key file) are a matter of the set-up."""
    # google-auth's metadata client wraps an unreachable server in the error of a refused token.
    causes = (error, error.__cause__) if isinstance(error, auth.RefreshError) else (error,)
    if any(look_up(type(cause), AUTH_KINDS) is FailureKind.NOT_SENT for cause in causes if cause is not None):
        return FailureKind.NOT_SENT
    return look_up(type(error), AUTH_KINDS) or FailureKind.DENIED


def translate_reported(answer: Json, code: str) -> VendorFailure | None:
    """Make the failure of an error object in a 200 (docs/contract/errors.md section 8); None when there is none."""
    if "queryResult" in answer or not isinstance(answer.get("error"), dict):
        return None
    return VendorFailure(
        FailureKind.REPORTED,
        code,
        "Dialogflow answered with an error",
        vendor_error=read_status_name(read_error(answer)),
    )


def read_error(body: Json) -> Json:
    """Find the error object of Google's error body, `{}` when it is none."""
    error = body.get("error")
    return error if isinstance(error, dict) else {}


def read_status_name(error: Json) -> str | None:
    """Read the gRPC name of an error (`RESOURCE_EXHAUSTED`); anything else could be prose."""
    name = error.get("status")
    return name if isinstance(name, str) and name in _STATUS_NAMES else None


def read_retry_delay(error: Json) -> float | None:
    """Read the seconds of google.rpc.RetryInfo in the details of an error, None when there are none."""
    details = error.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and detail.get("@type") == _RETRY_INFO:
            return _read_duration(detail.get("retryDelay"))
    return None


def _read_duration(value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    duration = Duration()
    try:
        duration.FromJsonString(value)
    except ValueError:
        return None
    return _seconds_of(duration)


def _seconds_of(duration: Duration) -> float | None:
    seconds = float(duration.seconds + duration.nanos / 1e9)
    return seconds if seconds >= 0 else None


def _read_oauth_error(error: BaseException) -> str | None:
    """Find the OAuth name in a RefreshError, which carries the token endpoint's answer as its second argument."""
    answer = error.args[1] if isinstance(error, auth.RefreshError) and len(error.args) > 1 else None
    name = answer.get("error") if isinstance(answer, Mapping) else None
    return name if isinstance(name, str) and name in _OAUTH_ERRORS else None
