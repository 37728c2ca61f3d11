"""Every row of Watson's failures (docs/contract/errors.md section 8), over real sockets; afterwards the bot answers again."""

import re
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import parse_fault
from emulators.watson import WatsonEmulator
from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.ports import Vendor
from gateway.contract.wire import loads

DATA = Path(__file__).parents[2] / "data" / "watson"
CASES = [
    pytest.param(api, case, id=f"{api}: {case['name']}")
    for api, file in (("v1", "failures_v1.json"), ("v2", "failures.json"))
    for case in loads((DATA / file).read_bytes())
]
REQUEST_ID = re.compile(r"request id [0-9a-f-]{36}")
HELLO = parse_event({"convId": "c-1", "message": "text"})


@pytest.mark.parametrize(("api", "case"), CASES)
async def test_failure_has_its_meaning_and_the_bot_answers_again(
    api: str, case: dict[str, Any], watson: WatsonEmulator, bots: dict[str, Vendor]
) -> None:
    bot = bots[api]
    watson.faults.add(parse_fault({**case["fault"], "times": 1}))
    session: dict[str, Any] = {}
    request = bot.build_request(HELLO, session)
    with pytest.raises(VendorFailure) as caught:
        await bot.ask(request, session, timeout=0.3 if case["fault"].get("kind") == "hang" else 10)
    failure = caught.value
    assert {
        "kind": failure.kind.name,
        "code": failure.code.removeprefix(PREFIX),
        "message": REQUEST_ID.sub("request id #", failure.message),
        "status": failure.status,
        "retries": failure.retries,
        "retryable": failure.retryable,
        "retry_after": failure.retry_after,
        "vendor_status": failure.vendor_status,
    } == case["failure"]
    answer = await bot.ask(request, session, timeout=10)
    assert answer["output"]["generic"] == [{"response_type": "text", "text": "Your parcel is on its way."}]
