"""One conversation with a bot of each vendor, and what each side received."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from emulators.server import Running
from tests.gateways import make_account, make_event, open_gateway

BOTS = ("lex", "dialogflow", "dialogflow-cx", "dialogflow-cx-grpc", "watson", "watson-v1", "function")

HELLO = [
    "Hello!",
    "What can I do for you?",
    {
        "structuredContent": {
            "message": "Pick one",
            "quickReplies": {
                "type": "quickReplies",
                "itemsPerRow": 8,
                "replies": [
                    {
                        "type": "button",
                        "title": title,
                        "tooltip": title,
                        "click": {"actions": [{"type": "publishText", "text": text}]},
                    }
                    for title, text in (("Track a parcel", "where is my parcel"), ("Talk to a person", "agent"))
                ],
            },
        },
        "metadata": [{"type": "ExternalId", "id": "hello-1"}],
    },
]
PARCEL = [
    "Let me look that up.",
    {"delay": 2, "typing": True},
    "It is out for delivery.",
    {
        "structuredContent": {
            "type": "vertical",
            "elements": [
                {"type": "text", "text": "Parcel 42", "tooltip": "Parcel 42"},
                {
                    "type": "button",
                    "title": "Track",
                    "tooltip": "Track",
                    "click": {"actions": [{"type": "link", "name": "Track", "uri": "https://example.com/track/42"}]},
                },
            ],
        },
        "metadata": [{"type": "ExternalId", "id": "parcel-42"}],
    },
]
NOTE = [
    {"text": "The consumer asked for a note.", "messageAudience": "AGENTS_AND_MANAGERS"},
    "I left a note for my colleagues.",
]


@pytest.mark.parametrize("bot", BOTS)
async def test_the_same_bot_answers_the_same_through_every_vendor(bot: str, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        welcome = await gateway.post(bot, {"convId": "c-1", "message": "", "event": {"name": "WELCOME"}})
        assert (welcome.status, welcome.body["messages"]) == (200, ["Welcome to the parcel desk."])
        for text, messages in (("hello", HELLO), ("where is my parcel", PARCEL), ("note", NOTE)):
            answer = await gateway.say(bot, text)
            assert (answer.status, answer.body["messages"]) == (200, messages)
            assert set(answer.body) == {"messages", "context"}
        agent = await gateway.say(bot, "agent")
        assert agent.body["messages"] == ["One moment, I am connecting you."]
        assert agent.body["context"]["action"] == "TRANSFER"
        assert agent.body["context"]["actionParameters"] == {"skill": "human_skill"}


async def test_each_vendor_receives_its_own_request(running: Running, tmp_path: Path) -> None:
    event = make_event("hello")
    event["context"]["lpSdes"] = {"unauthenticatedSdes": {"lead": {"value": 5}}}
    context = {"lpEvent": {"type": "ContentEvent"}, "lpSdes": event["context"]["lpSdes"]}
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        for bot in BOTS:
            assert (await gateway.post(bot, event)).status == 200
    lex = running.lex.requests[0]
    assert lex.path == "/bots/BOTBRIDGE1/botAliases/TSTALIASID/botLocales/en_US/sessions/c-1/text"
    assert orjson.loads(lex.body["requestAttributes"]["BC-LP-CONTEXT"]) == context
    assert {key: value for key, value in lex.body.items() if key != "requestAttributes"} == {
        "text": "hello",
        "sessionState": {"sessionAttributes": {"convId": "c-1"}},
    }
    dialogflow, cx, cx_over_grpc = running.dialogflow.requests
    assert dialogflow.path == "/v2/projects/shop-1/agent/sessions/c-1:detectIntent"
    assert dialogflow.body == {
        "queryInput": {"text": {"text": "hello", "languageCode": "en"}},
        "queryParams": {"payload": context},
    }
    assert (cx.method, cx_over_grpc.method) == ("POST", "GRPC")
    assert cx.path == cx_over_grpc.path == "/v3/projects/shop-1/locations/global/agents/a-1/sessions/c-1:detectIntent"
    assert (
        cx.body
        == cx_over_grpc.body
        == {"queryInput": {"text": {"text": "hello"}, "languageCode": "en"}, "queryParams": {"payload": context}}
    )
    # Each bot signs in for itself.
    token, session, message, v1_token, v1_message = running.watson.requests
    assert (token.stage, session.stage, message.stage) == ("token", "session", "message")
    assert (v1_token.stage, v1_message.path) == ("token", "/v1/workspaces/w-1/message")
    assert v1_message.body == {
        "input": {"text": "hello"},
        "alternate_intents": True,
        "context": {"convId": "c-1", **context},
    }
    variables = {"convId": "c-1", **context}
    assert message.body == {
        "input": {
            "message_type": "text",
            "text": "hello",
            "options": {"return_context": True, "alternate_intents": True},
        },
        "context": {
            "skills": {
                "main skill": {"user_defined": variables},
                "actions skill": {"skill_variables": variables},
            }
        },
    }
    function: Any = running.function.requests[0]
    assert function.body == {"convId": "c-1", "message": "hello", "context": context}


async def test_watson_keeps_its_session_and_renews_it_once(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        await gateway.say("watson", "hello")
        await gateway.say("watson", "hello")
        assert [request.stage for request in running.watson.requests] == ["token", "session", "message", "message"]
        running.watson.expire_sessions()
        running.watson.requests.clear()
        assert (await gateway.say("watson", "hello")).body["messages"] == HELLO
        assert [request.stage for request in running.watson.requests] == ["message", "session", "message"]
