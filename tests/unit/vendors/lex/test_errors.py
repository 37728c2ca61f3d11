from typing import Any

import pytest
from botocore.session import Session
from multidict import CIMultiDict

from emulators.lex import LexEmulator
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.wire import dumps
from vendors.exchange import TransportFailure
from vendors.http import HttpAnswer
from vendors.lex.errors import BY_NAME, BY_STATUS, read_answer, translate_transport


def answer_of(status: int, headers: dict[str, str] | None = None, body: bytes = b"{}") -> HttpAnswer:
    return HttpAnswer(status, CIMultiDict(headers or {}), body)


def failure_of(status: int, headers: dict[str, str] | None = None, body: bytes = b"{}") -> VendorFailure:
    with pytest.raises(VendorFailure) as caught:
        read_answer(answer_of(status, headers, body))
    return caught.value


def test_every_exception_of_the_service_has_a_row() -> None:
    model = Session().get_service_model("lexv2-runtime")
    declared = {shape.name for shape in model.error_shapes}
    declared |= {shape.name for shape in model.operation_model("RecognizeText").error_shapes}
    assert declared
    assert declared <= BY_NAME.keys()


def test_names_and_statuses_of_the_service_agree() -> None:
    model = Session().get_service_model("lexv2-runtime")
    for shape in model.error_shapes:
        status = shape.metadata["error"]["httpStatusCode"]
        if status in BY_STATUS:
            assert BY_NAME[shape.name] == BY_STATUS[status]


def test_every_error_of_the_emulator_has_a_row() -> None:
    assert LexEmulator.errors.keys() <= BY_NAME.keys()


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("ThrottlingException", "ThrottlingException"),
        ("ThrottlingException:http://internal.amazon.com/coral/com.amazonaws.lex/", "ThrottlingException"),
        ("com.amazonaws.lex#ThrottlingException:http://internal.amazon.com/", "ThrottlingException"),
        ("", None),
        ("not a name", None),
    ],
)
def test_name_in_the_header(header: str, name: str | None) -> None:
    assert failure_of(400, {"x-amzn-ErrorType": header}).vendor_error == name


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"code":"ConflictException"}', "ConflictException"),
        (b'{"__type":"x#ConflictException"}', "ConflictException"),
        (b'{"code":409}', None),
        (b'{"code":["ConflictException"]}', None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_name_in_the_body(body: bytes, name: str | None) -> None:
    assert failure_of(409, body=body).vendor_error == name


def test_the_header_goes_before_the_body() -> None:
    failure = failure_of(400, {"x-amzn-ErrorType": "ThrottlingException"}, b'{"code":"ConflictException"}')
    assert (failure.vendor_error, failure.kind) == ("ThrottlingException", FailureKind.THROTTLED)


def test_the_name_goes_before_the_status() -> None:
    assert failure_of(400, {"x-amzn-ErrorType": "ThrottlingException"}).kind is FailureKind.THROTTLED


def test_an_unknown_name_falls_to_its_status_and_is_kept() -> None:
    failure = failure_of(503, {"x-amzn-ErrorType": "NewException"})
    assert (failure.kind, failure.vendor_error) == (FailureKind.UNAVAILABLE, "NewException")


def test_prose_is_never_told() -> None:
    failure = failure_of(
        400,
        {"x-amzn-ErrorType": "ValidationException", "x-amzn-RequestId": "a b <script>"},
        b'{"message":"text: the consumer said pineapple"}',
    )
    assert failure.message == "Lex answered with an error (HTTP 400, ValidationException)"


@pytest.mark.parametrize(
    "body",
    [
        {"messages": []},
        {"sessionId": "a", "message": "x"},
        {"interpretations": [], "Message": "x"},
        {"sessionState": {}},
        {},
    ],
)
def test_an_answer_is_not_taken_for_an_error(body: dict[str, Any]) -> None:
    assert read_answer(answer_of(200, body=dumps(body))) == body


@pytest.mark.parametrize("kind", [FailureKind.NOT_SENT, FailureKind.TIMED_OUT, FailureKind.CUT, FailureKind.UNUSABLE])
def test_transport_keeps_its_kind(kind: FailureKind) -> None:
    failure = translate_transport(TransportFailure(kind, "no luck"))
    assert (failure.kind, failure.retries, failure.code, failure.message) == (
        kind,
        kind.retries,
        "com.liveperson.bot-connectors-worker.error.aivendor.lex.send-query",
        "No answer of Lex: no luck",
    )
