"""LivePerson's connector, the forwarding function, the gateway and a vendor: whole conversations, seen from the consumer."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from emulators.connector import FAAS, Conversation, Function, Outcome, forwarding_function
from emulators.faults import Fault
from emulators.lp_events import Consumer
from emulators.server import Running
from tests.gateways import KEY, Gateway, make_account, open_gateway

SKILL = "human_skill"
MESSAGE = "One moment, I will connect you."
TRANSFER = {"action": "TRANSFER", "actionParameters": {"skill": SKILL}}
ESCALATED = Outcome(messages=[MESSAGE], action="TRANSFER", parameters={"skill": SKILL}, context=TRANSFER)
FAILED = Outcome(error=FAAS + "invoke-lambda")
GREETING = ["Welcome to the parcel desk."]


@pytest.fixture
async def gateway(running: Running, tmp_path: Path) -> AsyncIterator[Gateway]:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        yield gateway


def forward(gateway: Gateway, bot: str = "lex", *, key: str = KEY, skill: str | None = None) -> Function:
    url = f"{gateway.server.url}/v1/accounts/83482904/bots/{bot}/events"
    return forwarding_function(gateway.client, url, key, skill=skill, timeout=5)


def _intent(name: str, score: float) -> dict[str, object]:
    return {"intentId": name, "intentName": name, "confidenceScore": score}


async def test_a_conversation_from_the_welcome_to_the_transfer(gateway: Gateway, running: Running) -> None:
    talk = Conversation(forward(gateway))
    greeted = await talk.welcome()
    hello = await talk.say("hello")
    agent = await talk.say("agent")
    assert [greeted, agent] == [
        Outcome(messages=GREETING, context=_intent("Welcome", 1.0)),
        Outcome(
            messages=["One moment, I am connecting you."],
            action="TRANSFER",
            parameters={"skill": SKILL},
            context={**TRANSFER, **_intent("HumanAgent", 0.95)},
        ),
    ]
    texts, rich = hello.messages[:2], hello.messages[2:]
    assert texts == ["Hello!", "What can I do for you?"]
    assert [entry["structuredContent"]["message"] for entry in rich] == ["Pick one"]
    assert (hello.action, hello.error, hello.context) == (None, None, _intent("Greeting", 0.97))
    sessions = {request.path.split("/sessions/")[1] for request in running.lex.requests}
    assert len(sessions) == 1


async def test_chat_begins_with_a_welcome_of_its_own(gateway: Gateway) -> None:
    talk = Conversation(forward(gateway), Consumer(conv_id="H" + "9a" * 29, channel="CHAT"))
    assert (await talk.welcome()).messages == GREETING


async def test_the_same_event_again_is_one_turn(gateway: Gateway, running: Running) -> None:
    talk = Conversation(forward(gateway))
    first = await talk.say("hello")
    assert await talk.send(talk.sent[-1]) == first
    assert len(running.lex.requests) == 1


@pytest.mark.parametrize(("skill", "outcome"), [(SKILL, ESCALATED), (None, FAILED)])
async def test_a_failed_vendor_and_back(
    gateway: Gateway, running: Running, skill: str | None, outcome: Outcome
) -> None:
    talk = Conversation(forward(gateway, "function", skill=skill))
    running.function.faults.add(Fault(status=500))
    assert await talk.say("hello") == outcome
    running.function.faults.clear()
    assert (await talk.say("agent")).parameters == {"skill": SKILL}


async def test_the_gateways_own_escalation_goes_through(running: Running, tmp_path: Path) -> None:
    escalation = {"skill": "night", "message": "A colleague will answer."}
    async with open_gateway(tmp_path, make_account(running, escalation=escalation)) as gateway:
        outcome = await Conversation(forward(gateway, skill=SKILL)).say("break")
    assert (outcome.messages, outcome.parameters) == (["A colleague will answer."], {"skill": "night"})


@pytest.mark.parametrize(("bot", "key"), [("lex", "wrong"), ("nobody", KEY)])
async def test_a_mistake_in_the_set_up_is_not_hidden(gateway: Gateway, bot: str, key: str) -> None:
    assert await Conversation(forward(gateway, bot, key=key, skill=SKILL)).say("hello") == FAILED


async def test_no_gateway(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        url = f"{gateway.server.url}/v1/accounts/83482904/bots/lex/events"
    async with aiohttp.ClientSession() as client:
        assert await Conversation(forwarding_function(client, url, KEY, skill=SKILL)).say("hello") == ESCALATED
