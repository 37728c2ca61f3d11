from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import Authenticator, BasicAuthenticator, IAMAuthenticator
from ibm_watson import AssistantV1

from emulators.faults import Fault
from emulators.iam import APIKEY, PASSWORD, USERNAME
from emulators.watson import WatsonEmulator

MESSAGE = "/v1/workspaces/w-1/message"
BASIC = {"Authorization": aiohttp.encode_basic_auth(USERNAME, PASSWORD)}
VERSION = {"version": "2021-11-27"}


class Sdk:
    """IBM's client, each call in a thread."""

    def __init__(self, emulator: WatsonEmulator, authenticator: Authenticator | None = None) -> None:
        iam = IAMAuthenticator(APIKEY, url=f"{emulator.url}/identity/token")
        self._sdk = AssistantV1(version="2021-11-27", authenticator=authenticator or iam)
        self._sdk.set_service_url(emulator.url)

    async def say(self, text: str, **members: Any) -> dict[str, Any]:
        answer = await asyncio.to_thread(self._sdk.message, "w-1", input={"text": text}, **members)
        result: dict[str, Any] = answer.get_result()
        return result


async def post(watson: WatsonEmulator, http: aiohttp.ClientSession, body: Any, path: str = MESSAGE) -> tuple[int, Any]:
    async with http.post(f"{watson.url}{path}", json=body, params=VERSION, headers=BASIC) as response:
        return response.status, await response.json()


async def test_ibms_sdk_talks_to_it_with_iam(watson: WatsonEmulator) -> None:
    answer = await Sdk(watson).say("where is my parcel")
    assert [item["response_type"] for item in answer["output"]["generic"]] == ["text", "pause", "text"]
    assert answer["context"]["lastParcel"] == "42"
    assert [recorded.stage for recorded in watson.requests] == ["token", "message"]
    assert (watson.requests[1].path, watson.requests[1].heard.text) == (MESSAGE, "where is my parcel")


async def test_ibms_sdk_talks_to_it_with_basic_auth(watson: WatsonEmulator) -> None:
    answer = await Sdk(watson, BasicAuthenticator(USERNAME, PASSWORD)).say("")
    conversation_id = answer["context"]["conversation_id"]
    assert answer == {
        "intents": [],
        "entities": [],
        "input": {"text": ""},
        "output": {
            "generic": [{"response_type": "text", "text": "Welcome to the parcel desk."}],
            "text": ["Welcome to the parcel desk."],
            "log_messages": [],
            "nodes_visited": ["greeting"],
        },
        "context": {
            "conversation_id": conversation_id,
            "system": {
                "initialized": True,
                "dialog_stack": [{"dialog_node": "root"}],
                "dialog_turn_counter": 1,
                "dialog_request_counter": 1,
            },
            "metadata": {"user_id": conversation_id},
        },
        "user_id": conversation_id,
    }


