from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest

from emulators.dialogue import Memory, Turn
from emulators.emulator import KEPT
from emulators.faults import Fault, Heard
from emulators.function import FunctionEmulator

if TYPE_CHECKING:
    from pathlib import Path

EVENT = {"convId": "c1", "message": "text"}


async def say(http: aiohttp.ClientSession, function: FunctionEmulator, text: str) -> tuple[int, object]:
    async with http.post(function.url, json={"convId": "c1", "message": text}) as response:
        return response.status, await response.json()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_only_loopback_is_served(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        FunctionEmulator(host=host)


async def test_url_is_known_while_it_runs() -> None:
    function = FunctionEmulator()
    with pytest.raises(RuntimeError, match="not running"):
        _ = function.url
    with pytest.raises(RuntimeError, match="not been started"):
        _ = function.dialogue
    async with function:
        assert function.url.startswith("http://127.0.0.1:")
    with pytest.raises(RuntimeError, match="not running"):
        _ = function.url


async def test_it_can_start_again(http: aiohttp.ClientSession) -> None:
    function = FunctionEmulator()
    for _ in range(2):
        async with function:
            assert (await say(http, function, "text"))[0] == 200


async def test_taken_port_is_an_error_and_leaves_nothing_behind(function: FunctionEmulator) -> None:
    port = int(function.url.rpartition(":")[2])
    second = FunctionEmulator(port=port)
    with pytest.raises(OSError, match=str(port)):
        await second.start()
    await second.stop()


async def test_stop_does_not_wait_for_hanging_requests(http: aiohttp.ClientSession) -> None:
    struck = asyncio.Event()

    async def sleep(_: float) -> None:
        struck.set()

    function = FunctionEmulator(sleep=sleep)

    async def is_dropped() -> bool:
        try:
            await http.post(function.url, json=EVENT)
        except aiohttp.ClientError:
            return True
        return False

    await function.start()
    function.faults.add(Fault(kind="hang", delay=1))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        hanging = group.create_task(is_dropped())
        await struck.wait()
        await function.stop()
    assert hanging.result()


async def test_requests_carry_path_query_headers_body_and_time(
    function: FunctionEmulator, http: aiohttp.ClientSession
) -> None:
    function.clock = lambda: 42.0
    async with http.post(f"{function.url}/a%2Fb?c=d", json=EVENT, headers={"X-Trace": "t"}) as response:
        assert response.status == 200
    (recorded,) = function.requests
    assert (recorded.method, recorded.path, recorded.query["c"]) == ("POST", "/a%2Fb", "d")
    assert (recorded.headers["x-trace"], recorded.body, recorded.time) == ("t", EVENT, 42.0)
    assert (recorded.stage, recorded.heard.text, recorded.heard.event) == ("message", "text", None)


async def test_the_oldest_requests_are_forgotten(
    function: FunctionEmulator, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulators.emulator.KEPT", 2)
    for text in ("one", "two", "three"):
        await say(http, function, text)
    assert [recorded.heard.text for recorded in function.requests] == ["two", "three"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_the_published_address_is_the_one_bound(host: str, http: aiohttp.ClientSession) -> None:
    async with FunctionEmulator(host=host) as function:
        assert (await say(http, function, "text"))[0] == 200


async def test_said_answers_win_over_the_dialogue_until_cleared(
    function: FunctionEmulator, http: aiohttp.ClientSession
) -> None:
    function.say("TEXT", {"messages": ["said"]})
    assert await say(http, function, "text") == (200, {"messages": ["said"]})
    function.clear()
    assert function.requests == []
    assert await say(http, function, "text") != (200, {"messages": ["said"]})


async def test_raw_answers_are_sent_as_they_are(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.say("odd", ["no", "object"], raw=True)
    function.say("nothing", None, raw=True)
    assert await say(http, function, "odd") == (200, ["no", "object"])
    assert await say(http, function, "nothing") == (200, None)


async def test_said_events(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.say("WELCOME", {"messages": ["event"]}, event=True)
    async with http.post(function.url, json={"convId": "c1", "event": {"name": "WELCOME"}}) as response:
        assert await response.json() == {"messages": ["event"]}


async def test_said_faults(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.say("twice", {"messages": ["well"]}, fault=Fault(status=503, times=2))
    assert [(await say(http, function, "twice"))[0] for _ in range(3)] == [503, 503, 200]
    function.say("twice", fault=Fault(status=502))
    assert [(await say(http, function, "twice"))[0] for _ in range(3)] == [502, 502, 502]


async def test_scripted_faults_count_and_start_over_when_cleared(
    function: FunctionEmulator, http: aiohttp.ClientSession
) -> None:
    assert [(await say(http, function, "unavailable once"))[0] for _ in range(2)] == [503, 200]
    function.clear()
    assert (await say(http, function, "unavailable once"))[0] == 503


async def test_faults_strike_the_utterance_they_name(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.faults.add(Fault(status=503, utterance="hello"))
    assert (await say(http, function, "text"))[0] == 200
    assert (await say(http, function, "hello"))[0] == 503


async def test_a_dialogue_of_ones_own(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    path = tmp_path / "talk.json"
    path.write_text('{"turns": [], "fallback": {"answer": {"messages": ["mine"]}}}')
    async with FunctionEmulator(path) as function:
        assert await say(http, function, "text") == (200, {"messages": ["mine"]})


class Counter:
    """A script that counts the turns of each session."""

    def play(self, heard: Heard, memory: Memory) -> Turn:
        memory.hidden["turns"] = memory.hidden.get("turns", 0) + 1
        return Turn("counted", {"heard": heard.text, "turns": memory.hidden["turns"], "now": memory.now})


async def test_a_script_answers_for_its_bot_and_remembers_each_session() -> None:
    emulator = FunctionEmulator(scripts={"b": Counter()}, clock=lambda: 7.0)

    def ask(session: str) -> object:
        return emulator.find_heard(Heard(text="hi"), "b", emulator.remember(session)).answer

    assert [ask("1"), ask("1"), ask("2")] == [
        {"heard": "hi", "turns": 1, "now": 7.0},
        {"heard": "hi", "turns": 2, "now": 7.0},
        {"heard": "hi", "turns": 1, "now": 7.0},
    ]


async def test_what_was_said_to_the_emulator_wins_over_a_script() -> None:
    async with FunctionEmulator(scripts={"b": Counter()}) as emulator:
        emulator.say("hi", {"messages": ["said"], "context": {}})
        answers = [emulator.find_heard(Heard(text=text), bot).answer for text, bot in (("hi", "b"), ("text", "other"))]
    assert answers == [
        {"messages": ["said"], "context": {}},
        {"messages": ["Your parcel is on its way."], "context": {}},
    ]


async def test_a_session_that_was_silent_for_too_long_is_forgotten() -> None:
    now = 0.0
    emulator = FunctionEmulator(clock=lambda: now)
    emulator.remember("s", lifetime=10).hidden["k"] = 1
    now = 9.0
    kept = dict(emulator.remember("s", lifetime=10).hidden)
    now = 19.0
    assert (kept, emulator.remember("s", lifetime=10).hidden) == ({"k": 1}, {})


async def test_the_sessions_used_last_are_remembered() -> None:
    emulator = FunctionEmulator()
    emulator.remember("first").hidden["k"] = 1
    for number in range(KEPT):
        if number == KEPT // 2:
            emulator.remember("first")
        emulator.remember(str(number))
    kept = [emulator.remember(name).hidden for name in ("first", "0")]
    emulator.remember("last")
    assert kept == [{"k": 1}, {}]
    assert len(emulator._memories) == KEPT
