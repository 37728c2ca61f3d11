"""Every row of "Query" for Watson: the event that comes in, the request that hooks see, and the body that goes out."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.errors import InvalidRequest
from gateway.contract.event import parse_event
from gateway.contract.wire import loads
from vendors.watson import v1, v2

DATA = Path(__file__).parents[2] / "data" / "watson"
REQUESTS = loads((DATA / "requests.json").read_bytes())
MESSAGES = loads((DATA / "messages.json").read_bytes())
V1_REQUESTS = loads((DATA / "requests_v1.json").read_bytes())
V1_MESSAGES = loads((DATA / "messages_v1.json").read_bytes())


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["name"])
def test_event_becomes_the_request_that_hooks_see(case: dict[str, Any]) -> None:
    assert v2.build_request(parse_event(case["event"]), case["session"]) == case["request"]


@pytest.mark.parametrize("case", [case for case in MESSAGES if "message" in case], ids=lambda case: case["name"])
def test_what_hooks_leave_becomes_the_body(case: dict[str, Any]) -> None:
    assert v2.build_message(case["request"]) == case["message"]


@pytest.mark.parametrize("case", [case for case in MESSAGES if "problem" in case], ids=lambda case: case["name"])
def test_what_cannot_be_sent_is_named(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        v2.build_message(case["request"])
    assert str(caught.value) == case["problem"]


@pytest.mark.parametrize("case", V1_REQUESTS, ids=lambda case: case["name"])
def test_event_becomes_the_request_that_hooks_of_v1_see(case: dict[str, Any]) -> None:
    assert v1.build_request(parse_event(case["event"]), case["session"]) == case["request"]


@pytest.mark.parametrize("case", [case for case in V1_MESSAGES if "message" in case], ids=lambda case: case["name"])
def test_what_hooks_of_v1_leave_becomes_the_body(case: dict[str, Any]) -> None:
    assert v1.build_message(case["request"], case["session"]) == case["message"]


@pytest.mark.parametrize("case", [case for case in V1_MESSAGES if "problem" in case], ids=lambda case: case["name"])
def test_what_cannot_be_sent_to_v1_is_named(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        v1.build_message(case["request"], case["session"])
    assert str(caught.value) == case["problem"]
