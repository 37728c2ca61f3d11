"""Tables of a summary: the same ones for the terminal and for docs/performance.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from load.bench import flood as floods
from load.bench import latency as latencies
from load.bench import scale
from load.bench.figures import Measured, spread
from load.bench.stages import STAGES
from load.bench.subjects import FLOOR, GATEWAY
from load.bench.summary import Summary
from load.bench.targets import TARGETS, USUAL_TARGET, judge


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; the first columns hold names, the others figures."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int = 1
    """How many columns hold names."""


def tabulate_costs(summary: Summary) -> Table:
    """Tabulate what each subject of each row costs."""
    verdicts = {(verdict.row, verdict.subject): verdict for verdict in judge(summary.measured)}
    rows: list[tuple[str, ...]] = []
    for one in summary.measured:
        verdict = verdicts.get((one.row, one.subject))
        ratio = "" if verdict is None else f"{verdict.ratio:.2f}"
        target = "" if verdict is None or verdict.target is None else f"{verdict.target:g}"
        to_usual = "" if verdict is None or verdict.to_usual is None else f"{verdict.to_usual:.2f}"
        cost = f"{one.cpu_us:.0f} ±{spread([sample.cpu_us for sample in one.samples]) / 2:.0%}"
        instructions = _count_instructions(one)
        met = "" if verdict is None or verdict.is_met is None else _say(ok=verdict.is_met)
        row = (one.row, one.subject, cost, instructions, ratio, target, met, to_usual)
        rows.append((*row, f"{one.per_second:.0f}", f"{one.mib:.0f}"))
    ratios = ("x floor", "at most", "met", f"x usual (at most {USUAL_TARGET:.2f})")
    headings: Sequence[str] = ("row", "subject", "CPU µs", "instructions", *ratios, "events/s", "MiB")
    if not any(row[3] for row in rows):
        headings, rows = _drop(headings, 3), [_drop(row, 3) for row in rows]
    return Table("Cost of an event", headings, rows, names=2)


def tabulate_counts(summary: Summary) -> Table:
    """Tabulate how many instructions an event takes."""
    floors = {one.row: one.instructions for one in summary.counted if one.subject == FLOOR}
    rows = []
    for one in summary.counted:
        ratio = one.instructions / floors[one.row] if one.row in floors else None
        target = TARGETS.get(one.subject)
        rows.append(
            (
                one.row,
                one.subject,
                f"{one.instructions / 1000:.0f}",
                "" if ratio is None else f"{ratio:.2f}",
                "" if target is None else f"{target:g}",
                "" if ratio is None or target is None else _say(ok=ratio <= target),
            )
        )
    headings = ("row", "subject", "thousands", "x floor", "at most", "met")
    return Table("Instructions of an event", headings, rows, names=2)


def tabulate_latencies(summary: Summary) -> Table:
    """Tabulate how much later an answer comes than the vendor's."""
    rows = [
        (
            one.row,
            f"{one.per_second:.0f}",
            f"{one.added_p50_ms:.2f}",
            f"{one.added_p99_ms:.2f}",
            _say(ok=one.added_p99_ms < latencies.MAX_P99_MS),
            f"{one.vendor_p50_ms:.2f}",
            f"{one.vendor_p99_ms:.2f}",
            f"{one.lag_p50_ms:.2f}",
            f"{one.lag_max_ms:.0f}",
        )
        for one in summary.latencies
    ]
    target = f"p99 < {latencies.MAX_P99_MS:g} ms"
    headings = (
        "row",
        "events/s",
        "added p50 ms",
        "added p99 ms",
        target,
        "vendor p50 ms",
        "vendor p99 ms",
        "lag p50 ms",
    )
    return Table("Added latency at half of capacity", (*headings, "lag max ms"), rows)


def tabulate_floods(summary: Summary) -> Table:
    """Tabulate what became of thousands of turns at once."""
    rows = [
        (
            one.row,
            f"{one.turns:,}",
            f"{one.delay:g}",
            f"{one.within:g}",
            f"{one.most:,}",
            f"{one.answered / one.turns:.1%}",
            f"{one.seconds:.1f}",
            f"{one.cpu_us:.0f}",
            f"{one.mib_before:.0f}",
            f"{one.mib_peak:.0f}",
            _say(ok=one.mib_peak < floods.MAX_MIB),
            f"{one.lag_p50_ms:.1f}",
            f"{one.lag_max_ms:.0f}",
            _say(ok=one.lag_max_ms < floods.MAX_LAG * 1000),
        )
        for one in summary.floods
    ]
    headings = (
        "row",
        "turns",
        "vendor s",
        "begun in s",
        "in flight",
        "answered",
        "in s",
        "CPU µs",
        "MiB before",
        "MiB peak",
    )
    limits = (f"< {floods.MAX_MIB} MiB", "lag p50 ms", "lag max ms", f"< {floods.MAX_LAG * 1000:.0f} ms")
    return Table("Turns at once", (*headings, *limits), rows)


