"""Print a run's figures for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from gateway.contract.catalogue import PREFIX
from load.users.run import Outcome


def print_outcome(outcome: Outcome, console: Console) -> None:
    """Print the tables, and what is not good enough."""
    summary = outcome.summary
    times = Table("ms", "p50", "p95", "p99", "max", title=f"{summary['profile']}: times")
    for name, row in (
        ("until the answer", summary["response_ms"]),
        ("of them the vendor's", summary["baseline_ms"]),
        ("added", summary["added_ms"]),
        *((f"  {name}", row) for name, row in summary["by_target"].items()),
    ):
        times.add_row(name, *(_write(row[column]) for column in ("p50", "p95", "p99", "max")))
    console.print(times)
    figures = Table("figure", "", title="counts and costs", show_header=False)
    for name, value in list_figures(summary):
        figures.add_row(name, value)
    console.print(figures)
    for problem in outcome.problems:
        console.print(f"not good enough: {problem}", style="bold red", markup=False)


def list_figures(summary: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the rows of the second table."""
    gateway = summary["gateway"]
    yield "events", f"{summary['events']} in {summary['seconds']:.0f} s, {summary['events_per_second']} a second"
    yield "conversations", str(summary["conversations"])
    yield "answered by the bot", str(summary["answered"])
    yield "handed over because of an error", _count(summary["escalated"])
    yield "failed", _count(summary["failed"])
    yield "lost, doubled", f"{summary['lost']}, {summary['doubled']}"
    yield "answered once more, given up on", f"{summary['repeats']}, {summary['given_up']}"
    yield "faults played by the vendors", _count(summary["faults"])
    yield "gateway: CPU per event", f"{_write(gateway['cpu_us_per_event'])} µs"
    yield "gateway: events a second per core", _write(gateway["events_per_core_second"])
    yield "gateway: share of a core", f"{gateway['share_of_core']:.0%}"
    yield "gateway: memory before and after", f"{gateway['rss_before']:.0f} and {gateway['rss_after']:.0f} MiB"
    yield "gateway: memory per 1,000 conversations", f"{_write(gateway['mib_per_1000_conversations'])} MiB"
    yield "gateway: store per conversation", f"{_write(gateway['store_bytes_per_conversation'])} bytes"


def _count(counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    return "\n".join([str(total), *(f"  {number} {name.removeprefix(PREFIX)}" for name, number in counts.items())])


def _write(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
