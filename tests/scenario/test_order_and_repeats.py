"""One conversation's events one after the other, and the same event never given to the vendor twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.server import Running
from tests.gateways import make_account, make_event, open_gateway


class Hold:
    """An emulator's sleep that lasts until it is let go."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.waiting = 0

    async def __call__(self, _seconds: float) -> None:
        self.waiting += 1
        await self.release.wait()

    async def until(self, waiting: int) -> None:
        async with asyncio.timeout(5):
            while self.waiting < waiting:
                await asyncio.sleep(0.001)


def said(running: Running) -> list[str]:
    return [request.body["message"] for request in running.function.requests]


async def test_events_of_a_conversation_are_worked_on_in_order_of_arrival(running: Running, tmp_path: Path) -> None:
    hold = Hold()
    running.function.sleep = hold
    running.function.faults.add(Fault(kind="delay", delay=1, times=1))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        sent = [asyncio.ensure_future(gateway.say("function", "number 0"))]
        await hold.until(1)
        for number in range(1, 6):
            sent.append(asyncio.ensure_future(gateway.say("function", f"number {number}")))
            while gateway.server.gate.in_flight <= number:
                await asyncio.sleep(0.001)
        other = await gateway.say("function", "elsewhere", conversation="c-2")
        assert other.status == 200
        assert said(running) == ["number 0", "elsewhere"]
        hold.release.set()
        assert [answer.status for answer in await asyncio.gather(*sent)] == [200] * 6
    assert said(running) == ["number 0", "elsewhere", *(f"number {number}" for number in range(1, 6))]


@pytest.mark.parametrize("sequence", [0, 7, -3, "7", "abc", 2.5])
async def test_the_same_sequence_gets_the_first_answer(sequence: Any, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        first = await gateway.say("function", "hello", sequence=sequence)
        # A repeat is known by its sequence, not by what it says.
        repeat = await gateway.say("function", "agent", sequence=sequence)
        assert repeat.body == first.body
        assert len(running.function.requests) == 1
        for other in ({"conversation": "c-2"}, {"sequence": "another"}):
            await gateway.say("function", "hello", **{"sequence": sequence, **other})
    assert len(running.function.requests) == 3


@pytest.mark.parametrize("sequence", [None, True, False, [7], {"a": 1}, ""])
async def test_what_is_neither_a_number_nor_a_string_is_no_key(sequence: Any, running: Running, tmp_path: Path) -> None:
    event = make_event("hello")
    event["context"]["lpEvent"]["sequence"] = sequence
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        for _ in range(2):
            assert (await gateway.post("function", event)).status == 200
    assert len(running.function.requests) == 2


async def test_the_same_idempotency_key_gets_the_first_answer(running: Running, tmp_path: Path) -> None:
    key = {"Idempotency-Key": "0b1a"}
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        first = await gateway.say("function", "hello", sequence=1, headers=key)
        assert (await gateway.say("function", "hello", sequence=2, headers=key)).body == first.body
        assert (await gateway.say("function", "hello", sequence=1)).body == first.body
        assert len(running.function.requests) == 1
        await gateway.say("lex", "hello", headers=key)
        assert len(running.lex.requests) == 1


async def test_another_bot_or_conversation_is_another_event(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        await gateway.say("function", "hello", sequence=1)
        await gateway.say("lex", "hello", sequence=1)
        # Ids that would run together if they were only strung together.
        await gateway.say("function", "hello", conversation="a/b", sequence="1")
        await gateway.say("function", "hello", conversation="b", sequence="1/a")
    assert (len(running.function.requests), len(running.lex.requests)) == (3, 1)


async def test_a_repeat_under_way_waits_for_the_first_ones_answer(running: Running, tmp_path: Path) -> None:
    hold = Hold()
    running.function.sleep = hold
    running.function.faults.add(Fault(kind="delay", delay=1))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        sent = [asyncio.ensure_future(gateway.say("function", "hello", sequence=1)) for _ in range(5)]
        await hold.until(1)
        while gateway.server.gate.in_flight < 5:
            await asyncio.sleep(0.001)
        hold.release.set()
        answers = await asyncio.gather(*sent)
    assert len(running.function.requests) == 1
    assert all(answer.body == answers[0].body and answer.status == 200 for answer in answers)


async def test_a_caller_who_hangs_up_loses_nothing(running: Running, tmp_path: Path) -> None:
    hold = Hold()
    running.function.sleep = hold
    running.function.faults.add(Fault(kind="delay", delay=1, times=1))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        first = asyncio.ensure_future(gateway.say("function", "hello", sequence=1))
        await hold.until(1)
        first.cancel()
        await asyncio.wait({first})
        repeat = asyncio.ensure_future(gateway.say("function", "hello", sequence=1))
        while gateway.server.gate.in_flight < 2:
            await asyncio.sleep(0.001)
        hold.release.set()
        assert (await repeat).body["messages"][0] == "Hello!"
    assert len(running.function.requests) == 1


async def test_after_an_error_the_repeat_tries_again(running: Running, tmp_path: Path) -> None:
    running.function.faults.add(Fault(status=500, times=1))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        assert (await gateway.say("function", "hello", sequence=1)).status == 502
        assert (await gateway.say("function", "hello", sequence=1)).status == 200
    assert len(running.function.requests) == 2
