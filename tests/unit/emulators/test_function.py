from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulators.function import FunctionEmulator

if TYPE_CHECKING:
    import aiohttp


async def post(http: aiohttp.ClientSession, url: str, body: Any, **headers: str) -> tuple[int, Any]:
    async with http.post(url, json=body, headers=headers) as response:
        return response.status, await response.json()


async def test_any_path_speaks_the_contract(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    status, body = await post(http, f"{function.url}/a/b?c=d", {"convId": "c1", "message": "agent", "context": {}})
    assert status == 200
    assert body["context"] == {"action": "TRANSFER", "actionParameters": {"skill": "human_skill"}}
    assert function.requests[0].path == "/a/b"
    assert dict(function.requests[0].query) == {"c": "d"}


async def test_event_wins_over_message(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    _, body = await post(http, function.url, {"convId": "c1", "message": "", "event": {"name": "WELCOME"}})
    assert body["messages"] == ["Welcome to the parcel desk."]


async def test_unknown_text_gets_the_fallback(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    _, body = await post(http, function.url, {"convId": "c1", "message": "gibberish"})
    assert body == function.dialogue.fallback.answer


@pytest.mark.parametrize("body", [["list"], {}, {"convId": ""}, {"convId": 1, "message": "hello"}])
async def test_events_without_conversation_are_refused(
    function: FunctionEmulator, http: aiohttp.ClientSession, body: Any
) -> None:
    assert (await post(http, function.url, body))[0] == 400


async def test_required_headers(http: aiohttp.ClientSession) -> None:
    event = {"convId": "c1", "message": "text"}
    async with FunctionEmulator(required_headers={"X-Api-Key": "k"}) as function:
        assert (await post(http, function.url, event))[0] == 401
        assert (await post(http, function.url, event, **{"x-api-key": "k"}))[0] == 200


async def test_only_json_by_post(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    async with http.get(function.url) as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")
    async with http.post(function.url, data=b"hello") as response:
        assert response.status == 415


async def test_break_fails_every_time(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    for _ in range(2):
        assert (await post(http, function.url, {"convId": "c1", "message": "break"}))[0] == 500
    assert (await post(http, function.url, {"convId": "c1", "message": "text"}))[0] == 200


async def test_every_turn_of_the_dialogue_can_be_said(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    for (kind, said), turn in function.dialogue.turns.items():
        if turn.fault is None:
            event = {"event": {"name": said}} if kind == "event" else {"message": said}
            assert await post(http, function.url, {"convId": "c1", **event}) == (200, turn.answer), turn.name


@pytest.mark.parametrize("answer", [None, ["list"], {"messages": "none"}, {"context": []}, {"surprise": 1}])
async def test_answers_are_checked(function: FunctionEmulator, answer: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        function.say("hello", answer)
