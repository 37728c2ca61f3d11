"""One process and several at one store, for each kind of store: what is counted is what is shown."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.contract.errors import HookFailed
from gateway.contract.ports import Archive, StoreFailed
from gateway.contract.types import ActionName
from gateway.figures.keeping import FLUSH_EVERY, FORGET_AFTER, REFRESH_EVERY, TIDY_EVERY, Figures
from gateway.figures.lives import PAUSE, SILENCE, Live
from gateway.figures.names import LIVES
from gateway.resilience.breaker import CircuitState
from gateway.sessions.memory_archive import MemoryArchive
from tests.unit.gateway.figures.conftest import BOT, MIDNIGHT, OTHER, Bots, OpenFigures, StillClock, die

NOTHING = [0] * 30
NEVER = [None] * 30
FAILURE_CODE = "com.liveperson.bot-connectors-worker.error.aivendor.lex.send-query"


async def read_bot(figures: Figures, clock: StillClock) -> Any:
    """Read the bot's part of the overview, afresh."""
    clock.advance(REFRESH_EVERY)
    return (await figures.read_bots([BOT]))[BOT]


async def test_a_bot_without_turns_is_online_since_the_process_lives(
    open_figures: OpenFigures, clock: StillClock
) -> None:
    figures = await open_figures()
    assert await figures.read_bots([BOT, OTHER]) == {
        key: {
            "state": "Online",
            "since": "2026-09-24T00:00:00.000Z",
            "circuit": None,
            "inFlight": 0,
            "latencyMs": NEVER,
            "turns": NOTHING,
            "lastError": None,
        }
        for key in (BOT, OTHER)
    }


async def test_turns_show_in_the_overview(open_figures: OpenFigures, clock: StillClock, bots: Bots) -> None:
    figures = await open_figures()
    figures(bots.end_turn(seconds=0.2))
    figures(bots.end_turn(seconds=0.2))
    clock.advance(60)
    figures(bots.end_turn(seconds=3))
    failed = bots.end_turn(outcome="failed", seconds=3)
    figures(failed)
    assert failed.error is not None
    shown = await read_bot(figures, clock)
    assert shown == {
        "state": "Online",
        "since": "2026-09-24T00:00:00.000Z",
        "circuit": None,
        "inFlight": 0,
        "latencyMs": [*NEVER[2:], 206.14, 3024.54],
        "turns": [*NOTHING[2:], 2, 2],
        "lastError": {
            "name": FAILURE_CODE,
            "errorId": failed.error.error_id,
            "message": "Lex is away. (HTTP 503)",
            "remedy": failed.error.entry.remedy,
            "at": "2026-09-24T00:01:00.000Z",
        },
    }
    clock.advance(28 * 60)
    assert (await read_bot(figures, clock))["turns"] == [2, 2, *NOTHING[2:]]
    clock.advance(60)
    shown = await read_bot(figures, clock)
    assert (shown["turns"], shown["latencyMs"]) == ([2, *NOTHING[1:]], [3024.54, *NEVER[1:]])


async def test_figures_tell_what_a_bot_did(open_figures: OpenFigures, clock: StillClock, bots: Bots) -> None:
    figures = await open_figures()
    figures(bots.end_turn(seconds=0.1, is_new=True))
    figures(bots.end_turn(seconds=0.1, action=ActionName.TRANSFER))
    clock.advance(10)
    figures(bots.end_turn(seconds=0.1, action=ActionName.CLOSE_CONVERSATION))
    figures(bots.end_turn(outcome="escalated", action=ActionName.TRANSFER, seconds=6.4))
    clock.advance(10)
    figures(bots.end_turn(outcome="failed", is_new=True, seconds=1.6))
    for outcome in ("repeated", "refused", "cancelled"):
        figures(bots.end_turn(outcome=outcome, is_new=True))
    figures(bots.end_turn(OTHER))
    assert await figures.read_figures(*BOT, 600) == {
        "window": 600,
        "resolution": 10,
        "begins": int(MIDNIGHT - 570) * 1000,
        "series": {
            "turns": [*[0] * 57, 2, 2, 1],
            "conversations": [*[0] * 57, 1, 0, 1],
            "closed": [*[0] * 57, 0, 1, 0],
            "transferred": [*[0] * 57, 1, 0, 0],
            "escalated": [*[0] * 57, 0, 1, 0],
            "failed": [*[0] * 57, 0, 0, 1],
            "p50Ms": [*[None] * 57, 103.07, 103.07, 1649.14],
            "p95Ms": [*[None] * 57, 103.07, 6596.57, 1649.14],
            "p99Ms": [*[None] * 57, 103.07, 6596.57, 1649.14],
        },
        "totals": {"turns": 5, "conversations": 2, "closed": 1, "transferred": 1, "escalated": 1, "failed": 1},
        "latency": {"p50Ms": 103.07, "p90Ms": 6596.57, "p95Ms": 6596.57, "p99Ms": 6596.57, "maxMs": 6596.57},
        "uptime": 1.0,
        "states": [{"state": "Online", "since": "2026-09-24T00:00:00.000Z", "until": None}],
    }


