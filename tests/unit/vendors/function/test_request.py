from typing import Any

import pytest

from gateway.contract.errors import InvalidRequest
from gateway.contract.event import parse_event
from vendors.function.request import build_request, finish_request


def test_request_shares_nothing_with_the_event() -> None:
    event = parse_event({"convId": "a", "message": "hi", "context": {"lpEvent": {"sequence": 1}, "lpSdes": {}}})
    request = build_request(event, {})
    request["context"]["lpEvent"]["sequence"] = 2
    assert event.lp_event == {"sequence": 1}


def test_conversation_is_restored_and_all_else_is_the_hook_s() -> None:
    hooked: dict[str, Any] = {"convId": "another", "message": "changed", "context": {}, "extra": [1]}
    assert finish_request(hooked, {"convId": "a"}) == {**hooked, "convId": "a"}


def test_conversation_is_restored_where_a_hook_took_it_away() -> None:
    assert finish_request({"message": "hi"}, {"convId": "a"}) == {"message": "hi", "convId": "a"}


def test_a_request_that_json_cannot_hold_is_named() -> None:
    with pytest.raises(InvalidRequest, match=r"^\$: cannot be written as JSON: "):
        finish_request({"message": object()}, {"convId": "a"})
