"""Every row of the function's "Fallbacks and errors", over real sockets."""

from pathlib import Path
from typing import Any

import pytest

from emulators.faults import parse_fault
from emulators.function import FunctionEmulator
from gateway.contract.errors import VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.ports import Vendor
from gateway.contract.wire import loads

CASES = loads((Path(__file__).parents[2] / "data" / "function" / "failures.json").read_bytes())
NOTE = parse_event({"convId": "5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11", "message": "text"})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_failure_has_its_meaning_and_the_bot_answers_again(
    case: dict[str, Any], service: FunctionEmulator, bot: Vendor
) -> None:
    service.faults.add(parse_fault({**case["fault"], "times": 1}))
    session: dict[str, Any] = {}
    request = bot.build_request(NOTE, session)
    with pytest.raises(VendorFailure) as caught:
        await bot.ask(request, session, timeout=0.2 if case["fault"].get("kind") == "hang" else 10)
    failure = caught.value
    assert {
        "kind": failure.kind.name,
        "code": failure.code,
        "message": failure.message,
        "status": failure.status,
        "retries": failure.retries,
        "retry_after": failure.retry_after,
        "vendor_status": failure.vendor_status,
    } == case["failure"]
    assert len(service.requests) == 1
    assert await bot.ask(request, session, timeout=10) == {"messages": ["Your parcel is on its way."], "context": {}}
