import io

import pytest
from rich.console import Console

from load.soak import find_users, print_findings
from load.soak_trend import Trend
from load.soak_verdict import Finding
from load.users.run import LoadFailed
from load.users.watch import Sample


def see(used: float, *, seconds: int = 45) -> list[Sample]:
    """See a gateway that uses a whole core for 25 seconds and then this share of one."""
    return [
        Sample(
            at=float(at),
            cpu=min(at, 25) + max(at - 25, 0) * used,
            rss=1,
            files=1,
            threads=1,
            clients=1,
            vendors=1,
            half_closed=0,
        )
        for at in range(seconds + 1)
    ]


@pytest.mark.parametrize(
    ("used", "share", "users"),
    [
        (0.25, 0.5, 300),
        (0.5, 0.5, 150),
        (0.25, 0.05, 30),
        (1, 0.001, 1),
    ],
)
def test_users_make_the_wanted_share_of_a_core_by_what_they_cost_at_last(used: float, share: float, users: int) -> None:
    assert find_users(see(used), 150, share) == users


def test_users_that_cost_nothing_tell_nothing() -> None:
    with pytest.raises(LoadFailed, match="did nothing"):
        find_users(see(0), 150, 0.5)


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
