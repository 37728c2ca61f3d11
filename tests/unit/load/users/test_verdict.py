from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from load.users.figures import Figures
from load.users.profile import Limits
from load.users.verdict import Summary, judge, judge_ledger, subtract, sum_up
from tests.load_data import read_table

NOTHING = {"p50": None, "p95": None, "p99": None, "max": None}
GOOD = Summary(
    seconds=10,
    events=100,
    answered=100,
    escalated={},
    failed={},
    repeats=0,
    given_up=0,
    conversations=10,
    lost=0,
    doubled=0,
    response_ms={"p50": 5.0, "p95": 6.0, "p99": 7.0, "max": 8.0},
    by_target={},
    baseline_ms=NOTHING,
    added_ms={"p50": 1.0, "p95": 2.0, "p99": 3.0, "max": 4.0},
)


@pytest.mark.parametrize("case", read_table("limits.json"), ids=lambda case: case["name"])
def test_every_limit_that_is_passed_is_named(case: dict[str, Any]) -> None:
    assert judge(replace(GOOD, **case["summary"]), Limits.model_validate(case["limits"])) == case["problems"]


def test_a_run_is_summed_up() -> None:
    figures = Figures(events=4, answered=2, unanswered=1, repeats=1, given_up=1, conversations=2)
    figures.escalated, figures.failed = Counter({"a": 1}), Counter({"b": 1})
    for milliseconds in (10, 30):
        figures.time("events lex-v2", milliseconds)
    figures.baseline.add(8)
    times = {"p50": 10.0, "p95": 30.0, "p99": 30.0, "max": 30.0}
    assert sum_up(figures, 20.04).plain() == {
        "seconds": 20.0,
        "events": 4,
        "events_per_second": 0.2,
        "answered": 2,
        "escalated": {"a": 1},
        "failed": {"b": 1},
        "repeats": 1,
        "given_up": 1,
        "conversations": 2,
        "lost": 1,
        "doubled": None,
        "response_ms": times,
        "by_target": {"events lex-v2": times},
        "baseline_ms": {"p50": 8.0, "p95": 8.0, "p99": 8.0, "max": 8.0},
        "added_ms": {"p50": 2.0, "p95": 22.0, "p99": 22.0, "max": 22.0},
    }


@pytest.mark.parametrize(
    ("whole", "part", "expected"), [(5.0, 3.2, 1.8), (3.0, 5.0, 0.0), (None, 5.0, None), (5.0, None, None)]
)
def test_noise_is_no_speed_up(whole: float | None, part: float | None, expected: float | None) -> None:
    assert subtract(whole, part) == expected


@pytest.mark.parametrize(
    ("taken", "doubled", "allowed", "lost", "problems"),
    [
        ({"c-1": 0b1110, "c-2": 0b10}, [], {}, 0, []),
        ({"c-1": 0b0110}, [], {}, 2, ["2 events were answered and never came to a vendor; 0 may be lost"]),
        ({"c-1": 0b0110}, [], {"lost": 2}, 2, []),
        ({"c-1": 0b1110, "c-2": 0b10}, [["c-1", 1, 2]], {}, 0, ["2 events came to a vendor twice; 0 are allowed"]),
        ({"c-1": 0b1110, "c-2": 0b10}, [["c-1", 1, 2]], {"doubled": 2}, 0, []),
    ],
)
def test_what_was_answered_is_compared_with_what_the_vendors_were_given(
    taken: dict[str, int], doubled: list[Any], allowed: dict[str, int], lost: int, problems: list[str]
) -> None:
    ledger = {"taken": taken, "doubled": doubled, "faults": {"cut": 3}, "unknown": 0}
    summary = {"events": 4, "lost": 0, "doubled": None, "problems": ["slow"]}
    judged = judge_ledger(summary, {"c-1": 0b1110, "c-2": 0b10}, ledger, Limits.model_validate(allowed))
    assert judged == {
        "events": 4,
        "lost": lost,
        "doubled": sum(times for *_, times in doubled),
        "faults": {"cut": 3},
        "problems": ["slow", *problems],
    }
