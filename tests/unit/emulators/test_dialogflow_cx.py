from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.cloud import dialogflowcx_v3
from google.protobuf import json_format

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault

if TYPE_CHECKING:
    import aiohttp

AGENT = "projects/p/locations/europe-west1/agents/a-1"
HELLO = {"queryInput": {"text": {"text": "hello"}, "languageCode": "en"}}


async def detect(
    http: aiohttp.ClientSession, emulator: DialogflowEmulator, body: Any, session: str = f"{AGENT}/sessions/s1"
) -> tuple[int, Any]:
    async with http.post(f"{emulator.url}/v3/{session}:detectIntent", json=body) as response:
        return response.status, await response.json()


async def test_every_turn_is_what_google_would_write(
    dialogflow: DialogflowEmulator, http: aiohttp.ClientSession
) -> None:
    played = 0
    for (kind, said), turn in dialogflow.cx.dialogue.turns.items():
        if turn.fault is None and not turn.raw:
            query = {kind: {kind: said}, "languageCode": "en"}
            status, body = await detect(http, dialogflow, {"queryInput": query})
            assert status == 200, turn.name
            read = json_format.ParseDict(body, dialogflowcx_v3.DetectIntentResponse.pb()())
            meant = json_format.ParseDict(turn.answer, dialogflowcx_v3.DetectIntentResponse.pb()())
            assert body == json_format.MessageToDict(read), turn.name
            for field, value in meant.query_result.ListFields():
                assert getattr(read.query_result, field.name) == value, turn.name
            played += 1
    assert played > 50


@pytest.mark.parametrize(
    ("query", "echo"),
    [
        ({"text": {"text": "hello"}, "languageCode": "en"}, {"text": "hello", "languageCode": "en"}),
        ({"event": {"event": "WELCOME"}, "languageCode": "de"}, {"triggerEvent": "WELCOME", "languageCode": "de"}),
    ],
)
async def test_what_was_asked_is_repeated(
    dialogflow: DialogflowEmulator, http: aiohttp.ClientSession, query: Any, echo: dict[str, str]
) -> None:
    _, body = await detect(http, dialogflow, {"queryInput": query})
    assert body["queryResult"].items() >= echo.items()
    assert body["responseId"]


@pytest.mark.parametrize(
    "session",
    [f"{AGENT}/sessions/s1", f"{AGENT}/environments/e-1/sessions/s1", f"{AGENT}/sessions/" + "s" * 36],
)
async def test_every_form_of_session_is_known(
    dialogflow: DialogflowEmulator, http: aiohttp.ClientSession, session: str
) -> None:
    assert (await detect(http, dialogflow, HELLO, session))[0] == 200
    assert dialogflow.requests[0].heard.text == "hello"


@pytest.mark.parametrize(
    "body",
    [
        {**HELLO, "surprise": 1},
        {"queryInput": {"text": {"text": "hi", "languageCode": "en"}}},
        {"queryInput": {"text": {"text": "hi"}}},
        {"queryInput": {"languageCode": "en"}},
        {"queryInput": {"event": {"name": "WELCOME"}, "languageCode": "en"}},
        {"queryInput": {"text": {"text": "x" * 257}, "languageCode": "en"}},
        {"queryInput": {"text": {"text": ""}, "languageCode": "en"}},
        ["list"],
    ],
    ids=["unknown", "language of ES", "no language", "nothing", "event of ES", "long", "empty", "list"],
)
async def test_bodies_that_dialogflow_refuses(
    dialogflow: DialogflowEmulator, http: aiohttp.ClientSession, body: Any
) -> None:
    status, answer = await detect(http, dialogflow, body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


async def test_long_sessions_and_unknown_agents_are_refused(http: aiohttp.ClientSession) -> None:
    async with DialogflowEmulator(agents={"a-1"}) as dialogflow:
        assert (await detect(http, dialogflow, HELLO))[0] == 200
        assert (await detect(http, dialogflow, HELLO, f"{AGENT}/sessions/" + "s" * 37))[0] == 400
        status, body = await detect(http, dialogflow, HELLO, "projects/p/locations/l/agents/other/sessions/s")
        assert (status, body["error"]["status"]) == (404, "NOT_FOUND")


async def test_tokens_are_those_of_es(http: aiohttp.ClientSession) -> None:
    async with DialogflowEmulator(tokens={"good"}) as dialogflow:
        status, body = await detect(http, dialogflow, HELLO)
        assert (status, body["error"]["status"]) == (401, "UNAUTHENTICATED")
        http.headers["Authorization"] = "Bearer good"
        assert (await detect(http, dialogflow, HELLO))[0] == 200


async def test_faults_and_records_are_shared_and_what_is_said_is_not(
    dialogflow: DialogflowEmulator, http: aiohttp.ClientSession
) -> None:
    dialogflow.say("hello", {"queryResult": {"fulfillmentText": "ES"}})
    dialogflow.cx.say("hello", {"queryResult": {"responseMessages": [{"text": {"text": ["CX"]}}]}})
    dialogflow.faults.add(Fault(error="UNAVAILABLE", times=1))
    assert (await detect(http, dialogflow, HELLO))[0] == 503
    _, body = await detect(http, dialogflow, HELLO)
    assert body["queryResult"]["responseMessages"] == [{"text": {"text": ["CX"]}}]
    assert len(dialogflow.requests) == 2
    dialogflow.clear()
    _, body = await detect(http, dialogflow, HELLO)
    assert body["queryResult"]["match"]["intent"]["displayName"] == "Greeting"
    assert dialogflow.cx.requests == dialogflow.requests
    assert len(dialogflow.requests) == 1


@pytest.mark.parametrize("answer", [None, ["list"], {"queryResult": "text"}, {"queryResult": {"fulfillmentText": "x"}}])
async def test_answers_are_checked_against_the_proto(dialogflow: DialogflowEmulator, answer: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        dialogflow.cx.say("hello", answer)
