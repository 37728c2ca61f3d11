"""Write a soak's figures into docs/load.md, between the marks that stand there for them: `python -m load.soak_page`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from gateway.contract.wire import loads
from load.bench.processes import ROOT
from load.soak_verdict import WATCHED
from load.users.run import RESULTS

PAGE: Final = ROOT / "docs" / "load.md"
_BLOCK: Final = re.compile(r"(<!-- figures: soak -->\n).*?(<!-- end -->)", re.DOTALL)

Report = Mapping[str, Any]
"""What `make soak` writes as soak.json."""


class NoPlace(ValueError):
    """A page without the marks."""


def render_page(page: str, report: Report) -> str:
    """Put the figures of a report in the place of those that a page has. Raise NoPlace."""
    text = "\n".join(list_lines(report))
    page, count = _BLOCK.subn(lambda found: f"{found.group(1)}{text}\n{found.group(2)}", page)
    if count != 1:
        raise NoPlace("the page has not one place for a soak's figures")
    return page


def list_lines(report: Report) -> Iterator[str]:
    """Write a report as two tables and its verdict, in Markdown."""
    if (machine := report.get("machine")) is not None:
        where = f"{machine['cores']} cores ({machine['cpu']}), Linux {machine['kernel']}, Python {machine['python']}"
        yield from (f"Measured on {machine['date']}: {where}.", "")
    yield from ("| | |", "|---|---|")
    for name, value in _list_rows(report):
        yield f"| {name} | {value} |"
    begin, end = report["steady"]
    yield from ("", f"| from second {begin:.0f} to {end:.0f} | an hour | surely between | before | at most | after |")
    yield "|---|---:|---:|---:|---:|---:|"
    for finding in report["findings"]:
        yield _write_finding(finding)
    problems = [*report["problems"], *(problem for finding in report["findings"] for problem in finding["problems"])]
    yield from ("", f"Not good enough: {'; '.join(problems)}." if problems else "Nothing of it is more than it may be.")


def _list_rows(report: Report) -> Iterator[tuple[str, str]]:
    gateway, added = report["gateway"], report["added_ms"]
    events = f"{report['events']:,} in {report['seconds']:.0f} s ({report['events_per_second']:g} a second)"
    yield "events", f"{events}, from {report['users']} users in {report['conversations']:,} conversations"
    repeats = f"{report['repeats']:,} answered events and {report['given_up']:,} that a client had given up on"
    yield "sent once more", repeats
    yield "faults of the vendors", f"{_count(report['faults']):,}"
    yield (
        "of them a consumer noticed",
        f"{_count(report['escalated'])} transfers, {_count(report['failed'])} events without an answer",
    )
    yield "lost, doubled", f"{report['lost']}, {report['doubled']}"
    yield "added p50, p95, p99", f"{added['p50']:g}, {added['p95']:g}, {added['p99']:g} ms"
    yield "CPU", f"{gateway['share_of_core']:.0%} of a core, {gateway['cpu_us_per_event']:,} µs an event"


def _write_finding(finding: Mapping[str, Any]) -> str:
    watched, trend = WATCHED[finding["name"]], finding["trend"]
    ends = ["-" if finding[name] is None else f"{finding[name]:.0f}" for name in ("before", "most", "after")]
    growth = (
        ["-", "-"] if trend is None else [f"{trend['per_hour']:+.1f}", f"{trend['low']:+.1f} and {trend['high']:+.1f}"]
    )
    title = f"{watched.title}, {watched.unit}" if watched.unit else watched.title
    return f"| {' | '.join((title, *growth, *ends))} |"


def _count(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


def main(report: Annotated[Path, typer.Argument(help="Of a soak.")] = RESULTS / "soak" / "soak.json") -> None:
    """Write a soak's figures into docs/load.md."""
    PAGE.write_text(render_page(PAGE.read_text("utf-8"), loads(report.read_bytes())), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
