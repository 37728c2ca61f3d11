"""Dialogflow's failures as codes and kinds, over real sockets; after each one the same bot answers again."""

from pathlib import Path
from typing import Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault
from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.wire import loads
from vendors.dialogflow.client import DialogflowEs

CASES = loads((Path(__file__).parents[2] / "data/dialogflow/failures.json").read_bytes())["cases"]
EVENT = parse_event({"convId": "c1", "message": "text"})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_fault_becomes_failure(emulator: DialogflowEmulator, bot: DialogflowEs, case: dict[str, Any]) -> None:
    emulator.faults.add(Fault(**case["fault"], times=1))
    session: dict[str, Any] = {}
    request = bot.build_request(EVENT, session)

    with pytest.raises(VendorFailure) as caught:
        await bot.ask(request, session, timeout=case.get("timeout", 5))
    answered = await bot.ask(request, session, timeout=5)

    failure = caught.value
    assert failure.code == PREFIX + "aivendor.dialogflowv2.send-query"
    assert {
        "kind": failure.kind.name,
        "status": failure.status,
        "vendor_status": failure.vendor_status,
        "vendor_error": failure.vendor_error,
        "retry_after": failure.retry_after,
        "retries": failure.retries,
        "message": failure.message,
    } == case["failure"]
    assert answered["queryResult"]["fulfillmentText"] == "Your parcel is on its way."


async def test_no_one_listens(emulator: DialogflowEmulator, bot: DialogflowEs) -> None:
    session: dict[str, Any] = {}
    request = bot.build_request(EVENT, session)
    await emulator.stop()

    with pytest.raises(VendorFailure) as caught:
        await bot.ask(request, session, timeout=5)

    failure = caught.value
    assert (failure.kind.name, failure.retries, failure.message) == (
        "NOT_SENT",
        None,
        "Dialogflow: no connection (ClientConnectorError)",
    )
