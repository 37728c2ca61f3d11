import asyncio
from typing import Any

import aiohttp
import pytest

from emulators.faults import Fault
from emulators.function import FunctionEmulator
from emulators.watson import WatsonEmulator
from load.users.ledger import Ledger, find_event, watch
from tests.load_data import chance, read_table


@pytest.mark.parametrize("case", read_table("vendor_requests.json"), ids=lambda case: case["name"])
def test_the_event_is_found_in_every_vendor_s_request(case: dict[str, Any]) -> None:
    assert find_event(case["body"]) == (None if case["key"] is None else tuple(case["key"]))


def make_event(conversation: str, sequence: int) -> dict[str, Any]:
    lp_event = {"dialogId": conversation, "sequence": sequence}
    return {"convId": conversation, "message": "hello", "context": {"lpEvent": lp_event}}


async def ask(emulator: FunctionEmulator, *events: dict[str, Any]) -> list[int]:
    async with aiohttp.ClientSession() as client:
        statuses = []
        for event in events:
            async with client.post(f"{emulator.url}/bot", json=event) as answer:
                statuses.append(answer.status)
    return statuses


async def test_good_answers_are_noted_and_a_second_one_counts_as_doubled() -> None:
    ledger, emulator = Ledger(), FunctionEmulator()
    watch(emulator, ledger, chance(1), delay=0, share=0, kinds=())
    async with emulator:
        events = [
            make_event("c-1", 1),
            make_event("c-1", 3),
            make_event("c-2", 1),
            make_event("c-1", 3),
            {"convId": "a"},
        ]
        assert await ask(emulator, *events) == [200] * 5
    assert ledger.plain() == {
        "taken": {"c-1": 0b1010, "c-2": 0b10},
        "doubled": [["c-1", 3, 1]],
        "faults": {},
        "unknown": 1,
    }
    assert len(emulator.requests) == 1


async def test_what_a_fault_struck_was_not_taken() -> None:
    ledger, emulator = Ledger(), FunctionEmulator()
    watch(emulator, ledger, chance(1), delay=0, share=1, kinds=[Fault(status=503)])
    async with emulator:
        assert await ask(emulator, make_event("c-1", 1), make_event("c-1", 1)) == [503, 503]
    assert ledger.plain() == {"taken": {}, "doubled": [], "faults": {"status": 2}, "unknown": 0}


async def test_what_comes_late_was_taken() -> None:
    ledger, emulator, waited = Ledger(), FunctionEmulator(), []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    emulator.sleep = sleep
    watch(emulator, ledger, chance(1), delay=0.2, share=0.5, kinds=[Fault(kind="delay", delay=2)])
    async with emulator:
        events = [make_event("c-1", sequence) for sequence in range(60)]
        assert await ask(emulator, *events) == [200] * 60
    assert ledger.taken == {"c-1": (1 << 60) - 1}
    assert waited.count(2) == ledger.faults["delay"] == 60 - waited.count(0.2)
    assert 10 < ledger.faults["delay"] < 50


async def test_what_the_gateway_did_not_wait_for_was_not_taken() -> None:
    ledger, emulator, hold = Ledger(), FunctionEmulator(), asyncio.Event()
    begun, given_up = asyncio.Event(), asyncio.Event()

    async def sleep(_seconds: float) -> None:
        begun.set()
        try:
            await hold.wait()
        finally:
            given_up.set()

    emulator.sleep = sleep
    watch(emulator, ledger, chance(1), delay=0.2, share=0, kinds=())
    async with emulator:
        waiting = asyncio.ensure_future(ask(emulator, make_event("c-1", 1)))
        await begun.wait()
        waiting.cancel()
        await given_up.wait()
        assert ledger.taken == {}
        hold.set()
        assert await ask(emulator, make_event("c-1", 1)) == [200]
    assert (ledger.taken, ledger.doubled) == ({"c-1": 0b10}, {})


async def test_the_parts_of_an_emulator_count_an_answer_once() -> None:
    ledger, emulator = Ledger(), WatsonEmulator()
    for part in (emulator, emulator.v1):
        watch(part, ledger, chance(1), delay=0.001, share=0, kinds=())
    async with emulator, aiohttp.ClientSession() as client:
        body = {"input": {"text": "hello"}, **make_event("c-1", 1)}
        headers = {"Authorization": aiohttp.encode_basic_auth("emulator", "watson-emulator")}
        url = f"{emulator.url}/v1/workspaces/w/message?version=2021-11-27"
        async with client.post(url, json=body, headers=headers) as answer:
            assert answer.status == 200
    assert (ledger.taken, ledger.doubled) == ({"c-1": 0b10}, {})


async def test_a_programmed_fault_goes_before_the_drawn_ones() -> None:
    ledger, emulator = Ledger(), FunctionEmulator()
    watch(emulator, ledger, chance(1), delay=0, share=0, kinds=())
    emulator.faults.add(Fault(status=500, times=1))
    async with emulator:
        assert await ask(emulator, make_event("c-1", 1), make_event("c-1", 1)) == [500, 200]
    assert (ledger.taken, ledger.doubled) == ({"c-1": 0b10}, {})