async def test_the_context_is_what_the_caller_brings_and_counts_on(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    first = (await sdk.say("set encoded metadata", context={"convId": "c1"}))["context"]
    assert (first["convId"], first["encodedMetadata"]) == ("c1", "eyJhIjoxfQ==")
    second = (await sdk.say("text", context=first))["context"]
    system = {**first["system"], "dialog_turn_counter": 2, "dialog_request_counter": 2}
    assert second == {**first, "system": system}
    anew = (await sdk.say("text"))["context"]
    assert anew["conversation_id"] != first["conversation_id"]
    assert "encodedMetadata" not in anew


async def test_only_the_best_intent_is_sent_unless_all_are_asked_for(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    one = await sdk.say("intent with alternatives")
    assert [intent["intent"] for intent in one["intents"]] == ["TrackParcel"]
    several = await sdk.say("intent with alternatives", alternate_intents=True)
    assert [intent["intent"] for intent in several["intents"]] == ["TrackParcel", "CancelOrder", "Complaint"]
    assert several["alternate_intents"] is True


@pytest.mark.parametrize("header", [None, "Bearer invented", "Basic bm86bm8="])
async def test_strangers_are_refused(watson: WatsonEmulator, http: aiohttp.ClientSession, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    async with http.post(f"{watson.url}{MESSAGE}", params=VERSION, headers=headers) as response:
        assert (response.status, await response.json()) == (401, {"error": "Unauthorized", "code": 401})


@pytest.mark.parametrize("version", [{}, {"version": "today"}])
async def test_version_is_required(
    watson: WatsonEmulator, http: aiohttp.ClientSession, version: dict[str, str]
) -> None:
    async with http.post(f"{watson.url}{MESSAGE}", json={}, params=version, headers=BASIC) as response:
        assert response.status == 400


async def test_an_unknown_workspace_is_not_found(http: aiohttp.ClientSession) -> None:
    async with WatsonEmulator(workspaces={"w-1"}) as watson:
        assert (await post(watson, http, {}))[0] == 200
        assert await post(watson, http, {}, "/v1/workspaces/w-2/message") == (
            404,
            {"error": "Resource not found: workspace w-2", "code": 404},
        )


@pytest.mark.parametrize(
    "body",
    [
        ["list"],
        {"input": "text"},
        {"input": {"text": 7}},
        {"input": {"text": "x" * 2049}},
        {"input": {"text": "one\ntwo"}},
        {"context": []},
        {"context": {"system": "s"}},
        {"context": {"metadata": "m"}},
    ],
    ids=lambda body: str(body)[:40],
)
async def test_bodies_that_watson_refuses(watson: WatsonEmulator, http: aiohttp.ClientSession, body: Any) -> None:
    status, answer = await post(watson, http, body)
    assert (status, answer["code"]) == (400, 400)


async def test_an_odd_counter_begins_anew(watson: WatsonEmulator, http: aiohttp.ClientSession) -> None:
    _, answer = await post(watson, http, {"context": {"system": {"dialog_turn_counter": "many"}}})
    assert answer["context"]["system"]["dialog_turn_counter"] == 1


async def test_it_is_programmed_apart_from_v2_and_fails_and_records_with_it(
    watson: WatsonEmulator, http: aiohttp.ClientSession
) -> None:
    watson.v1.say("vip", {"output": {"text": ["Hello again"]}}, attributes={"tier": "gold"})
    _, answer = await post(watson, http, {"input": {"text": "VIP"}})
    assert (answer["output"]["text"], answer["context"]["tier"]) == (["Hello again"], "gold")
    watson.v1.say("odd", ["no", "object"], raw=True)
    assert await post(watson, http, {"input": {"text": "odd"}}) == (200, ["no", "object"])
    watson.faults.add(Fault(status=503, message="down", times=1))
    assert await post(watson, http, {}) == (503, {"error": "down", "code": 503})
    assert len(watson.requests) == 3
    watson.clear()
    assert watson.requests == []
    _, answer = await post(watson, http, {"input": {"text": "vip"}})
    assert "tier" not in answer["context"]


async def test_its_delays_are_those_of_its_owner(watson: WatsonEmulator, http: aiohttp.ClientSession) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    watson.sleep = sleep
    watson.clock = lambda: 1000.0
    watson.faults.add(Fault(kind="delay", delay=12))
    assert (await post(watson, http, {}))[0] == 200
    assert (waited, watson.requests[0].time) == ([12], 1000.0)


async def test_break_fails_and_other_turns_go_on(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    with pytest.raises(ApiException) as caught:
        await sdk.say("break")
    assert (caught.value.status_code, caught.value.message) == (500, "Internal Server Error")
    assert (await sdk.say("text"))["output"]["generic"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        ["list"],
        {"output": "text"},
        {"output": {"generic": [{"text": "untyped"}]}},
        {"output": {"generic": [{"response_type": "hologram"}]}},
        {"output": {}, "actions": [{"type": "client"}]},
        {"output": {}, "intents": [{}]},
    ],
    ids=str,
)
async def test_answers_are_checked_by_ibms_sdk(watson: WatsonEmulator, answer: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        watson.v1.say("hello", answer)


async def test_every_turn_of_the_dialogue_can_be_said(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    for (_, text), turn in watson.v1.dialogue.turns.items():
        if turn.fault is None and not turn.raw:
            answer = await sdk.say(text, alternate_intents=True)
            assert answer == {**answer, **turn.answer, "output": {**answer["output"], **turn.answer["output"]}}, (
                turn.name
            )


async def test_the_common_conversation_is_v2s_too(watson: WatsonEmulator) -> None:
    common = ("greeting", "hello", "where is my parcel", "note", "agent", "break")
    named = [[turn.name for turn in dialogue.turns.values()][:6] for dialogue in (watson.dialogue, watson.v1.dialogue)]
    assert named == [list(common), list(common)]
