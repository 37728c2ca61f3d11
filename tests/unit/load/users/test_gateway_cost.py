from typing import Any

import pytest

from load.users.gateway_cost import Gateway, measure_gateway
from load.users.watch import Sample

NONE: dict[str, Any] = {"files": 1, "threads": 1, "clients": 0, "vendors": 0, "half_closed": 0}
FIRST = Sample(at=1, cpu=2, rss=100.04, **NONE)
LAST = Sample(at=11, cpu=3, rss=120.0, store_bytes=5000, **NONE)


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
        store_bytes_per_conversation=cost[2],
    )
