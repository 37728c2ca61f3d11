"""Percentiles over buckets and the edges of a window; whole answers, over every store, are in test_keeping.py."""

from gateway.contract.ports import Add
from gateway.figures.names import name_bucket
from gateway.figures.series import read_figures
from gateway.figures.states import Stretch
from gateway.sessions.memory_archive import MemoryArchive
from gateway.status import BotState
from tests.unit.gateway.figures.conftest import BOT, MIDNIGHT, OTHER, StillClock

SLOW, FAST = "80", "54"
"""Bins, told as 979.69 (rounded: 980) and 103.07 ms."""


async def test_latency_is_that_of_all_turns_of_the_window(clock: StillClock) -> None:
    archive = MemoryArchive(clock)
    now = int(MIDNIGHT) // 10
    counts = {now: {"turns": 1, SLOW: 1}, now - 1: {"turns": 98, FAST: 98}, now - 59: {"turns": 1, FAST: 1}}
    beyond = {now - 60: {"turns": 7, SLOW: 7}, now + 1: {"turns": 7, SLOW: 7}}
    await archive.write(
        [Add(name_bucket(BOT, 10, at), number, 900) for at, number in (counts | beyond).items()], once=""
    )
    await archive.write([Add(name_bucket(OTHER, 10, now), {"turns": 7, SLOW: 7}, 900)], once="")
    shown = await read_figures(archive, BOT, 600, [], MIDNIGHT + 9.99)
    assert shown["latency"] == {"p50Ms": 103.07, "p90Ms": 103.07, "p95Ms": 103.07, "p99Ms": 103.07, "maxMs": 980.59}
    assert shown["series"]["turns"] == [1, *[0] * 57, 98, 1]
    assert shown["series"]["p99Ms"] == [103.07, *[None] * 57, 103.07, 980.59]
    assert shown["totals"]["turns"] == 100


async def test_states_reach_back_to_their_beginning_and_uptime_to_that_of_the_window(clock: StillClock) -> None:
    stretches = [
        Stretch(BotState.OFFLINE, MIDNIGHT - 9000, MIDNIGHT - 5000),
        Stretch(BotState.ONLINE, MIDNIGHT - 5000, MIDNIGHT - 90),
        Stretch(BotState.SERVICE_INTERRUPTION, MIDNIGHT - 90, None),
    ]
    shown = await read_figures(MemoryArchive(clock), BOT, 600, stretches, MIDNIGHT)
    assert shown["states"] == [
        {"state": "Online", "since": "2026-09-23T22:36:40.000Z", "until": "2026-09-23T23:58:30.000Z"},
        {"state": "Service Interruption", "since": "2026-09-23T23:58:30.000Z", "until": None},
    ]
    assert shown["uptime"] == (590 - 90) / 590
    assert shown["begins"] == (int(MIDNIGHT) - 590) * 1000
