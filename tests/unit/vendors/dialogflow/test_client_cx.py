from typing import TYPE_CHECKING, Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.google_tokens import ServiceAccount
from gateway.contract.errors import InvalidRequest
from gateway.contract.event import parse_event
from gateway.contract.reply import render
from gateway.contract.types import HookKeys, ReadingContext
from vendors.dialogflow.client_cx import DialogflowCx
from vendors.dialogflow.settings import DialogflowCxSettings
from vendors.registry import VENDORS
from vendors.services import Services

if TYPE_CHECKING:
    from gateway.contract.ports import Vendor

EVENT = parse_event({"convId": "c1", "message": "agent"})


@pytest.fixture
def cx_settings(emulator: DialogflowEmulator, account: ServiceAccount) -> DialogflowCxSettings:
    return DialogflowCxSettings(
        project_id="emulator",
        location="europe-west1",
        agent_id="77fe",
        api_endpoint=emulator.url.removeprefix("http://"),
        insecure=True,
        credentials_json=account.credentials(emulator.url),  # type: ignore[arg-type]  # read by the field's validator
    )


async def test_whole_turn_with_a_service_account(
    emulator: DialogflowEmulator, cx_settings: DialogflowCxSettings, services: Services
) -> None:
    bot: Vendor = VENDORS["dialogflow-cx"].create(cx_settings, services)
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
    assert session == {"session": "projects/emulator/locations/europe-west1/agents/77fe/sessions/c1"}
    assert [request.stage for request in emulator.requests] == ["token", "message"]


def test_names() -> None:
    assert VENDORS["dialogflow-cx"].load_settings() is DialogflowCxSettings
    assert DialogflowCx.keys == HookKeys("DialogflowCX", "dfCxrequest", "dialogflowcx")
    assert DialogflowCx.send_code == "com.liveperson.bot-connectors-worker.error.aivendor.dialogflowcx.send-request"


def test_a_handoff_goes_to_the_skill_of_the_escalation(cx_settings: DialogflowCxSettings, services: Services) -> None:
    bot = DialogflowCx(cx_settings, services)
    answer: Any = {"queryResult": {"responseMessages": [{"liveAgentHandoff": {}}]}}

    assert render(bot.read_reply(answer, ReadingContext(default_skill="human_skill"))) == {
        "messages": [],
        "context": {"action": "TRANSFER", "actionParameters": {"skill": "human_skill"}},
    }


async def test_request_that_a_hook_has_spoiled_is_not_sent(
    emulator: DialogflowEmulator, cx_settings: DialogflowCxSettings, services: Services
) -> None:
    bot = DialogflowCx(cx_settings, services)
    session: dict[str, Any] = {}
    request = bot.build_request(EVENT, session)
    request["queryInput"] = {"text": {"text": "hi", "languageCode": "en"}}

    with pytest.raises(InvalidRequest) as caught:
        await bot.ask(request, session, timeout=5)

    assert str(caught.value) == "queryInput: does not fit DetectIntentRequest"
    assert emulator.requests == []


async def test_session_is_needed(cx_settings: DialogflowCxSettings, services: Services) -> None:
    bot = DialogflowCx(cx_settings, services)

    with pytest.raises(InvalidRequest) as caught:
        await bot.ask(bot.build_request(EVENT, {}), {}, timeout=5)

    assert caught.value.path == "session"
