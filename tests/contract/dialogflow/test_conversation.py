"""A conversation with the emulator over real sockets: what goes out, and what every answer of its dialogues becomes."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from emulators.dialogflow import DialogflowEmulator
from gateway.contract.errors import ReplyRejected, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.ports import Vendor
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import ReadingContext
from gateway.contract.wire import loads

SCHEMA = Draft202012Validator(loads((Path(__file__).parents[2] / "data/contract/answer.schema.json").read_bytes()))
CONTEXT = {
    "lpEvent": {"sequence": 1, "share": 0.5, "none": None, "list": [], "nested": {"a": [{}]}, "large": 1700000000123},
    "lpSdes": {"authenticatedSdes": {}},
}
WELCOMES = {
    "dialogflow-es": {
        "intentId": "0a0b0c0d-0000-4000-8000-000000000001",
        "intentName": "Welcome",
        "confidenceScore": 1,
    },
    "dialogflow-cx": {},
}
SESSIONS = {
    "dialogflow-es": "/v2/projects/emulator/agent/sessions/{}:detectIntent",
    "dialogflow-cx": "/v3/projects/emulator/locations/global/agents/a-1/sessions/{}:detectIntent",
}
TEXTS: dict[str, Any] = {
    "dialogflow-es": {"text": {"text": "hello", "languageCode": "en"}},
    "dialogflow-cx": {"text": {"text": "hello"}, "languageCode": "en"},
}
LIMITS: dict[str, Any] = {
    "dialogflow-es": {"event": {"name": "DIALOGFLOW_CHAR_LIMIT", "languageCode": "en"}},
    "dialogflow-cx": {"event": {"event": "DIALOGFLOW_CHAR_LIMIT"}, "languageCode": "en"},
}


async def ask(bot: Vendor, payload: dict[str, Any], *, hook: dict[str, Any] | None = None) -> dict[str, Any]:
    session: dict[str, Any] = {}
    request = {**bot.build_request(parse_event(payload), session), **(hook or {})}
    answer = await bot.ask(request, session, timeout=5)
    return render(verify(bot.read_reply(answer, ReadingContext()), ReplyRules()))


async def test_request_on_the_wire(emulator: DialogflowEmulator, bot: Vendor, vendor: str, transport: str) -> None:
    conversation = "5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11"

    await ask(bot, {"convId": conversation, "message": "hello", "context": CONTEXT})

    sent = emulator.requests[0]
    path = SESSIONS[vendor].format(conversation)
    assert (sent.method, sent.path, dict(sent.query)) == ({"rest": "POST", "grpc": "GRPC"}[transport], path, {})
    assert "Authorization" not in sent.headers
    assert sent.body == {"queryInput": TEXTS[vendor], "queryParams": {"payload": CONTEXT}}


async def test_welcome_then_handover(bot: Vendor, vendor: str) -> None:
    welcome = await ask(bot, {"convId": "c1", "event": {"name": "WELCOME"}})
    handover = await ask(bot, {"convId": "c1", "message": "agent"})

    assert welcome == {"messages": ["Welcome to the parcel desk."], "context": WELCOMES[vendor]}
    assert handover == {
        "messages": ["One moment, I am connecting you."],
        "context": {
            "action": "TRANSFER",
            "actionParameters": {"skill": "human_skill"},
            "intentId": "0a0b0c0d-0000-4000-8000-000000000005",
            "intentName": "HumanAgent",
            "confidenceScore": 0.95,
        },
    }


async def test_long_text_and_long_conversation_id_are_taken(
    emulator: DialogflowEmulator, bot: Vendor, vendor: str
) -> None:
    reply = await ask(bot, {"convId": "H" + "4" * 58, "message": "a" * 300})

    assert reply["messages"] == ["That was too long for me. Could you say it in fewer words?"]
    assert emulator.requests[0].body["queryInput"] == LIMITS[vendor]


async def test_no_hook_changes_the_session(emulator: DialogflowEmulator, bot: Vendor, vendor: str) -> None:
    await ask(bot, {"convId": "c1", "message": "hello"}, hook={"session": "projects/other/agent/sessions/c2"})

    assert emulator.requests[0].path == SESSIONS[vendor].format("c1")


@pytest.mark.parametrize(
    ("vendor", "codes"),
    [
        ("dialogflow-es", {"send-query", "missing-action-and-messages", "no-messages-and-not-supported-action"}),
        (
            "dialogflow-cx",
            {
                "send-request",
                "parser-error",
                "multiple-actions",
                "missing-action-and-messages",
                "no-messages-and-not-supported-action",
            },
        ),
    ],
)
async def test_every_answer_of_the_dialogue_is_valid_or_has_a_code(
    emulator: DialogflowEmulator, bot: Vendor, vendor: str, codes: set[str]
) -> None:
    dialogue = (emulator if vendor == "dialogflow-es" else emulator.cx).dialogue
    replies, seen = 0, set()
    for how, utterance in dialogue.turns:
        if how == "event":
            continue
        try:
            SCHEMA.validate(await ask(bot, {"convId": "c1", "message": utterance}))
            replies += 1
        except (ReplyRejected, VendorFailure) as failure:
            seen.add(failure.code.rpartition(".")[2])

    assert replies > 35
    assert seen == codes
