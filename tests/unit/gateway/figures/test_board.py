"""Refreshes that fail, and what a refresh reads; what a board shows is in test_keeping.py."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway.contract.ports import Archive, StoreFailed
from gateway.contract.types import AccountId, BotName
from gateway.figures.board import Board
from gateway.figures.lives import Sign
from gateway.figures.parts import AT_ONCE
from gateway.figures.tally import Tally, write_tallies
from gateway.sessions.memory_archive import MemoryArchive
from tests.unit.gateway.figures.conftest import BOT, MIDNIGHT, OTHER, Bots, StillClock

OWN = Sign("p", MIDNIGHT, MIDNIGHT)


class WatchedArchive(MemoryArchive):
    """Notes what is read, and fails to read lists when told to."""

    fails = False

    def __init__(self, clock: StillClock) -> None:
        super().__init__(clock)
        self.read: list[str] = []

    async def read_counts(self, names: Sequence[str]) -> list[dict[str, int]]:
        self.read += names
        return await super().read_counts(names)

    async def read_lists(self, names: Sequence[str], *, newest: int) -> list[list[bytes]]:
        if self.fails:
            raise StoreFailed("Redis: TimeoutError")
        self.read += names
        return await super().read_lists(names, newest=newest)


@pytest.fixture
def watched(clock: StillClock) -> WatchedArchive:
    return WatchedArchive(clock)


async def flush(tally: Tally, archive: Archive) -> None:
    for part in tally.take(1000):
        await archive.write(write_tallies(part), once="")


async def test_a_refresh_that_failed_is_made_up_for(watched: WatchedArchive, clock: StillClock, bots: Bots) -> None:
    board, tally = Board(watched), Tally("p")
    await board.refresh(OWN, clock.now)
    tally.count(bots.end_turn(outcome="failed", seconds=0.1), clock.now)
    await flush(tally, watched)
    watched.fails = True
    with pytest.raises(StoreFailed):
        await board.refresh(OWN, clock.now)
    before: Any = board.show(BOT, clock.now)
    assert (before["turns"][-1], before["latencyMs"][-1], before["lastError"]) == (0, None, None)
    watched.fails = False
    assert await board.refresh(OWN, clock.now) == {BOT}
    after: Any = board.show(BOT, clock.now)
    assert (after["turns"][-1], after["latencyMs"][-1]) == (1, 103.07)
    assert after["lastError"] is not None


async def test_a_refresh_reads_what_has_changed_and_no_more(
    watched: WatchedArchive, clock: StillClock, bots: Bots
) -> None:
    board, tally = Board(watched), Tally("p")
    for key in (BOT, OTHER):
        tally.count(bots.end_turn(key), clock.now)
    await flush(tally, watched)
    assert await board.refresh(OWN, clock.now) == {BOT, OTHER}
    watched.read.clear()
    assert await board.refresh(OWN, clock.now) == set()
    minute = int(MIDNIGHT) // 60
    looked_for = [f"active/60/{minute - 1}", f"active/60/{minute}"]
    assert watched.read == looked_for
    tally.count(bots.end_turn(OTHER), clock.now)
    await flush(tally, watched)
    watched.read.clear()
    assert await board.refresh(OWN, clock.now) == {OTHER}
    assert sorted(watched.read) == sorted(
        [*looked_for, f"turns/83482904/billing/60/{minute}", "states/83482904/billing", "errors/83482904/billing"]
    )


async def test_states_and_errors_of_last_week_show_without_turns_since(
    watched: WatchedArchive, clock: StillClock, bots: Bots
) -> None:
    tally = Tally("p")
    for _ in range(3):
        tally.count(bots.end_turn(outcome="failed"), clock.now)
    await flush(tally, watched)
    clock.advance(6 * 86_400)
    board = Board(watched)
    await board.refresh(Sign("p", MIDNIGHT, clock.now), clock.now)
    shown: Any = board.show(BOT, clock.now)
    assert (shown["state"], shown["since"]) == ("Vendor Interruption", "2026-09-24T00:00:00.000Z")
    assert shown["turns"] == [0] * 30
    assert shown["lastError"] is not None


async def test_many_bots_are_read_in_parts(watched: WatchedArchive, clock: StillClock, bots: Bots) -> None:
    board, tally = Board(watched), Tally("p")
    keys = [(AccountId("1"), BotName(f"{number}")) for number in range(2 * AT_ONCE + 1)]
    for number, key in enumerate(keys):
        for _ in range(number % 3 + 1):
            tally.count(bots.end_turn(key), clock.now)
    await flush(tally, watched)
    assert await board.refresh(OWN, clock.now) == set(keys)
    shown: list[Any] = [board.show(key, clock.now) for key in keys]
    assert [one["turns"][-1] for one in shown] == [number % 3 + 1 for number in range(len(keys))]
    assert {one["latencyMs"][-1] for one in shown} == {103.07}


async def test_a_clock_that_is_set_back_hides_no_turns(watched: WatchedArchive, clock: StillClock, bots: Bots) -> None:
    board, tally = Board(watched), Tally("p")
    tally.count(bots.end_turn(), clock.now)
    await flush(tally, watched)
    await board.refresh(OWN, clock.now)
    tally.count(bots.end_turn(), clock.now - 3600)
    await flush(tally, watched)
    await board.refresh(OWN, clock.now - 3600)
    shown: Any = board.show(BOT, clock.now - 3600)
    assert shown["turns"] == [*[0] * 29, 1]
