"""REST and gRPC agree: the same request arrives, the same answer or failure comes back. Google's client is the oracle."""

from pathlib import Path
from typing import Any

import pytest
from google.cloud import dialogflow_v2, dialogflowcx_v3
from google.protobuf import json_format

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Heard
from gateway.contract.errors import VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.ports import Vendor
from gateway.contract.types import Json
from gateway.contract.wire import loads
from tests.contract.dialogflow.conftest import Bots
from vendors.dialogflow.proto import whole_numbers

DATA = Path(__file__).parents[2] / "data/dialogflow"
SDKS: dict[str, Any] = {"dialogflow-es": dialogflow_v2, "dialogflow-cx": dialogflowcx_v3}
HOOKS = [
    (vendor, case["request"])
    for vendor, file in (("dialogflow-es", "hooks.json"), ("dialogflow-cx", "hooks_cx.json"))
    for case in loads((DATA / file).read_bytes())["cases"]
    if "sent" in case
]
SAID_DIFFERENTLY = {"deadline exceeded"}
"""Over REST another's limit ran out (SERVER_FAULT), over gRPC it may be our own (TIMED_OUT): neither is tried again."""


async def ask(bot: Vendor, request: Json, session: Json) -> Json:
    """Ask, and give the answer or what is known of the failure."""
    try:
        answer = await bot.ask(request, session, timeout=5)
    except VendorFailure as failure:
        return {
            "kind": failure.kind.name,
            "code": failure.code,
            "message": failure.message,
            "status": failure.vendor_status,
            "error": failure.vendor_error,
            "retry_after": failure.retry_after,
        }
    # Made up anew for every answer.
    assert len(answer.pop("responseId", "0")) in {1, 36}
    return answer


async def test_every_turn_of_the_dialogue_is_the_same(emulator: DialogflowEmulator, bots: Bots, vendor: str) -> None:
    rest, grpc = await bots.open(vendor, "rest"), await bots.open(vendor, "grpc")
    emulated = emulator if vendor == "dialogflow-es" else emulator.cx
    message = SDKS[vendor].DetectIntentResponse
    compared = 0
    for (how, said), turn in emulated.dialogue.turns.items():
        if turn.raw or said in SAID_DIFFERENTLY or (turn.fault and turn.fault.times):
            continue
        event = {"convId": "c1", "message": "" if how == "event" else said}
        session: Json = {}
        request = rest.build_request(
            parse_event(event | ({"event": {"name": "WELCOME"}} if how == "event" else {})), session
        )
        answers = [await ask(bot, request, session) for bot in (rest, grpc)]
        assert answers[0] == answers[1], said
        assert emulator.requests[-2].body == emulator.requests[-1].body, said
        if "queryResult" in answers[0]:
            # What Google's client read is what REST's JSON means to protobuf.
            read = json_format.ParseDict(answers[0], message.pb()())
            assert whole_numbers(json_format.MessageToDict(read)) == answers[1], said
        compared += 1

    assert compared > 40
    assert emulated.find_heard(Heard("break")).fault is not None


@pytest.mark.parametrize(("vendor", "request_"), HOOKS, ids=lambda value: value if isinstance(value, str) else "")
async def test_a_request_that_a_hook_has_changed_arrives_the_same(
    emulator: DialogflowEmulator, bots: Bots, vendor: str, request_: Json
) -> None:
    message = SDKS[vendor].DetectIntentRequest
    session: Json = {}
    arrived = []
    for transport in ("rest", "grpc"):
        bot = await bots.open(vendor, transport)
        bot.build_request(parse_event({"convId": "c1", "message": "hi"}), session)
        await bot.ask(request_, session, timeout=5)
        body = json_format.ParseDict(emulator.requests[-1].body, message.pb()())
        arrived.append(whole_numbers(json_format.MessageToDict(body)))

    assert arrived[0] == arrived[1] == emulator.requests[-1].body
