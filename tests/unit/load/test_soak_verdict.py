from typing import Any

import pytest

from load.soak_verdict import WATCHED, Finding, judge_soak
from load.users.watch import Sample
from tests.load_data import chance

STEADY = (100.0, 500.0)
PLAIN: dict[str, Any] = {
    "cpu": 1.0,
    "rss": 100.0,
    "files": 50,
    "threads": 10,
    "clients": 20,
    "vendors": 15,
    "half_closed": 0,
    "tasks": 60.0,
    "in_flight": 3.0,
}
IDLE: dict[str, Any] = {**PLAIN, "clients": 0, "in_flight": 0.0}


def see(**growing: float) -> list[Sample]:
    """See something for ten minutes: `growing` says by how much a figure grows in a second, the rest stays."""
    grown = [
        Sample(at=float(at), **{**PLAIN, **{name: PLAIN[name] + each * at for name, each in growing.items()}})
        for at in range(1, 600)
    ]
    return [Sample(at=0, **IDLE), *grown]


def end(samples: list[Sample], **left: float) -> list[Sample]:
    return [*samples, Sample(at=640, **{**IDLE, **left})]


def list_problems(findings: list[Finding]) -> list[str]:
    return [problem for finding in findings for problem in finding.problems]


def test_what_stays_is_well() -> None:
    findings = judge_soak(end(see()), STEADY, 10)
    assert list_problems(findings) == []
    assert [finding.name for finding in findings] == list(WATCHED)
    rss = findings[0]
    assert rss.trend is not None
    assert (rss.before, rss.after, rss.trend.per_hour) == (100, 100, 0)


def test_memory_that_grows_is_told() -> None:
    assert list_problems(judge_soak(end(see(rss=0.01)), STEADY, 10)) == [
        "resident memory: grows by 36.0 MiB an hour (36.0 to 36.0); 8 are allowed"
    ]


def wander(seed: int, *, leak: float) -> list[Sample]:
    """See memory as a process has it: a collector's teeth, noise that remembers, and a leak (MiB an hour)."""
    random = chance(seed)
    level, tooth, period = 0.0, random.random() * 45, 45.0
    samples = [Sample(at=0, **IDLE)]
    for at in range(1, 901, 3):
        level = 0.9 * level + random.gauss(0, 0.1)
        tooth += 3
        if tooth > period:
            tooth, period = 0, random.uniform(20, 65)
        samples.append(Sample(at=at, **{**PLAIN, "rss": 180 + level + 1.4 * tooth / 45 + leak * at / 3600}))
    return [*samples, Sample(at=945, **IDLE)]


@pytest.mark.parametrize(("leak", "least", "most"), [(12, 38, 40), (0, 0, 1)])
def test_a_leak_of_a_mib_in_five_minutes_is_found_in_ten(leak: float, least: int, most: int) -> None:
    told = [bool(judge_soak(wander(seed, leak=leak), (300.0, 900.0), 10)[0].problems) for seed in range(40)]
    assert least <= sum(told) <= most


def test_little_growth_is_no_leak_and_shrinking_neither() -> None:
    assert list_problems(judge_soak(end(see(rss=0.002)), STEADY, 10)) == []
    assert list_problems(judge_soak(end(see(rss=-0.01)), STEADY, 10)) == []


def test_the_slope_of_a_count_is_told_and_not_judged() -> None:
    findings = judge_soak(end(see(files=0.01)), STEADY, 10)
    assert list_problems(findings) == []
    files = findings[1]
    assert files.trend is not None
    assert (files.trend.per_hour, files.most) == pytest.approx((36, 55.99))


@pytest.mark.parametrize(
    ("name", "per_second", "problem"),
    [
        ("files", 0.2, "open file descriptors: 169.8 at most; 10 users explain 140"),
        ("threads", 0.2, "threads: 129.8 at most; 10 users explain 128"),
        ("vendors", 0.1, "connections to vendors: 74.9 at most; 10 users explain 40"),
        ("tasks", 0.2, "asyncio tasks: 179.8 at most; 10 users explain 140"),
        ("half_closed", 0.05, "half-closed connections: 29.95 at most; 10 users explain 20"),
    ],
)
def test_more_than_the_users_explain_is_told(name: str, per_second: float, problem: str) -> None:
    assert list_problems(judge_soak(end(see(**{name: per_second})), STEADY, 10)) == [problem]


def test_what_happens_outside_the_even_load_is_no_trend() -> None:
    samples = end([sample for sample in see(rss=1) if not 100 <= sample.at <= 500])
    samples[1:1] = [sample for sample in see() if 100 <= sample.at <= 500]
    assert list_problems(judge_soak(samples, STEADY, 10)) == []


@pytest.mark.parametrize(
    ("name", "left", "problem"),
    [
        ("tasks", 69.0, "asyncio tasks: 69 at the end, 60 at the beginning; 8 more are allowed"),
        ("half_closed", 3, "half-closed connections: 3 at the end, 0 at the beginning; 2 more are allowed"),
        ("in_flight", 1.0, "turns under way: 1 at the end, 0 at the beginning; 0 more are allowed"),
    ],
)
def test_what_is_left_once_the_load_has_ended_is_told(name: str, left: float, problem: str) -> None:
    assert list_problems(judge_soak(end(see(), **{name: left}), STEADY, 10)) == [problem]


def test_a_figure_that_the_gateway_does_not_show_yet_was_nothing_before() -> None:
    samples = see()
    samples[0] = Sample(at=0, **{**IDLE, "in_flight": None})
    assert list_problems(judge_soak(end(samples), STEADY, 10)) == []


def test_memory_that_is_not_given_back_is_no_leak() -> None:
    assert list_problems(judge_soak(end(see(), rss=400.0), STEADY, 10)) == []


def test_a_run_that_is_too_short_shows_nothing() -> None:
    findings = judge_soak(end([sample for sample in see() if sample.at < 160]), STEADY, 10)
    assert list_problems(findings)[0] == (
        "resident memory: 5 blocks of 15 seconds say nothing about a slope; it takes 6"
    )
    assert findings[0].plain() == {
        "name": "rss",
        "trend": None,
        "before": 100.0,
        "most": 100.0,
        "after": 100.0,
        "problems": findings[0].problems,
    }