def tabulate_levels(summary: Summary) -> Table:
    """Tabulate an event's cost by how many are under way."""
    cheapest = {
        name: min((one.median_us for one in summary.levels if one.subject == name), default=0.0)
        for name in (FLOOR, GATEWAY)
    }
    rows = [
        (
            f"{one.in_flight:,}",
            one.subject,
            f"{one.median_us:.0f} ±{spread(one.cpu_us) / 2:.0%}",
            f"{one.median_us / cheapest[one.subject]:.2f}",
            _say(ok=one.median_us <= scale.MAX_GROWTH * cheapest[one.subject]) if one.subject == GATEWAY else "",
            f"{one.failed}",
            f"{one.mib:.0f}",
        )
        for one in summary.levels
    ]
    headings = ("in flight", "subject", "CPU µs", "x cheapest", f"within {scale.MAX_GROWTH - 1:.0%}", "failed", "MiB")
    return Table("Cost of an event by turns in flight", headings, rows, names=2)


def tabulate_accounts(summary: Summary) -> Table:
    """Tabulate start-up, memory and an event's cost by accounts."""
    cheapest = min((one.cpu_us for one in summary.accounts), default=0.0)
    rows = [
        (
            f"{one.accounts:,}",
            f"{one.bots:,}",
            f"{one.start_seconds:.1f}",
            _say(ok=one.start_seconds < scale.MAX_START),
            f"{one.mib_started:.0f}",
            f"{one.first_us:.0f}",
            f"{one.cpu_us:.0f}",
            f"{one.cpu_us / cheapest:.2f}",
            _say(ok=one.cpu_us <= scale.MAX_GROWTH * cheapest),
            f"{one.mib:.0f}",
        )
        for one in summary.accounts
    ]
    headings = ("accounts", "bots", "start s", f"< {scale.MAX_START:g} s", "MiB then", "first event µs", "CPU µs")
    limits = ("x cheapest", f"within {scale.MAX_GROWTH - 1:.0%}", "MiB after")
    return Table("Accounts", (*headings, *limits), rows)


def tabulate_workers(summary: Summary) -> Table:
    """Set two workers beside one."""
    alone = next((one.capacity for one in summary.workers if one.workers == 1), 0.0)
    rows = [
        (
            f"{one.workers}",
            f"{one.cpu_us:.0f}",
            f"{one.busiest:.0%}",
            f"{one.capacity:.0f}",
            f"{one.capacity / alone:.2f}",
            _say(ok=one.capacity >= scale.MIN_SPEED_UP * alone) if one.workers > 1 else "",
            f"{one.per_second:.0f}",
        )
        for one in summary.workers
    ]
    headings = ("workers", "CPU µs", "busiest", "capacity events/s", "x one")
    return Table("Workers", (*headings, f"at least {scale.MIN_SPEED_UP:g}", "seen events/s"), rows)


def tabulate_stages(summary: Summary) -> Table:
    """Tabulate where the CPU time of an event goes."""
    rows = []
    if summary.profiles:
        rows = [(name, what, *(f"{one.stages[name]:.0f}" for one in summary.profiles)) for name, what in STAGES.items()]
        rows.append(("all", "", *(f"{one.cpu_us:.0f}" for one in summary.profiles)))
    return Table("CPU µs by stage", ("stage", "what it is", *(one.row for one in summary.profiles)), rows, names=2)


TABLES: Final[dict[str, Callable[[Summary], Table]]] = {
    "costs": tabulate_costs,
    "counts": tabulate_counts,
    "latencies": tabulate_latencies,
    "floods": tabulate_floods,
    "levels": tabulate_levels,
    "accounts": tabulate_accounts,
    "workers": tabulate_workers,
    "stages": tabulate_stages,
}
"""By the names that docs/performance.md has for them."""


def _say(*, ok: bool) -> str:
    return "yes" if ok else "no"


def _drop(row: Sequence[str], column: int) -> tuple[str, ...]:
    return (*row[:column], *row[column + 1 :])


def _count_instructions(one: Measured) -> str:
    counted = sorted(sample.instructions for sample in one.samples if sample.instructions is not None)
    return f"{counted[len(counted) // 2]:,.0f}" if counted else ""
