from typing import Any

import pytest

from gateway.contract.errors import InvalidRequest
from gateway.contract.wire import loads
from vendors.function.request import write_request


def test_conversation_is_restored_and_all_else_is_the_hook_s() -> None:
    hooked: dict[str, Any] = {"convId": "another", "message": "changed", "context": {}, "extra": [1]}
    assert loads(write_request(hooked, {"convId": "a"})) == {**hooked, "convId": "a"}


def test_conversation_is_restored_where_a_hook_took_it_away() -> None:
    assert loads(write_request({"message": "hi"}, {"convId": "a"})) == {"message": "hi", "convId": "a"}


def test_a_request_that_json_cannot_hold_is_named() -> None:
    with pytest.raises(InvalidRequest, match=r"^\$: cannot be written as JSON: "):
        write_request({"message": object()}, {"convId": "a"})
