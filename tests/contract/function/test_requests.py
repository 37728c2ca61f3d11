"""Every row of the function's "Query": the event that comes in, and the payload that goes out."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.event import parse_event
from gateway.contract.wire import loads
from vendors.function.request import build_request

CASES = loads((Path(__file__).parents[2] / "data" / "function" / "requests.json").read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_event_becomes_the_payload(case: dict[str, Any]) -> None:
    session: dict[str, Any] = {}
    assert build_request(parse_event(case["event"]), session) == case["request"]
    assert session == {"convId": case["event"]["convId"]}
