"""What was measured, beside what it may be."""

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from load.coldstart.starting import Sample

MANY_TARGET: Final = 3.0
"""Seconds in which a gateway of 10,000 bots listens."""
MANY_LIMIT: Final = 15.0
"""Times the floor's CPU time."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is started."""

    name: str
    start: Callable[[], Sample]
    target: float | None = None
    """Seconds, by the clock on the wall."""
    limit: float | None = None
    """Times the floor's CPU time, at most."""
    samples: list[Sample] = field(default_factory=list)


def tell(subjects: list[Subject], many: dict[str, float] | None) -> tuple[dict[str, Any], list[str]]:
    """Print the figures; give them for the file, and what is over its limit."""
    floor = statistics.median(sample.cpu for sample in subjects[0].samples)
    table = Table("", "ms", "from", "to", "target", "CPU ms", "floors", "at most", "MiB")
    table.columns[0].no_wrap = True
    rows, complaints = [], []
    for subject in subjects:
        walls = sorted(sample.wall for sample in subject.samples)
        wall, cpu = statistics.median(walls), statistics.median(sample.cpu for sample in subject.samples)
        rss, ratio = statistics.median(sample.rss for sample in subject.samples), cpu / floor
        shown = (wall, walls[0], walls[-1], subject.target, cpu)
        table.add_row(
            subject.name,
            *("" if seconds is None else f"{seconds * 1000:.0f}" for seconds in shown),
            f"{ratio:.2f}",
            "" if subject.limit is None else f"{subject.limit:g}",
            f"{rss:.0f}" if rss else "",
        )
        rows.append(
            {"name": subject.name, "wall_s": wall, "cpu_s": cpu, "ratio": ratio, "rss_mib": rss}
            | {"target_s": subject.target, "limit": subject.limit, "samples": [asdict(one) for one in subject.samples]}
        )
        if subject.limit is not None and ratio > subject.limit:
            complaints.append(f"{subject.name}: {ratio:.2f} times the floor, more than {subject.limit:g}")
    console = Console()
    Console(width=max(console.width, 100)).print(table)  # in a pipe it would be 80, and cut the figures
    if many is not None:
        complaints += _tell_many(many, floor)
    return {"rounds": len(subjects[0].samples), "subjects": rows, "many": many}, complaints


def _tell_many(many: dict[str, float], floor: float) -> list[str]:
    ratio = many["ratio"] = many["listening_cpu_s"] / floor
    Console().print(
        f"{many['bots']:.0f} bots: listening after {many['listening_s']:.2f} s (target {MANY_TARGET:g}) and "
        f"{many['listening_cpu_s']:.2f} s of CPU, {ratio:.1f} times the floor (at most {MANY_LIMIT:g}), in "
        f"{many['rss_mib']:.0f} MiB; a bot of every vendor had answered after {many['answered_s']:.2f} s; "
        f"a reload with one changed file took {many['reload_cpu_s']:.2f} s of CPU"
    )
    if ratio > MANY_LIMIT:
        return [f"{many['bots']:.0f} bots: {ratio:.1f} times the floor, more than {MANY_LIMIT:g}"]
    return []