@pytest.mark.parametrize(
    ("window", "resolution", "points"),
    [(600, 10, 60), (3600, 60, 60), (21_600, 60, 360), (86_400, 900, 96), (604_800, 900, 672)],
)
async def test_every_window_has_the_turns_in_their_places(
    window: int, resolution: int, points: int, open_figures: OpenFigures, clock: StillClock, bots: Bots
) -> None:
    figures = await open_figures()
    # One turn in the first bucket of the window that is looked at in the end, and two in its last.
    figures(bots.end_turn())
    await figures.flush()
    clock.advance(window - resolution)
    figures(bots.end_turn())
    figures(bots.end_turn())
    shown = await figures.read_figures(*BOT, window)
    assert (shown["window"], shown["resolution"], shown["begins"]) == (window, resolution, int(MIDNIGHT) * 1000)
    assert shown["series"]["turns"] == [1, *[0] * (points - 2), 2]
    assert {name: len(series) for name, series in shown["series"].items() if len(series) != points} == {}
    assert shown["totals"]["turns"] == 3


async def test_an_unknown_window_is_refused(open_figures: OpenFigures) -> None:
    figures = await open_figures()
    with pytest.raises(ValueError, match=r"^window must be one of 600, 3600, 21600, 86400, 604800 seconds$"):
        await figures.read_figures(*BOT, 601)


async def test_a_bot_without_turns_has_empty_figures(open_figures: OpenFigures) -> None:
    shown = await (await open_figures()).read_figures(*BOT, 600)
    assert shown["latency"] == dict.fromkeys(("p50Ms", "p90Ms", "p95Ms", "p99Ms", "maxMs"))
    assert shown["totals"] == dict.fromkeys(
        ("turns", "conversations", "closed", "transferred", "escalated", "failed"), 0
    )
    assert shown["uptime"] is None  # nothing is known of any time before this moment


async def test_errors_are_told_newest_first_and_by_conversation(
    open_figures: OpenFigures, clock: StillClock, bots: Bots
) -> None:
    figures = await open_figures()
    first = bots.end_turn(outcome="escalated", conversation="c-1")
    second = bots.end_turn(
        outcome="failed", conversation="c-2", error=HookFailed("The pre hook acme:tag raised KeyError")
    )
    figures(first)
    clock.advance(1.5)
    figures(second)
    assert first.error is not None
    assert second.error is not None
    shown = [
        {
            "at": "2026-09-24T00:00:01.500Z",
            "code": second.error.code,
            "errorId": second.error.error_id,
            "message": "The pre hook acme:tag raised KeyError",
            "meaning": second.error.entry.meaning,
            "remedy": second.error.entry.remedy,
            "conversation": "c-2",
            "kind": "text",
            "outcome": "failed",
        },
        {
            "at": "2026-09-24T00:00:00.000Z",
            "code": FAILURE_CODE,
            "errorId": first.error.error_id,
            "message": "Lex is away. (HTTP 503)",
            "meaning": first.error.entry.meaning,
            "remedy": first.error.entry.remedy,
            "conversation": "c-1",
            "kind": "text",
            "outcome": "escalated",
        },
    ]
    assert await figures.read_errors(*BOT) == shown
    assert await figures.read_errors(*BOT, "c-1") == shown[1:]
    assert await figures.read_errors(*BOT, "c-3") == []
    assert await figures.read_errors(*OTHER) == []


