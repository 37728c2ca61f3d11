from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from emulators.connector import Conversation, Function, Outcome, forwarding_function, read_result
from emulators.lp_events import Consumer

if TYPE_CHECKING:
    import aiohttp

DATA = Path(__file__).parents[2] / "data/liveperson"
FAAS = "com.liveperson.bot-connectors-worker.error.aivendor.faas."
ESCALATED = Outcome(
    messages=["Wait."],
    action="TRANSFER",
    parameters={"skill": "human"},
    context={"action": "TRANSFER", "actionParameters": {"skill": "human"}},
)


@pytest.mark.parametrize("case", orjson.loads((DATA / "results.json").read_bytes()), ids=lambda case: case["name"])
def test_what_liveperson_makes_of_a_result(case: Any) -> None:
    assert read_result(case["result"]) == Outcome(**case["outcome"])


class Gateway:
    """Answers every POST with the same status and body, and keeps what it got."""

    def __init__(self, status: int, body: str) -> None:
        self.status = status
        self.body = body
        self.got: list[tuple[dict[str, str | None], Any]] = []
        app = web.Application()
        app.router.add_post("/events", self.answer)
        self.server = TestServer(app)

    async def answer(self, request: web.Request) -> web.Response:
        names = ("Authorization", "Content-Type", "Idempotency-Key")
        self.got.append(({name: request.headers.get(name) for name in names}, await request.json()))
        return web.Response(status=self.status, text=self.body, content_type="application/json")


@pytest.mark.parametrize("skill", [None, "human"])
@pytest.mark.parametrize("case", orjson.loads((DATA / "forwarding.json").read_bytes()), ids=lambda case: case["name"])
async def test_the_forwarder_answers_or_escalates_or_fails(
    http: aiohttp.ClientSession, case: Any, skill: str | None
) -> None:
    gateway = Gateway(case["status"], case["body"])
    async with gateway.server:
        url = str(gateway.server.make_url("/events"))
        talk = Conversation(forwarding_function(http, url, "k", skill=skill, message="Wait."), Consumer(conv_id="c-1"))
        outcome = await talk.say("hello")
    failed = ESCALATED if skill and case.get("outage") else Outcome(error=FAAS + "invoke-lambda")
    assert outcome == (Outcome(messages=["Hi"]) if case.get("answered") else failed)
    headers = {"Authorization": "Bearer k", "Content-Type": "application/json", "Idempotency-Key": "c-1%3A1"}
    assert gateway.got == [(headers, talk.sent[0])]


async def test_nobody_listens(http: aiohttp.ClientSession, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/events"
    assert await Conversation(forwarding_function(http, url, "k", skill="human", message="Wait.")).say("a") == ESCALATED


def recording(inputs: list[Any]) -> Function:
    async def function(given: dict[str, Any]) -> Any:
        inputs.append(given)
        return {"messages": ["Hi"]}

    return function


async def test_every_kind_of_event() -> None:
    inputs: list[Any] = []
    talk = Conversation(recording(inputs), Consumer(conv_id="c-1"))
    await talk.welcome()
    await talk.welcome("cancel my order")
    await talk.say("yes", {"type": "ExternalId", "id": "b-1"})
    await talk.send_rich_content({"type": "vertical"})
    await talk.send_file(relativePath="a/b.png", fileType="PNG")
    await talk.send(talk.sent[2])
    assert all(given["headers"] == [] for given in inputs)
    assert [given["payload"] for given in inputs] == orjson.loads((DATA / "payloads.json").read_bytes())


async def test_chat_says_welcome_its_own_way() -> None:
    talk = Conversation(recording([]), Consumer(conv_id="H1", channel="CHAT", sdes={}))
    await talk.welcome()
    assert talk.sent == [
        {
            "convId": "H1",
            "message": "",
            "event": {"name": "WELCOME"},
            "context": {
                "lpEvent": {
                    "sequence": 1,
                    "@id": "1",
                    "@type": "line",
                    "sequenceId": 1,
                    "conversationContext": {"type": "CHAT", "skillId": "12", "campaignId": "4", "engagementId": "3"},
                    "isWelcomeEvent": True,
                },
                "lpSdes": {},
            },
        }
    ]
