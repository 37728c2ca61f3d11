from typing import TYPE_CHECKING, Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from gateway.contract.errors import InvalidRequest
from gateway.contract.event import parse_event
from gateway.contract.reply import render
from gateway.contract.types import HookKeys, ReadingContext
from vendors.dialogflow.client import DialogflowEs
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.registry import VENDORS
from vendors.services import Services

if TYPE_CHECKING:
    from gateway.contract.ports import Vendor

EVENT = parse_event({"convId": "c1", "message": "agent"})


async def test_whole_turn_with_a_service_account(
    emulator: DialogflowEmulator, settings: DialogflowEsSettings, services: Services
) -> None:
    bot: Vendor = VENDORS["dialogflow-es"].create(settings, services)
    session: dict[str, Any] = {}
    await bot.open()

    answer = await bot.ask(bot.build_request(EVENT, session), session, timeout=5)
    await bot.close()

    assert render(bot.read_reply(answer, ReadingContext())) == {
        "messages": ["One moment, I am connecting you."],
        "context": {
            "action": "TRANSFER",
            "actionParameters": {"skill": "human_skill"},
            "intentId": "0a0b0c0d-0000-4000-8000-000000000005",
            "intentName": "HumanAgent",
            "confidenceScore": 0.95,
        },
    }
    assert session == {"session": "projects/emulator/agent/sessions/c1"}
    assert [request.stage for request in emulator.requests] == ["token", "message"]


def test_names() -> None:
    assert VENDORS["dialogflow-es"].load_settings() is DialogflowEsSettings
    assert DialogflowEs.keys == HookKeys("DialogflowV2", "dfV2request", "dialogflowv2")
    assert DialogflowEs.send_code == "com.liveperson.bot-connectors-worker.error.aivendor.dialogflowv2.send-query"


async def test_request_that_a_hook_has_spoiled_is_not_sent(
    emulator: DialogflowEmulator, settings: DialogflowEsSettings, services: Services
) -> None:
    bot = DialogflowEs(settings, services)
    session: dict[str, Any] = {}
    request = bot.build_request(EVENT, session)
    request["queryInput"] = {"text": {"text": ["hi"], "languageCode": "en"}}

    with pytest.raises(InvalidRequest) as caught:
        await bot.ask(request, session, timeout=5)

    assert str(caught.value) == "queryInput: does not fit DetectIntentRequest"
    assert emulator.requests == []


async def test_session_is_needed(settings: DialogflowEsSettings, services: Services) -> None:
    bot = DialogflowEs(settings, services)

    with pytest.raises(InvalidRequest) as caught:
        await bot.ask(bot.build_request(EVENT, {}), {}, timeout=5)

    assert caught.value.path == "session"
