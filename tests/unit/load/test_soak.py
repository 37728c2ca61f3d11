import io

import pytest
from rich.console import Console

from load.soak import find_users, print_findings
from load.soak_trend import Trend
from load.soak_verdict import Finding


@pytest.mark.parametrize(
    ("cost", "share", "pause", "users"),
    [
        (1000, 0.5, 1.2, 600),
        (500, 0.5, 1.2, 1200),
        (1000, 0.05, 0.1, 5),
        (1e6, 0.01, 1, 1),
    ],
)
def test_users_make_the_wanted_share_of_a_core(cost: float, share: float, pause: float, users: int) -> None:
    assert find_users(cost, share, pause) == users


def test_findings_are_printed_with_what_is_wrong() -> None:
    console = Console(width=120, record=True, file=io.StringIO())
    grown = Trend(start=100, per_hour=36, low=30, high=42)
    print_findings(
        [
            Finding(name="rss", trend=grown, before=100, most=140, after=130.4, problems=["resident memory: grows"]),
            Finding(name="tasks", trend=None, before=None, most=9, after=5),
        ],
        console,
    )
    lines = [" ".join(line.replace("│", " ").split()) for line in console.export_text().splitlines()]
    assert "resident memory MiB +36.0 +30.0 and +42.0 100 140 130" in lines
    assert "asyncio tasks - - - 9 5" in lines
    assert "not good enough: resident memory: grows" in lines
