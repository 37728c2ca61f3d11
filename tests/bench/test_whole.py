"""Every part of a run takes its figures, with few events: real gateways, real SDKs, recorded vendors."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from load.bench.compare import Plan, compare
from load.bench.connection import WrongAnswer
from load.bench.flood import flood
from load.bench.ground import Ground, open_ground
from load.bench.page import print_tables
from load.bench.recording import find_ending
from load.bench.rows import Row, find_rows
from load.bench.scale import measure_accounts, measure_in_flight, measure_workers
from load.bench.stages import STAGES, SpyFailed, profile
from load.bench.subjects import FLOOR, GATEWAY, USUAL, open_stage
from load.bench.summary import read_summary, write_summary
from load.bench.targets import judge
from load.bench.whole import compare_all, start_summary

LEX, FUNCTION, GRPC = (find_rows(name) for name in ("lex-v2", "function", "dialogflow-es-grpc"))


@asynccontextmanager
async def ground(rows: Sequence[Row]) -> AsyncIterator[Ground]:
    async with open_ground(rows, Console(file=StringIO())) as made:
        yield made


async def test_floor_gateway_and_usual_way_answer_the_same_messages() -> None:
    plan = Plan(rounds=2, events=100, in_flight=8, subjects=(FLOOR, GATEWAY, USUAL), latency_seconds=0.2)
    summary = start_summary(plan)

    async with ground(LEX) as on:
        await compare_all(on, LEX, plan, summary)

    assert [(one.row, one.subject, len(one.samples)) for one in summary.measured] == [
        ("lex-v2", FLOOR, 2),
        ("lex-v2", GATEWAY, 2),
        ("lex-v2", USUAL, 2),
    ]
    assert all(one.cpu_us > 20 and one.per_second > 0 and one.mib > 10 for one in summary.measured)
    assert judge(summary.measured)[1].ratio > 1
    (latency,) = summary.latencies
    assert (latency.row, latency.subject) == ("lex-v2", GATEWAY)
    assert latency.added_p50_ms > 0
    assert latency.lag_max_ms >= latency.lag_p50_ms > 0


async def test_a_subject_that_answers_something_else_is_not_measured() -> None:
    async with ground(FUNCTION) as on:
        recording = on.recordings.rows["function"]
        other = replace(recording, answer=recording.answer.replace(b"Hello!", b"Hallo!"))
        recordings = replace(on.recordings, rows={"function": other})
        async with open_stage(on.directory, FUNCTION[0], recordings) as stage:
            with pytest.raises(WrongAnswer, match="Hello!"):
                await compare(stage, Plan(rounds=1, events=100, in_flight=8, subjects=(GATEWAY,)), on.tell)


async def test_the_vendor_that_speaks_grpc_is_played_too() -> None:
    async with ground(GRPC) as on, open_stage(on.directory, GRPC[0], on.recordings) as stage:
        comparison = await compare(stage, Plan(rounds=1, events=100, in_flight=8, subjects=(GATEWAY, USUAL)), on.tell)

    assert [one.subject for one in comparison.measured] == [GATEWAY, USUAL]
    assert comparison.latency is None


async def test_scale_and_floods_take_figures() -> None:
    summary = start_summary()

    async with ground(FUNCTION) as on, open_stage(on.directory, FUNCTION[0], on.recordings, redis=on.redis) as stage:
        summary.floods.append(await flood(stage, turns=40, delay=0.05, within=0))
        summary.levels += await measure_in_flight(stage, on.tell, levels=(2, 20), rounds=1, events=100)
        summary.accounts += await measure_accounts(stage, on.tell, numbers=(1, 3), events=100)
        if on.redis is not None:
            summary.workers += await measure_workers(stage, on.tell, events=100, in_flight=16)

    write_summary(summary, on.directory.with_suffix(".json"))
    kept = read_summary(on.directory.with_suffix(".json"))
    on.directory.with_suffix(".json").unlink()
    (flooded,) = kept.floods
    assert (flooded.most, flooded.answered, flooded.failure) == (40, 40, "")
    assert flooded.seconds > 0.05
    assert [(one.subject, one.in_flight, one.failed) for one in kept.levels] == [
        (FLOOR, 2, 0),
        (GATEWAY, 2, 0),
        (FLOOR, 20, 0),
        (GATEWAY, 20, 0),
    ]
    assert [(one.accounts, one.bots) for one in kept.accounts] == [(1, 5), (3, 15)]
    assert [one.workers for one in kept.workers] == ([] if on.redis is None else [1, 2])
    printed = StringIO()
    print_tables(kept, Console(file=printed, width=200))
    titles = ("Turns at once", "Cost of an event by turns in flight", "Accounts")
    assert [title for title in titles if title not in printed.getvalue()] == []


async def test_the_time_of_a_turn_is_split_into_stages() -> None:
    async with ground(FUNCTION) as on, open_stage(on.directory, FUNCTION[0], on.recordings) as stage:
        try:
            seen = await profile(stage, seconds=1, in_flight=8)
        except SpyFailed as problem:
            pytest.skip(f"the profiler may not look at other processes here: {problem}")

    assert set(seen.stages) == set(STAGES)
    assert seen.looks > 0
    assert sum(seen.stages.values()) == pytest.approx(seen.cpu_us)


@pytest.mark.parametrize(
    ("path", "ending"),
    [
        ("/bots/B/botAliases/A/botLocales/en_US/sessions/c%3A1/text", "/text"),
        ("/v2/projects/p/agent/sessions/5:detectIntent", ":detectIntent"),
        ("/v2/assistants/a/sessions", "/sessions"),
        ("/token", "/token"),
    ],
)
def test_what_a_path_ends_with_names_the_request(path: str, ending: str) -> None:
    assert find_ending(path) == ending
