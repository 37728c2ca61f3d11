from typing import Any

import pytest

from load.users.gateway_cost import Gateway, measure_gateway
from load.users.watch import Sample

NONE: dict[str, Any] = {"files": 1, "threads": 1, "clients": 0, "vendors": 0, "half_closed": 0}
FIRST = Sample(at=1, cpu=2, rss=100.04, **NONE)
LAST = Sample(at=11, cpu=3, rss=120.0, store_bytes=5000, turns=900, **NONE)


@pytest.mark.parametrize(
    ("events", "conversations", "cost"),
    [
        (2000, 100, (500, 2000, 50)),
        (0, 0, (None, None, None)),
    ],
)
def test_what_a_run_cost_is_told_by_event_and_conversation(
    events: int, conversations: int, cost: tuple[float | None, float | None, float | None]
) -> None:
    gateway = measure_gateway([FIRST, FIRST, LAST], {"events": events, "conversations": conversations})
    assert gateway == Gateway(
        cpu_us_per_event=cost[0],
        events_per_core_second=cost[1],
        share_of_core=0.1,
        rss_before=100.0,
        rss_after=120.0,
        mib_per_1000_conversations=None,
        store_bytes_per_conversation=cost[2],
    )


@pytest.mark.parametrize(
    ("seen", "conversations", "growth"),
    [
        # 600 of 900 turns, so 200 of 300 conversations, took 10 MiB; the first turns do not count.
        ([(0, 100), (None, 111), (300, 120), (600, 125), (900, 130)], 300, 50.0),
        ([(0, 100), (900, 130)], 300, None),
        ([(None, 100), (None, 130)], 300, None),
        ([(0, 100), (300, 120), (900, 130)], 0, None),
        ([(0, 100), (0, 120)], 300, None),
    ],
)
def test_memory_is_measured_by_conversation_once_the_process_is_warm(
    seen: list[tuple[float | None, float]], conversations: int, growth: float | None
) -> None:
    samples = [Sample(at=at, cpu=at, rss=rss, turns=turns, **NONE) for at, (turns, rss) in enumerate(seen)]
    gateway = measure_gateway(samples, {"events": 900, "conversations": conversations})
    assert gateway.mib_per_1000_conversations == growth
