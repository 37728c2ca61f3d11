from typing import Any

import pytest

from load.soak_page import PAGE, NoPlace, render_page

PLACE = "before\n<!-- figures: soak -->\nold\n<!-- end -->\nafter\n"
RSS = {
    "name": "rss",
    "trend": {"start": 180.0, "per_hour": 22.48, "low": 8.06, "high": 36.92},
    "before": 155.6,
    "most": 182.7,
    "after": 182.5,
    "problems": ["resident memory: grows"],
}
TURNS: dict[str, Any] = {"name": "in_flight", "trend": None, "before": None, "most": 20.0, "after": 0.0, "problems": []}
REPORT: dict[str, Any] = {
    "events": 115108,
    "seconds": 600.1,
    "events_per_second": 191.8,
    "users": 255,
    "conversations": 22638,
    "repeats": 13269,
    "given_up": 7639,
    "faults": {"cut": 100, "status": 1038},
    "escalated": {"one": 300, "another": 48},
    "failed": {"one": 212},
    "lost": 0,
    "doubled": 0,
    "added_ms": {"p50": 2.8, "p95": 6.7, "p99": 24.9, "max": 2003.0},
    "gateway": {"share_of_core": 0.335, "cpu_us_per_event": 1750},
    "steady": [210.0, 600.0],
    "findings": [RSS, TURNS],
    "problems": ["too few events"],
}
MACHINE = {"date": "2026-11-25", "cpu": "Fast", "cores": 2, "python": "3.11.7", "kernel": "6.18.44"}
FIGURES = """\
| | |
|---|---|
| events | 115,108 in 600 s (191.8 a second), from 255 users in 22,638 conversations |
| sent once more | 13,269 answered events and 7,639 that a client had given up on |
| faults of the vendors | 1,138 |
| of them a consumer noticed | 348 transfers, 212 events without an answer |
| lost, doubled | 0, 0 |
| added p50, p95, p99 | 2.8, 6.7, 24.9 ms |
| CPU | 34% of a core, 1,750 µs an event |

| from second 210 to 600 | an hour | surely between | before | at most | after |
|---|---:|---:|---:|---:|---:|
| resident memory, MiB | +22.5 | +8.1 and +36.9 | 156 | 183 | 182 |
| turns under way | - | - | - | 20 | 0 |
"""


def test_the_figures_of_a_report_take_the_place_of_others() -> None:
    page = render_page(PLACE, REPORT)
    problems = "Not good enough: too few events; resident memory: grows."
    assert page == f"before\n<!-- figures: soak -->\n{FIGURES}\n{problems}\n<!-- end -->\nafter\n"
    assert render_page(page, REPORT) == page


def test_a_good_run_says_so_and_where_it_ran() -> None:
    good = {**REPORT, "machine": MACHINE, "problems": [], "findings": [{**RSS, "problems": []}, TURNS]}
    begin = "Measured on 2026-11-25: 2 cores (Fast), Linux 6.18.44, Python 3.11.7."
    end = "Nothing of it is more than it may be."
    assert (
        render_page(PLACE, good)
        == f"before\n<!-- figures: soak -->\n{begin}\n\n{FIGURES}\n{end}\n<!-- end -->\nafter\n"
    )


@pytest.mark.parametrize("page", ["", PLACE * 2])
def test_a_page_has_one_place_for_them(page: str) -> None:
    with pytest.raises(NoPlace):
        render_page(page, REPORT)


def test_the_page_of_the_docs_has_it() -> None:
    assert FIGURES in render_page(PAGE.read_text("utf-8"), REPORT)
