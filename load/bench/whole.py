"""The parts of a whole run, each over the rows that it is about."""

from collections.abc import Sequence
from time import perf_counter
from typing import Final

from load.bench.compare import Plan, compare
from load.bench.counting import count, has_callgrind
from load.bench.figures import describe_machine
from load.bench.flood import DELAY, TURNS, WITHIN, flood
from load.bench.ground import Ground
from load.bench.rows import Row, find_rows
from load.bench.scale import measure_accounts, measure_in_flight, measure_workers
from load.bench.stages import SpyFailed, profile
from load.bench.subjects import open_stage
from load.bench.summary import Summary

SCALED: Final = "lex-v2"
"""The row that is measured at scale: the one whose requests are signed."""


def start_summary(plan: Plan | None = None) -> Summary:
    """Make a summary without figures."""
    summary = Summary(describe_machine())
    if plan is not None:
        summary.rounds, summary.events, summary.in_flight = plan.rounds, plan.events, plan.in_flight
    return summary


async def compare_all(ground: Ground, rows: Sequence[Row], plan: Plan, summary: Summary) -> None:
    """Compare the subjects of every row."""
    for row in rows:
        async with open_stage(ground.directory, row, ground.recordings, redis=ground.redis) as stage:
            comparison = await compare(stage, plan, ground.tell)
        summary.measured += comparison.measured
        if comparison.latency is not None:
            summary.latencies.append(comparison.latency)


async def flood_all(
    ground: Ground,
    rows: Sequence[Row],
    summary: Summary,
    *,
    turns: int = TURNS,
    delay: float = DELAY,
    within: float = WITHIN,
) -> None:
    """Flood a gateway of every row."""
    for row in rows:
        ground.tell(f"{row.name}: {turns} turns in flight")
        async with open_stage(ground.directory, row, ground.recordings, grpc_delay=delay) as stage:
            summary.floods.append(await flood(stage, turns, delay, within))


async def scale_all(ground: Ground, row: Row, summary: Summary) -> None:
    """Measure one row with many events under way, many accounts, two workers."""
    async with open_stage(ground.directory, row, ground.recordings, redis=ground.redis) as stage:
        summary.levels += await measure_in_flight(stage, ground.tell)
        summary.accounts += await measure_accounts(stage, ground.tell)
        if stage.redis is not None:
            summary.workers += await measure_workers(stage, ground.tell)


async def profile_all(ground: Ground, rows: Sequence[Row], summary: Summary) -> None:
    """See where the CPU time of every row goes, and that of the first one's floor."""
    for row in rows:
        ground.tell(f"{row.name}: looking at the stages")
        async with open_stage(ground.directory, row, ground.recordings) as stage:
            if not summary.profiles:
                summary.profiles.append(await profile(stage, of_floor=True))
            summary.profiles.append(await profile(stage))


async def count_all(ground: Ground, rows: Sequence[Row], summary: Summary) -> None:
    """Count the instructions of an event of every row."""
    for row in rows:
        ground.tell(f"{row.name}: counting instructions")
        async with open_stage(ground.directory, row, ground.recordings) as stage:
            summary.counted += await count(stage)


async def measure_everything(ground: Ground, rows: Sequence[Row], plan: Plan) -> Summary:
    """Take all figures."""
    began = perf_counter()
    summary = start_summary(plan)
    over_rest = [row for row in rows if not row.is_grpc]
    await compare_all(ground, rows, plan, summary)
    await flood_all(ground, over_rest, summary)
    await flood_all(ground, find_rows(SCALED), summary, within=0)
    await scale_all(ground, find_rows(SCALED)[0], summary)
    try:
        await profile_all(ground, over_rest, summary)
    except SpyFailed as problem:
        ground.tell(f"no stages: {problem}")
    if has_callgrind():
        await count_all(ground, over_rest, summary)
    else:
        ground.tell("no instructions: valgrind is not installed (apt-get install valgrind)")
    summary.seconds = perf_counter() - began
    return summary
