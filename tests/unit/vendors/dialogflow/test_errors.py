import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import grpc
import pytest
from google.api_core import exceptions as api
from google.auth import exceptions as auth
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import Help, RetryInfo

from gateway.contract.errors import FailureKind
from gateway.contract.wire import dumps
from vendors.dialogflow.errors import (
    API_KINDS,
    AUTH_KINDS,
    ES_SEND_QUERY,
    UnusableFile,
    classify_auth,
    exception_for,
    look_up,
    translate_answer,
    translate_auth,
    translate_call,
    translate_reported,
)
from vendors.http import HttpAnswer


def exceptions_of(module: ModuleType) -> list[type[BaseException]]:
    return [
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, BaseException) and found.__module__ == module.__name__
    ]


@pytest.mark.parametrize("error", exceptions_of(api), ids=lambda error: error.__name__)
def test_every_api_exception_has_a_kind(error: type[BaseException]) -> None:
    assert look_up(error, API_KINDS) is not None


@pytest.mark.parametrize("error", exceptions_of(auth), ids=lambda error: error.__name__)
def test_every_auth_exception_has_a_kind(error: type[BaseException]) -> None:
    assert look_up(error, AUTH_KINDS) is not None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (300, FailureKind.REFUSED),
        (301, FailureKind.REFUSED),
        (400, FailureKind.REFUSED),
        (401, FailureKind.DENIED),
        (402, FailureKind.REFUSED),
        (403, FailureKind.DENIED),
        (404, FailureKind.REFUSED),
        (409, FailureKind.REFUSED),
        (412, FailureKind.REFUSED),
        (429, FailureKind.THROTTLED),
        (499, FailureKind.REFUSED),
        (500, FailureKind.SERVER_FAULT),
        (501, FailureKind.SERVER_FAULT),
        (502, FailureKind.SERVER_FAULT),
        (503, FailureKind.UNAVAILABLE),
        (504, FailureKind.SERVER_FAULT),
        (599, FailureKind.SERVER_FAULT),
        (600, FailureKind.SERVER_FAULT),
    ],
)
def test_status(status: int, kind: FailureKind) -> None:
    assert look_up(exception_for(status), API_KINDS) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.CANCELLED, FailureKind.REFUSED),
        (grpc.StatusCode.UNKNOWN, FailureKind.SERVER_FAULT),
        (grpc.StatusCode.INVALID_ARGUMENT, FailureKind.REFUSED),
        (grpc.StatusCode.DEADLINE_EXCEEDED, FailureKind.TIMED_OUT),
        (grpc.StatusCode.NOT_FOUND, FailureKind.REFUSED),
        (grpc.StatusCode.ALREADY_EXISTS, FailureKind.REFUSED),
        (grpc.StatusCode.PERMISSION_DENIED, FailureKind.DENIED),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, FailureKind.THROTTLED),
        (grpc.StatusCode.FAILED_PRECONDITION, FailureKind.REFUSED),
        (grpc.StatusCode.ABORTED, FailureKind.REFUSED),
        (grpc.StatusCode.OUT_OF_RANGE, FailureKind.REFUSED),
        (grpc.StatusCode.UNIMPLEMENTED, FailureKind.SERVER_FAULT),
        (grpc.StatusCode.INTERNAL, FailureKind.SERVER_FAULT),
        (grpc.StatusCode.UNAVAILABLE, FailureKind.UNAVAILABLE),
        (grpc.StatusCode.DATA_LOSS, FailureKind.SERVER_FAULT),
        (grpc.StatusCode.UNAUTHENTICATED, FailureKind.DENIED),
    ],
    ids=lambda value: value.name,
)
def test_grpc_code(code: grpc.StatusCode, kind: FailureKind) -> None:
    class_for: Callable[[grpc.StatusCode], type[BaseException]] = api.exception_class_for_grpc_status

    assert look_up(class_for(code), API_KINDS) is kind


def make(
    error: Callable[..., BaseException], *arguments: Any, by: Callable[..., BaseException] | None = None
) -> BaseException:
    made = error(*arguments)
    made.__cause__ = None if by is None else by("SECRET")
    return made


