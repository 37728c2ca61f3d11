import importlib
import pkgutil
from types import ModuleType

import ibm_cloud_sdk_core
import ibm_watson
import pytest
from ibm_cloud_sdk_core import ApiException

from gateway.contract.errors import FailureKind
from vendors.exchange import TransportFailure
from vendors.watson import errors
from vendors.watson.errors import ROWS, TokenFailure, choose_kind, choose_token_kind, translate


def exceptions_of(package: ModuleType) -> set[type[Exception]]:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        # The speech services' modules need a client for sockets that Watson Assistant does not.
        if "speech" not in found.name and "websocket" not in found.name
    ]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Exception) and value.__module__.startswith(package.__name__)
    }


def test_every_exception_of_the_sdk_has_a_row() -> None:
    defined = exceptions_of(ibm_cloud_sdk_core) | exceptions_of(ibm_watson)
    assert defined == {ApiException}
    assert defined <= set(ROWS)


def test_every_status_has_a_kind_and_only_three_of_them_are_worth_another_try() -> None:
    kinds = {status: choose_kind(status) for status in range(300, 600)}
    assert {status for status, kind in kinds.items() if kind is FailureKind.DENIED} == {401, 403}
    assert {status for status, kind in kinds.items() if kind is FailureKind.THROTTLED} == {429}
    assert {status for status, kind in kinds.items() if kind is FailureKind.UNAVAILABLE} == {503}
    assert {status for status, kind in kinds.items() if kind is FailureKind.SERVER_FAULT} == set(range(500, 600)) - {
        503
    }
    assert set(kinds.values()) == {
        FailureKind.REFUSED,
        FailureKind.DENIED,
        FailureKind.THROTTLED,
        FailureKind.UNAVAILABLE,
        FailureKind.SERVER_FAULT,
    }


def test_the_token_endpoints_refusals_are_about_credentials() -> None:
    kinds = {status: choose_token_kind(status) for status in range(300, 600)}
    assert {status for status, kind in kinds.items() if kind is FailureKind.THROTTLED} == {429}
    assert {status for status, kind in kinds.items() if kind is FailureKind.UNAVAILABLE} == set(range(500, 600))
    assert {kind for status, kind in kinds.items() if status < 500 and status != 429} == {FailureKind.DENIED}


@pytest.mark.parametrize("kind", FailureKind, ids=lambda kind: kind.label)
def test_what_may_be_tried_again_is_tried_twice_more_at_most(kind: FailureKind) -> None:
    tried = translate(TransportFailure(kind, "it broke"), code=errors.V2_SEND_QUERY).retries
    again = {FailureKind.NOT_SENT, FailureKind.THROTTLED, FailureKind.UNAVAILABLE, FailureKind.SERVER_FAULT}
    assert tried == (2 if kind in again else kind.retries)


def test_an_answer_too_large_is_one_that_cannot_be_parsed() -> None:
    failure = TransportFailure(FailureKind.UNUSABLE, "an answer of more than 4 bytes")
    assert translate(failure, code=errors.V1_SEND_QUERY).code == errors.PARSER_CRASHED
    assert translate(failure, code=errors.V2_SEND_QUERY).code == errors.PARSER_CRASHED
    assert translate(failure, code=errors.V2_CREATE_SESSION).code == errors.V2_CREATE_SESSION


def test_a_refusal_without_a_response_has_its_status_alone() -> None:
    told = translate(ApiException(429, message="prose about a consumer"), code=errors.V2_SEND_QUERY)
    assert told.message == "Watson answered with an error. (HTTP 429)"
    assert told.request_id is None


def test_a_token_failure_without_an_answer_says_what_happened() -> None:
    told = translate(TokenFailure(FailureKind.NOT_SENT, "no token endpoint"), code=errors.V2_CREATE_SESSION)
    assert (told.message, told.code) == ("No token for Watson: no token endpoint.", errors.V2_CREATE_SESSION)


def test_a_fault_of_ours_is_not_told_as_watsons() -> None:
    with pytest.raises(TypeError, match="no row for KeyError"):
        translate(KeyError("x"), code=errors.V2_SEND_QUERY)