async def test_of_many_errors_the_newest_are_kept(open_figures: OpenFigures, clock: StillClock, bots: Bots) -> None:
    figures = await open_figures()
    for number in range(1300):
        figures(bots.end_turn(outcome="failed", conversation=f"c-{number % 2}-{number}"))
        if number % 400 == 0:
            await figures.flush()
    assert [error["conversation"] for error in await figures.read_errors(*BOT)] == [
        f"c-{number % 2}-{number}" for number in range(1299, 1099, -1)
    ]
    assert [len(await figures.read_errors(*BOT, f"c-{number % 2}-{number}")) for number in (799, 800, 1299)] == [
        0,
        1,
        1,
    ]
    assert (await figures.read_figures(*BOT, 600))["totals"]["failed"] == 1300


async def test_figures_survive_a_restart(archive: Archive, clock: StillClock, bots: Bots) -> None:
    async with Figures(archive, clock, look=dict) as figures:
        clock.advance(10)
        for _ in range(3):
            figures(bots.end_turn(outcome="failed"))
        clock.advance(10)
    clock.advance(120)
    bots = Bots(clock)
    async with Figures(archive, clock, look=dict) as figures:
        clock.advance(10)
        figures(bots.end_turn(outcome="failed"))  # one failure after the restart says nothing yet
        shown = await figures.read_figures(*BOT, 600)
        assert shown["totals"]["failed"] == 4
        assert shown["states"] == [
            {"state": "Online", "since": "2026-09-24T00:00:00.000Z", "until": "2026-09-24T00:00:10.000Z"},
            {"state": "Vendor Interruption", "since": "2026-09-24T00:00:10.000Z", "until": "2026-09-24T00:00:20.000Z"},
            {"state": "Offline", "since": "2026-09-24T00:00:20.000Z", "until": "2026-09-24T00:02:20.000Z"},
            {"state": "Vendor Interruption", "since": "2026-09-24T00:02:20.000Z", "until": None},
        ]
        assert shown["uptime"] == 10 / 150
        assert len(await figures.read_errors(*BOT)) == 4
        figures(bots.end_turn())
        shown = await read_bot(figures, clock)
        assert (shown["state"], shown["since"]) == ("Online", "2026-09-24T00:02:30.000Z")


async def test_a_process_that_died_was_offline_from_its_last_sign_of_life(
    open_figures: OpenFigures, clock: StillClock, bots: Bots
) -> None:
    dead = await open_figures()
    dead(bots.end_turn())
    clock.advance(30)
    await dead._work()
    await die(dead, clock)
    clock.advance(PAUSE + 30)
    figures = await open_figures()
    clock.advance(10)
    shown = await figures.read_figures(*BOT, 600)
    assert shown["states"] == [
        {"state": "Online", "since": "2026-09-24T00:00:00.000Z", "until": "2026-09-24T00:00:30.000Z"},
        {"state": "Offline", "since": "2026-09-24T00:00:30.000Z", "until": "2026-09-24T00:02:00.000Z"},
        {"state": "Online", "since": "2026-09-24T00:02:00.000Z", "until": None},
    ]
    assert shown["uptime"] == (30 + 10) / 130


async def test_a_process_that_died_is_written_down_once(
    open_figures: OpenFigures, archive: Archive, clock: StillClock
) -> None:
    dead = await open_figures()
    await die(dead, clock)
    one, two = await open_figures(), await open_figures()
    (signs,) = await archive.read_maps([LIVES])
    assert len(signs) == 3
    assert 2 * TIDY_EVERY <= PAUSE < 3 * TIDY_EVERY
    for _ in range(3):
        clock.advance(TIDY_EVERY)
        await one._work()
        await two._work()
    (signs,) = await archive.read_maps([LIVES])
    assert signs.keys() == {one._process, two._process}
    ((ended,),) = await archive.read_lists([LIVES], newest=9)
    assert b'"%b"' % dead._process.encode() in ended


