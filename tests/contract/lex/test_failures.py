"""Every row of Lex's failures (docs/contract/vendors/lex.md; docs/contract/errors.md section 8), over real sockets."""

import re
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import parse_fault
from emulators.lex import LexEmulator
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.wire import loads
from vendors.lex.client import LexV2

CASES = loads((Path(__file__).parents[2] / "data" / "lex" / "failures.json").read_bytes())
REQUEST_ID = re.compile(r"request id [0-9a-f-]{36}")
HELLO = parse_event({"convId": "5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11", "message": "hello"})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_failure_has_its_meaning_and_the_bot_answers_again(
    case: dict[str, Any], lex: LexEmulator, bot: LexV2
) -> None:
    lex.faults.add(parse_fault({**case["fault"], "times": 1}))
    session: dict[str, Any] = {}
    request = bot.build_request(HELLO, session)
    with pytest.raises(VendorFailure) as caught:
        await bot.ask(request, session, timeout=0.2 if case["fault"].get("kind") == "hang" else 10)
    failure = caught.value
    assert {
        "kind": failure.kind.name,
        "code": failure.code,
        "message": REQUEST_ID.sub("request id #", failure.message),
        "status": failure.status,
        "retries": failure.retries,
        "retry_after": failure.retry_after,
        "vendor_status": failure.vendor_status,
        "vendor_error": failure.vendor_error,
    } == case["failure"]
    assert session["started"] is FailureKind[case["failure"]["kind"]].taken
    answer = await bot.ask(request, session, timeout=10)
    assert answer["messages"][0] == {"contentType": "PlainText", "content": "Hello!"}
