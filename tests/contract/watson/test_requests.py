"""Every row of "Query" for Watson V2: the event that comes in, the request that hooks see, and the body that goes out."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.errors import InvalidRequest
from gateway.contract.event import parse_event
from gateway.contract.wire import loads
from vendors.watson.v2 import build_message, build_request

DATA = Path(__file__).parents[2] / "data" / "watson"
REQUESTS = loads((DATA / "requests.json").read_bytes())
MESSAGES = loads((DATA / "messages.json").read_bytes())


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["name"])
def test_event_becomes_the_request_that_hooks_see(case: dict[str, Any]) -> None:
    assert build_request(parse_event(case["event"]), case["session"]) == case["request"]


@pytest.mark.parametrize("case", [case for case in MESSAGES if "message" in case], ids=lambda case: case["name"])
def test_what_hooks_leave_becomes_the_body(case: dict[str, Any]) -> None:
    assert build_message(case["request"]) == case["message"]


@pytest.mark.parametrize("case", [case for case in MESSAGES if "problem" in case], ids=lambda case: case["name"])
def test_what_cannot_be_sent_is_named(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        build_message(case["request"])
    assert str(caught.value) == case["problem"]