async def test_processes_are_shown_together(open_figures: OpenFigures, clock: StillClock, bots: Bots) -> None:
    one = await open_figures(look=[(BOT, Live(2, CircuitState.OPEN))])
    two = await open_figures(look=[(BOT, Live(1)), (OTHER, Live(0, CircuitState.CLOSED))])
    elsewhere = Bots(clock)
    for _ in range(3):
        one(bots.end_turn(outcome="failed", seconds=0.1))
        two(elsewhere.end_turn(seconds=0.1))
    await one.flush()
    shown = await read_bot(two, clock)
    assert {name: shown[name] for name in ("state", "circuit", "inFlight")} == {
        "state": "Vendor Interruption",
        "circuit": "open",
        "inFlight": 3,
    }
    assert shown["turns"][-1] == 6
    assert (await two.read_figures(*BOT, 600))["totals"] == {
        "turns": 6,
        "conversations": 0,
        "closed": 0,
        "transferred": 0,
        "escalated": 0,
        "failed": 3,
    }
    assert len(await two.read_errors(*BOT)) == 3
    # It dies: its word counts no more.
    await die(one, clock)
    clock.advance(SILENCE)
    shown = await read_bot(two, clock)
    assert (shown["state"], shown["circuit"], shown["inFlight"]) == ("Online", None, 1)


async def test_followers_are_told_of_what_changed(open_figures: OpenFigures, clock: StillClock, bots: Bots) -> None:
    figures, elsewhere = await open_figures(), await open_figures()
    told = figures.follow()
    nxt = asyncio.ensure_future(anext(told))
    await asyncio.sleep(0)
    await figures._work()
    assert not nxt.done()
    elsewhere(bots.end_turn(OTHER))
    await elsewhere.flush()
    clock.advance(FLUSH_EVERY)
    await figures._work()
    assert await nxt == {OTHER}
    nxt = asyncio.ensure_future(anext(told))
    clock.advance(FLUSH_EVERY)
    await figures._work()
    assert not nxt.done()
    figures.touch(*BOT)
    assert await nxt == {BOT}
    # A minute later the small charts of those that had turns have moved on.
    nxt = asyncio.ensure_future(anext(told))
    clock.advance(60)
    await figures._work()
    assert await nxt == {OTHER}


async def test_followers_are_let_go_at_the_end(archive: Archive, clock: StillClock) -> None:
    async with Figures(archive, clock, look=dict) as figures:
        told = figures.follow()
        waiting = asyncio.ensure_future(anext(told))
        await asyncio.sleep(0)
    with pytest.raises(StopAsyncIteration):
        await waiting
    assert [changed async for changed in figures.follow()] == []


async def test_an_overview_that_nobody_looks_at_is_given_up(
    open_figures: OpenFigures, clock: StillClock, bots: Bots
) -> None:
    figures = await open_figures()
    figures(bots.end_turn())
    await figures.read_bots([BOT])
    board = figures._board
    clock.advance(FORGET_AFTER - 1)
    await figures._work()
    assert figures._board is board
    clock.advance(1)
    await figures._work()
    assert figures._board is not board
    assert (await figures.read_bots([BOT]))[BOT]["turns"][-2:] == [1, 0]


async def test_it_flushes_by_itself(archive: Archive, bots: Bots) -> None:
    clock = TickingClock()
    async with Figures(archive, clock, look=dict) as figures, Figures(archive, clock, look=dict) as other:
        figures(bots.end_turn())
        await clock.tick()
        clock.advance(REFRESH_EVERY)
        assert (await other.read_bots([BOT]))[BOT]["turns"][-1] == 1


class TickingClock(StillClock):
    """A clock whose sleepers wait for a tick."""

    def __init__(self) -> None:
        super().__init__()
        self._ticked = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self._ticked.wait()

    async def tick(self) -> None:
        """Wake all who sleep, and wait until as many sleep again."""
        sleepers = len(self.slept)
        self._ticked.set()
        self._ticked = asyncio.Event()
        async with asyncio.timeout(5):
            while len(self.slept) < 2 * sleepers:
                await asyncio.sleep(0.001)
        assert set(self.slept) == {FLUSH_EVERY}


class BrokenArchive(MemoryArchive):
    """An archive that fails while it is told to: before it takes a step, or when it has taken it."""

    fails: str | Exception = ""
    taken: set[str]

    async def write(self, entries: Any, *, once: str) -> None:
        if isinstance(self.fails, Exception):
            raise self.fails
        if self.fails == "before":
            raise StoreFailed("Redis: TimeoutError")
        if once not in self.taken:
            self.taken.add(once)
            await super().write(entries, once=once)
        if self.fails == "after":
            raise StoreFailed("Redis: TimeoutError")


