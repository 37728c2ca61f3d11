"""Conversations with a Dialogflow CX bot, over REST and gRPC: what LivePerson sees of CX's own ways."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.server import Running
from gateway.contract.catalogue import PREFIX
from tests import own_hooks
from tests.gateways import make_account, make_event, open_gateway

ESCALATION = {"skill": "human_skill", "message": "One moment, I will get a colleague."}
SESSION = "projects/shop-1/locations/global/agents/a-1/sessions/c-1"


@pytest.fixture(params=["dialogflow-cx", "dialogflow-cx-grpc"])
def bot(request: pytest.FixtureRequest) -> str:
    """The same bot over either transport."""
    return str(request.param)


@pytest.fixture(autouse=True)
def _clean_hooks() -> None:
    own_hooks.SEEN.clear()


def transfer(skill: str, *messages: Any) -> dict[str, Any]:
    return {"messages": list(messages), "context": {"action": "TRANSFER", "actionParameters": {"skill": skill}}}


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("handoff without skill", transfer("human_skill", "One moment")),
        ("handoff without metadata", transfer("human_skill", "One moment")),
        ("transfer", transfer("human-support", "One moment")),
        ("end of the interaction", {"messages": ["Bye"], "context": {}}),
        ("only speech with tags", {"messages": ["Jim & Co send it"], "context": {}}),
        ("webhook failed", {"messages": ["The static answer"], "context": {}}),
        ("no match", {"messages": ["Sorry, I did not get that."], "context": {}}),
        (
            "invocation",
            {
                "messages": ["Working"],
                "context": {
                    "action": "INVOCATION",
                    "actionParameters": {
                        "lambdaUuid": "4f9a4c1e-6a0a-4a43-9f5e-7b1d2e3f4a5b",
                        "payload": {"order": 42},
                        "failOnError": False,
                    },
                },
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_cx_is_translated(bot: str, text: str, body: Any, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running, escalation=ESCALATION)) as gateway:
        answer = await gateway.say(bot, text)
    assert (answer.status, answer.body) == (200, body)
    assert "X-Error-Name" not in answer.headers


async def test_a_handoff_to_nobody_leaves_the_text(bot: str, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answer = await gateway.say(bot, "handoff without skill")
    assert answer.body == {"messages": ["One moment"], "context": {}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("two actions", "aivendor.dialogflowcx.parse-message.multiple-actions"),
        ("action and handoff", "aivendor.dialogflowcx.parse-message.multiple-actions"),
        ("malformed payload", "aivendor.dialogflowcx.parse-message.parser-error"),
        ("no query result", "aivendor.dialogflowcx.parse-message.parser-error"),
        ("only an unknown payload", "pipes.verify-ai-response.missing-action-and-messages"),
        ("only an unknown action", "pipes.verify-ai-response.no-messages-and-not-supported-action"),
        ("quota", "aivendor.dialogflowcx.send-request"),
    ],
)
async def test_what_cannot_be_used_escalates(bot: str, text: str, code: str, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running, escalation=ESCALATION)) as gateway:
        answer = await gateway.say(bot, text)
        well = await gateway.say(bot, "text")
    assert (answer.status, answer.body) == (200, transfer("human_skill", ESCALATION["message"]))
    assert answer.headers["X-Error-Name"] == PREFIX + code
    assert well.body == {"messages": ["Your parcel is on its way."], "context": {}}


async def test_hooks_see_the_same_json_over_both_transports(running: Running, tmp_path: Path) -> None:
    hooks = {"pre": ["tests.own_hooks:report"], "post": ["tests.own_hooks:report"]}
    event = make_event("where is my parcel", sequence=7)
    async with open_gateway(tmp_path, make_account(running, hooks=hooks)) as gateway:
        for name in ("dialogflow-cx", "dialogflow-cx-grpc"):
            assert (await gateway.post(name, event)).status == 200
    rest_request, rest_answer, grpc_request, grpc_answer = [payload for _, payload in own_hooks.SEEN]
    assert rest_request == grpc_request
    assert rest_request == {
        "session": SESSION,
        "queryInput": {"text": {"text": "where is my parcel"}, "languageCode": "en"},
        "queryParams": {"payload": {"lpEvent": {"type": "ContentEvent", "sequence": 7}, "lpSdes": {}}},
    }
    assert rest_answer.pop("responseId") != grpc_answer.pop("responseId")
    assert rest_answer == grpc_answer
    assert repr(rest_answer["queryResult"]["parameters"]) == repr(grpc_answer["queryResult"]["parameters"])


async def test_a_turn_whose_connection_broke_is_not_taken_twice(bot: str, running: Running, tmp_path: Path) -> None:
    running.dialogflow.faults.add(Fault(kind="cut_body", times=1))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        lost = await gateway.say(bot, "hello")
        assert (lost.status, lost.body["error"]["retryable"], len(running.dialogflow.requests)) == (502, False, 1)
        assert (await gateway.say(bot, "hello")).body["messages"][0] == "Hello!"


async def test_many_conversations_at_once(bot: str, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        asking = (gateway.say(bot, "hello", conversation=f"c-{number}") for number in range(200))
        answers = await asyncio.gather(*asking)
    assert {answer.status for answer in answers} == {200}
    assert {request.path.rpartition("/")[2] for request in running.dialogflow.requests} == {
        f"c-{number}:detectIntent" for number in range(200)
    }
