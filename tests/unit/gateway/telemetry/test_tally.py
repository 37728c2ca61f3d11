"""A tally says to Prometheus what telling it of every turn would have said."""

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import generate_latest

from gateway.telemetry.metrics import Metrics
from gateway.telemetry.tally import BUCKETS, OUTCOMES

SECONDS = st.one_of(st.sampled_from(BUCKETS), st.floats(0, 100, allow_nan=False))
TURN = st.tuples(
    st.sampled_from(OUTCOMES),
    st.dictionaries(st.sampled_from(["queue", "vendor", "total"]), SECONDS, min_size=1),
    st.integers(0, 4),
    st.booleans(),
)


def read(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, {"account": "1", "bot": "b", "vendor": "lex-v2", **labels})


@settings(deadline=None)
@given(st.lists(TURN))
def test_however_often_somebody_looks_the_series_are_the_turns(
    turns: list[tuple[str, dict[str, float], int, bool]],
) -> None:
    metrics, plain = Metrics(), CollectorRegistry()
    observed = Histogram("botbridge_step_seconds", "x", ["step"], buckets=BUCKETS, registry=plain)
    bot = metrics.for_bot("1", "b", "lex-v2")
    bot.begin()
    for outcome, steps, attempts, looks in turns:
        bot.begin()
        bot.end(outcome, steps, attempts=attempts)
        for step, seconds in steps.items():
            observed.labels(step).observe(seconds)
        if looks:
            metrics._carry_over()
    metrics._carry_over()
    for outcome in OUTCOMES:
        count = sum(turn[0] == outcome for turn in turns)
        assert read(metrics.registry, "botbridge_turns_total", outcome=outcome) == count
    assert read(metrics.registry, "botbridge_vendor_retries_total") == sum(max(0, turn[2] - 1) for turn in turns)
    assert read(metrics.registry, "botbridge_turns_in_flight") == 1
    for step in ("queue", "vendor", "total"):
        for bucket in (*map(str, map(float, BUCKETS)), "+Inf"):
            name = "botbridge_step_seconds_bucket"
            expected = plain.get_sample_value(name, {"step": step, "le": bucket})
            assert read(metrics.registry, name, step=step, le=bucket) == expected
    ours, theirs = (
        sum(
            float(line.rpartition(b" ")[2])
            for line in generate_latest(registry).splitlines()
            if b"_seconds_sum" in line
        )
        for registry in (metrics.registry, plain)
    )
    assert abs(ours - theirs) <= 1e-9 * max(1, theirs)


def test_a_bot_that_has_come_to_rest_is_not_looked_at_again() -> None:
    metrics = Metrics()
    bot = metrics.for_bot("1", "b", "lex-v2")
    bot.begin()
    metrics._carry_over()
    assert metrics._series.touched == {bot}
    bot.end("answered", {"total": 0.1}, attempts=1)
    metrics._carry_over()
    assert metrics._series.touched == set()
    assert read(metrics.registry, "botbridge_turns_in_flight") == 0
