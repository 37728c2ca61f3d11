"""Dialogflow's failures as codes and kinds, over real sockets; after each one the same bot answers again."""

from pathlib import Path
from typing import Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault
from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.ports import Vendor
from gateway.contract.reply import render
from gateway.contract.types import ReadingContext
from gateway.contract.wire import loads

CASES = loads((Path(__file__).parents[2] / "data/dialogflow/failures.json").read_bytes())["cases"]
EVENT = parse_event({"convId": "c1", "message": "text"})
CODES = {
    "dialogflow-es": ("aivendor.dialogflowv2.send-query", "aivendor.dialogflowv2.send-query"),
    "dialogflow-cx": ("aivendor.dialogflowcx.send-request", "aivendor.dialogflowcx.parse-message.parser-error"),
}
"""Of a failure, and of an answer that cannot be parsed."""
CASES_BY_TRANSPORT = [
    pytest.param(transport, case | {"failure": case["failure"] | change}, id=f"{transport}: {case['name']}")
    for case in CASES
    for transport, change in (("rest", {}), ("grpc", case.get("grpc", {})))
    if change is not None
]


@pytest.mark.parametrize(("transport", "case"), CASES_BY_TRANSPORT)
async def test_fault_becomes_failure(
    emulator: DialogflowEmulator, bot: Vendor, vendor: str, case: dict[str, Any]
) -> None:
    emulator.faults.add(Fault(**case["fault"], times=1))
    session: dict[str, Any] = {}
    request = bot.build_request(EVENT, session)

    with pytest.raises(VendorFailure) as caught:
        await bot.ask(request, session, timeout=case.get("timeout", 5))
    answered = await bot.ask(request, session, timeout=5)

    failure = caught.value
    assert failure.code == PREFIX + CODES[vendor][failure.kind is FailureKind.UNUSABLE]
    assert {
        "kind": failure.kind.name,
        "status": failure.status,
        "vendor_status": failure.vendor_status,
        "vendor_error": failure.vendor_error,
        "retry_after": failure.retry_after,
        "retries": failure.retries,
        "message": failure.message,
    } == case["failure"]
    assert render(bot.read_reply(answered, ReadingContext()))["messages"] == ["Your parcel is on its way."]


async def test_no_one_listens(emulator: DialogflowEmulator, bot: Vendor, vendor: str, transport: str) -> None:
    session: dict[str, Any] = {}
    request = bot.build_request(EVENT, session)
    await emulator.stop()

    with pytest.raises(VendorFailure) as caught:
        await bot.ask(request, session, timeout=5)

    failure = caught.value
    assert failure.code == PREFIX + CODES[vendor][0]
    assert (failure.kind.name, failure.retries, failure.message) == (
        "NOT_SENT",
        None,
        {"rest": "Dialogflow: no connection (ClientConnectorError)", "grpc": "Dialogflow: no connection"}[transport],
    )
