from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import aiohttp

    from emulators.function import FunctionEmulator


async def call(http: aiohttp.ClientSession, method: str, url: str, body: Any = None) -> tuple[int, Any]:
    async with http.request(method, url, json=body) as response:
        return response.status, await response.json() if response.content_length else None


async def say(http: aiohttp.ClientSession, function: FunctionEmulator, text: str) -> int:
    return (await call(http, "POST", function.url, {"convId": "c1", "message": text}))[0]


async def test_faults_are_added_and_cleared(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    faults = f"{function.url}/_emulator/faults"
    assert await call(http, "POST", faults, {"status": 503}) == (201, {"faults": 1})
    assert await call(http, "POST", faults, [{"status": 502, "utterance": "x"}]) == (201, {"faults": 2})
    assert await say(http, function, "text") == 503
    assert await call(http, "DELETE", faults) == (204, None)
    assert await say(http, function, "text") == 200


async def test_bad_faults_add_nothing(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    faults = f"{function.url}/_emulator/faults"
    status, body = await call(http, "POST", faults, [{"status": 503}, {"kind": "explode"}])
    assert status == 400
    assert body["error"].startswith("kind is one of")
    async with http.post(faults, data=b"{") as response:
        assert response.status == 400
    assert len(function.faults) == 0


async def test_requests_are_listed_without_those_of_control(
    function: FunctionEmulator, http: aiohttp.ClientSession
) -> None:
    await say(http, function, "text")
    requests = f"{function.url}/_emulator/requests"
    _, listed = await call(http, "GET", requests)
    (recorded,) = listed["requests"]
    assert recorded["headers"]["content-type"] == "application/json"
    assert {"method": "POST", "path": "/", "query": {}, "stage": "message"}.items() <= recorded.items()
    assert {"body": {"convId": "c1", "message": "text"}, "text": "text", "event": None}.items() <= recorded.items()
    assert await call(http, "DELETE", requests) == (204, None)
    assert await call(http, "GET", requests) == (200, {"requests": []})


async def test_answers_are_said_and_everything_cleared(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    said = {"utterance": "text", "answer": {"messages": ["said"]}}
    assert await call(http, "POST", f"{function.url}/_emulator/say", said) == (204, None)
    event = {"convId": "c1", "message": "text"}
    assert await call(http, "POST", function.url, event) == (200, said["answer"])
    assert await call(http, "DELETE", f"{function.url}/_emulator") == (204, None)
    assert (await call(http, "POST", function.url, event))[1] != said["answer"]


@pytest.mark.parametrize(
    "body", [[], {"answer": {}}, {"utterance": "x", "answer": {"odd": 1}}, {"utterance": "x", "answer": {}, "more": 1}]
)
async def test_what_cannot_be_said(function: FunctionEmulator, http: aiohttp.ClientSession, body: Any) -> None:
    assert (await call(http, "POST", f"{function.url}/_emulator/say", body))[0] == 400