@pytest.fixture
def broken(clock: StillClock) -> BrokenArchive:
    archive = BrokenArchive(clock)
    archive.taken = set()
    return archive


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_a_store_may_not_have_taken_is_given_to_it_again_and_counts_once(
    when: str, broken: BrokenArchive, clock: StillClock, bots: Bots
) -> None:
    async with Figures(broken, clock, look=dict) as figures:
        broken.fails = when
        with capture_logs() as log:
            for _ in range(3):
                figures(bots.end_turn(outcome="failed"))
                await figures._work()
        assert [(line["event"], line["reason"]) for line in log] == [("figures-not-kept", "Redis: TimeoutError")]
        with pytest.raises(StoreFailed):
            await figures.read_figures(*BOT, 600)
        broken.fails = ""
        with capture_logs() as log:
            for _ in range(2):
                await figures._work()
        assert [line["event"] for line in log] == ["figures-kept"]
        assert (await figures.read_figures(*BOT, 600))["totals"]["failed"] == 3
        assert len(await figures.read_errors(*BOT)) == 3


async def test_a_fault_costs_one_flush_and_no_more(broken: BrokenArchive, clock: StillClock, bots: Bots) -> None:
    async with Figures(broken, clock, look=dict) as figures:
        broken.fails = ValueError("unforeseen")
        figures(bots.end_turn())
        with capture_logs() as log:
            await figures._work()
            await figures._work()
        assert [line["event"] for line in log] == ["figures-failed"]
        assert log[0]["fault"]["type"] == "ValueError"
        assert "unforeseen" not in str(log)
        broken.fails = ""
        figures(bots.end_turn())
        assert (await figures.read_figures(*BOT, 600))["totals"]["turns"] == 1


async def test_an_end_without_a_store_is_logged(broken: BrokenArchive, clock: StillClock, bots: Bots) -> None:
    with capture_logs() as log:
        async with Figures(broken, clock, look=dict) as figures:
            figures(bots.end_turn())
            broken.fails = "before"
    assert [(line["event"], line["reason"]) for line in log] == [("figures-not-kept", "Redis: TimeoutError")]


class StuckArchive(MemoryArchive):
    """An archive that takes for ever, once it is told to."""

    is_stuck = False

    async def write(self, entries: Any, *, once: str) -> None:
        if self.is_stuck:
            await asyncio.Event().wait()
        await super().write(entries, once=once)


async def test_a_store_that_takes_for_ever_holds_up_no_end(
    clock: StillClock, bots: Bots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.figures.keeping.CLOSING_TIME", 0.01)
    archive = StuckArchive(clock)
    with capture_logs() as log:
        async with asyncio.timeout(5), Figures(archive, clock, look=dict) as figures:
            figures(bots.end_turn())
            archive.is_stuck = True
    assert [(line["event"], line["reason"]) for line in log] == [("figures-not-kept", "it took more than 0.01 s")]
    assert figures._flushing is not None
    assert figures._flushing.done()


async def test_what_waits_for_a_store_is_bounded(
    broken: BrokenArchive, clock: StillClock, bots: Bots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.figures.keeping.MOST_BUCKETS", 10)
    async with Figures(broken, clock, look=dict) as figures:
        broken.fails = "before"
        with capture_logs() as log:
            for _ in range(13):
                figures(bots.end_turn())
                await figures._work()
                clock.advance(10)
        assert [line["event"] for line in log] == ["figures-not-kept", "figures-given-up"]
        broken.fails = ""
        # The first waited as a step of its own, eleven were given up, the last one came after that.
        assert (await figures.read_figures(*BOT, 3600))["totals"]["turns"] == 2


async def test_a_flush_that_is_given_up_by_who_asked_is_carried_out(
    archive: Archive, clock: StillClock, bots: Bots
) -> None:
    async with Figures(archive, clock, look=dict) as figures:
        figures(bots.end_turn())
        asking = asyncio.ensure_future(figures.flush())
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait({asking})
        await figures.flush()
        assert (await figures.read_figures(*BOT, 600))["totals"]["turns"] == 1