NO_ANSWER = "Google's token service gave no answer"
NO_GOOD = "the Google credentials cannot be used"


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (make(auth.TransportError, "SECRET"), FailureKind.NOT_SENT, f"{NO_ANSWER} (TransportError)"),
        (make(auth.TimeoutError, "SECRET"), FailureKind.NOT_SENT, f"{NO_ANSWER} (TimeoutError)"),
        (make(auth.RefreshError, "SECRET"), FailureKind.DENIED, f"{NO_GOOD} (RefreshError)"),
        (
            make(auth.RefreshError, "SECRET", {"error": "invalid_grant", "error_description": "SECRET"}),
            FailureKind.DENIED,
            f"{NO_GOOD} (RefreshError) (invalid_grant)",
        ),
        (make(auth.RefreshError, "SECRET", {"error": "SECRET"}), FailureKind.DENIED, f"{NO_GOOD} (RefreshError)"),
        (make(auth.RefreshError, by=auth.TransportError), FailureKind.NOT_SENT, f"{NO_ANSWER} (RefreshError)"),
        (make(auth.DefaultCredentialsError, "SECRET"), FailureKind.DENIED, f"{NO_GOOD} (DefaultCredentialsError)"),
        (make(auth.MalformedError, "SECRET"), FailureKind.DENIED, f"{NO_GOOD} (MalformedError)"),
        (make(ValueError, "SECRET"), FailureKind.DENIED, f"{NO_GOOD} (ValueError)"),
        (make(UnusableFile, "credentials_file: gone"), FailureKind.DENIED, f"{NO_GOOD} (credentials_file: gone)"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_signing_in_that_fails(error: BaseException, kind: FailureKind, message: str) -> None:
    failure = translate_auth(error, ES_SEND_QUERY)

    assert (classify_auth(error), failure.kind, failure.code, failure.message) == (kind, kind, ES_SEND_QUERY, message)


def test_message_of_google_is_never_handed_on() -> None:
    body = dumps({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "Invalid text: SECRET"}})

    assert "SECRET" not in str(translate_answer(HttpAnswer(400, {}, body), ES_SEND_QUERY))


@pytest.mark.parametrize("delay", ["-1s", "1", "", "s", 5, None, "9" * 30 + "s"])
def test_nonsense_in_retry_info_is_none(delay: object) -> None:
    body = dumps({"error": {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]}})

    assert translate_answer(HttpAnswer(429, {}, body), ES_SEND_QUERY).retry_after is None


@pytest.mark.parametrize(
    "answer",
    [{}, {"queryResult": {}}, {"error": "text"}, {"error": None}, {"queryResult": {}, "error": {"status": "INTERNAL"}}],
)
def test_answer_that_reports_nothing(answer: dict[str, object]) -> None:
    assert translate_reported(answer, ES_SEND_QUERY) is None


def make_call_error(code: grpc.StatusCode, details: list[Any] | None = None) -> Any:
    from_status: Callable[..., Any] = api.from_grpc_status

    return from_status(code, "SECRET", details=details or [])


@pytest.mark.parametrize(
    ("code", "kind", "status", "message"),
    [
        (grpc.StatusCode.UNAVAILABLE, FailureKind.UNAVAILABLE, 503, "Dialogflow failed (HTTP 503, UNAVAILABLE)"),
        (grpc.StatusCode.UNKNOWN, FailureKind.SERVER_FAULT, 500, "Dialogflow failed (HTTP 500, UNKNOWN)"),
        (grpc.StatusCode.UNIMPLEMENTED, FailureKind.SERVER_FAULT, 501, "Dialogflow failed (HTTP 501, UNIMPLEMENTED)"),
        (
            grpc.StatusCode.UNAUTHENTICATED,
            FailureKind.DENIED,
            401,
            "Dialogflow refused the request (HTTP 401, UNAUTHENTICATED)",
        ),
        (grpc.StatusCode.DEADLINE_EXCEEDED, FailureKind.TIMED_OUT, None, "Dialogflow: no answer in time"),
    ],
    ids=lambda value: value.name if isinstance(value, grpc.StatusCode) else "",
)
def test_grpc_call_that_fails(code: grpc.StatusCode, kind: FailureKind, status: int | None, message: str) -> None:
    failure = translate_call(make_call_error(code), ES_SEND_QUERY)

    assert (failure.kind, failure.code, failure.vendor_status, failure.message, failure.retry_after) == (
        kind,
        ES_SEND_QUERY,
        status,
        message,
        None,
    )


@pytest.mark.parametrize(("seconds", "retry_after"), [(13.5, 13.5), (0, 0.0), (-1, None)])
def test_retry_info_of_a_grpc_call(seconds: float, retry_after: float | None) -> None:
    info = RetryInfo(retry_delay=Duration(seconds=int(seconds), nanos=int(seconds % 1 * 1e9)))
    error = make_call_error(grpc.StatusCode.RESOURCE_EXHAUSTED, [Help(), info])

    failure = translate_call(error, ES_SEND_QUERY)

    assert (failure.kind, failure.retry_after) == (FailureKind.THROTTLED, retry_after)


def test_error_without_a_status() -> None:
    make_error: Callable[[str], Any] = api.GoogleAPICallError

    failure = translate_call(make_error("SECRET"), ES_SEND_QUERY)

    assert (failure.kind, failure.vendor_status, failure.vendor_error, failure.message) == (
        FailureKind.SERVER_FAULT,
        500,
        None,
        "Dialogflow failed (HTTP 500)",
    )
