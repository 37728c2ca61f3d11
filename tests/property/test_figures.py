"""Whatever the order of turns, flushes, failures of the store, deaths and restarts: what is shown is what was flushed, once."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.contract.ports import Archive, Entry, StoreFailed
from gateway.figures.keeping import Figures
from gateway.sessions.backends import StoreSettings, make_sessions
from tests.redis_server import RedisServer, redis_server
from tests.unit.gateway.figures.conftest import BOT, OTHER, Bots, StillClock

KEYS = {"concierge": BOT, "billing": OTHER}
COUNTED = {"answered": ["turns"], "escalated": ["turns", "escalated"], "failed": ["turns", "failed"]}

steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("turn"),
            st.integers(0, 1),  # the process
            st.sampled_from(sorted(KEYS)),
            st.sampled_from([*COUNTED, "repeated", "refused", "cancelled"]),
        ),
        st.tuples(st.just("advance"), st.floats(0, 40)),
        st.tuples(st.sampled_from(["flush", "work", "restart", "die"]), st.integers(0, 1), st.integers(0, 3)),
        st.tuples(st.just("break"), st.sampled_from(["", "before", "after"])),
    ),
    max_size=40,
)


class FragileArchive:
    """The archive of a real store, which loses a step or its acknowledgement when told to."""

    def __init__(self, archive: Archive, *, knows_steps: bool) -> None:
        """Only a store at the other end of a wire can take a step and not say so: that one knows steps itself."""
        self._archive = archive
        self._knows_steps = knows_steps
        self._taken: set[str] = set()
        self.fails = ""
        self.read_counts, self.read_lists, self.read_maps = archive.read_counts, archive.read_lists, archive.read_maps

    async def write(self, entries: Sequence[Entry], *, once: str) -> None:
        if self.fails == "before":
            raise StoreFailed("lost")
        if self._knows_steps or once not in self._taken:
            self._taken.add(once)
            await self._archive.write(entries, once=once)
        if self.fails == "after":
            raise StoreFailed("not acknowledged")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


class Process:
    """One that counts, and what it has counted."""

    def __init__(self, archive: FragileArchive, clock: StillClock) -> None:
        self.figures = Figures(archive, clock, look=dict)
        self.bots = Bots(clock)
        self.counted: list[tuple[str, str]] = []

    def end_turn(self, bot: str, outcome: str) -> None:
        self.figures(self.bots.end_turn(KEYS[bot], outcome))
        if outcome in COUNTED:
            self.counted.append((bot, outcome))


@pytest.mark.parametrize("kind", ["memory", "sqlite", "redis"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
async def test_totals_are_those_of_the_turns(kind: str, steps: Any, request: pytest.FixtureRequest) -> None:
    clock = StillClock()
    with tempfile.TemporaryDirectory() as directory:
        url = {"memory": "memory", "sqlite": f"sqlite:///{directory}/store.db"}.get(kind)
        if url is None:
            url = request.getfixturevalue("server").url
        sessions = make_sessions(StoreSettings(url=url), clock)
        await sessions.backend.open()
        if kind == "redis":
            await sessions.backend._client.flushall()  # type: ignore[attr-defined] # that of Redis
        archive = FragileArchive(sessions.archive, knows_steps=kind == "redis")
        turns = await _play(steps, archive, clock)
        async with Figures(archive, clock, look=dict) as figures:
            for name, key in KEYS.items():
                shown = await figures.read_figures(*key, 3600)
                mine = [outcome for bot, outcome in turns if bot == name]
                counted = Counter(what for outcome in mine for what in COUNTED[outcome])
                assert shown["totals"] == {what: counted[what] for what in shown["totals"]}
                assert sum(shown["series"]["turns"]) == len(mine)
                errors = await figures.read_errors(*key)
                assert Counter(error["outcome"] for error in errors) == Counter(
                    outcome for outcome in mine if outcome != "answered"
                )
        await sessions.backend.close()


async def _play(steps: Any, archive: FragileArchive, clock: StillClock) -> list[tuple[str, str]]:
    """Do what the steps say, then end both processes well; give the turns that figures must be kept of: (bot, outcome)."""
    kept: list[tuple[str, str]] = []
    processes = [Process(archive, clock), Process(archive, clock)]
    for process in processes:
        await process.figures.__aenter__()
    for what, *more in [*steps, ("break", ""), ("restart", 0, 0), ("restart", 1, 0)]:
        match what, more:
            case "turn", [number, bot, outcome]:
                processes[number].end_turn(bot, outcome)
            case "advance", [seconds]:
                clock.advance(seconds)
            case "break", [fails]:
                archive.fails = fails
            case "flush", [number, _]:
                with suppress(StoreFailed):
                    await processes[number].figures.flush()
            case "work", [number, _]:
                await processes[number].figures._work()
            case _, [number, lost]:
                fails, archive.fails = archive.fails, ""
                await _end(processes[number], lost if what == "die" else None)
                kept += processes[number].counted
                processes[number] = Process(archive, clock)
                archive.fails = fails
                await processes[number].figures.__aenter__()
    for process in processes:
        await process.figures.__aexit__()
    return kept


async def _end(process: Process, lost: int | None) -> None:
    """Stop well; or flush, have some turns that are lost, and die."""
    if lost is None:
        await process.figures.__aexit__()
        return
    await process.figures.flush()
    for _ in range(lost):
        process.figures(process.bots.end_turn(BOT))
    running = process.figures._running
    assert running is not None
    running.cancel()
    await asyncio.wait({running})
