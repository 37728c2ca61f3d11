"""Let a gateway run at an even rate, with faults, and see whether anything grows: `make soak` (docs/load.md "Soak")."""

import asyncio
import shlex
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from gateway.contract.wire import dumps
from load.bench.figures import describe_machine
from load.bench.processes import NotStarted
from load.soak_verdict import WATCHED, Finding, judge_soak
from load.users.profile import load_profile
from load.users.report import print_outcome
from load.users.run import RESULTS, LoadFailed, Order, Outcome, run_load, run_to_end
from load.users.watch import GatewayGone, Sample

CALIBRATION: Final = 45.0
"""Seconds of load that tell what a user costs, and so how many of them make the share of a core that is wanted."""
MEASURED: Final = 20.0
"""Of these the last ones count: before, users are still coming, and the process is cold."""
WARM_UP: Final = 300.0
"""Seconds before those that are judged: all that happens now and then happens a first time, pools and caches fill."""
SETTLE: Final = 45
"""Seconds without load at the end: idle connections are closed, sessions' times run out."""


def find_users(samples: Sequence[Sample], users: int, share: float) -> int:
    """Say how many users make the gateway use `share` of a core, from what so many users made it use at last.

    Under more load an event costs a little less, so that the share comes out a little smaller. Raise LoadFailed when it
    used nothing.
    """
    last = samples[-1]
    first = min(samples, key=lambda sample: abs(last.at - MEASURED - sample.at))
    used = last.cpu - first.cpu
    if used <= 0:
        raise LoadFailed("the gateway did nothing while it was to be measured what a user costs")
    return max(1, round(share * users * (last.at - first.at) / used))


async def calibrate(console: Console, results: Path, share: float) -> int:
    """Measure how many users make the share of a core. Raise LoadFailed, GatewayGone, NotStarted."""
    profile = await asyncio.to_thread(load_profile, "soak", {})
    order = Order(profile="soak", results=results, seconds=CALIBRATION, seed=2)
    outcome = await run_load(order, lambda line: console.print(line, highlight=False))
    # Locust takes a moment to end once its users have gone.
    under_load = [sample for sample in outcome.samples if sample.at <= CALIBRATION]
    return find_users(under_load, profile.users, share)


async def soak(order: Order, *, share: float, warm_up: float, console: Console) -> tuple[Outcome, list[Finding]]:
    """Calibrate where the number of users is not given, run, judge, write the report and the plot."""
    profile = await asyncio.to_thread(load_profile, order.profile, {})
    users = order.users
    if users is None:
        users = await calibrate(console, order.results / "calibration", share)
        console.print(f"{users} users make {share:.0%} of a core", highlight=False)
    # Locust takes a moment to start, so that the load surely goes on until the end of what is judged.
    steady = (warm_up, warm_up + (order.seconds or profile.seconds))
    order = replace(order, users=users, seconds=steady[1])
    outcome = await run_load(order, lambda line: console.print(line, highlight=False))
    findings = judge_soak(outcome.samples, steady, users)
    report = {**outcome.summary, "users": users, "steady": steady, "machine": asdict(describe_machine())}
    await asyncio.to_thread(_write, order.results, report, outcome.samples, findings)
    return outcome, findings


def _write(results: Path, report: dict[str, Any], samples: list[Sample], findings: list[Finding]) -> None:
    from load.soak_plot import draw_soak  # noqa: PLC0415 - matplotlib takes a second, and is wanted here alone

    seen = {"findings": [finding.plain() for finding in findings], "samples": [asdict(sample) for sample in samples]}
    (results / "soak.json").write_bytes(dumps({**report, **seen}))
    draw_soak(samples, findings, report["steady"], to=results / "soak.png")


def print_findings(findings: list[Finding], console: Console) -> None:
    """Print what grew, and what was left."""
    table = Table("figure", "an hour", "surely between", "before", "at most", "after", title="what must not grow")
    for finding in findings:
        watched, trend = WATCHED[finding.name], finding.trend
        growth, range_ = (
            ("-", "-") if trend is None else (f"{trend.per_hour:+.1f}", f"{trend.low:+.1f} and {trend.high:+.1f}")
        )
        ends = ("-" if value is None else f"{value:.0f}" for value in (finding.before, finding.most, finding.after))
        table.add_row(f"{watched.title} {watched.unit}".strip(), growth, range_, *ends)
    console.print(table)
    for finding in findings:
        for problem in finding.problems:
            console.print(f"not good enough: {problem}", style="bold red", markup=False)


def main(
    *,
    seconds: Annotated[float | None, typer.Option(min=90, help="Length of what is judged; 600 without it.")] = None,
    warm_up: Annotated[float, typer.Option(min=0, help="Seconds before, which are not judged.")] = WARM_UP,
    share: Annotated[float, typer.Option(min=0.01, max=1, help="Of what one core carries.")] = 0.5,
    users: Annotated[int | None, typer.Option(min=1, help="In place of those that make the share.")] = None,
    serve: Annotated[str, typer.Option(help="Further options of botbridge serve.")] = "",
    results: Annotated[Path, typer.Option(help="Folder for the reports.")] = RESULTS / "soak",
) -> None:
    """Soak a gateway; exit 1 when something grows, is left over, or a limit of the profile is passed."""
    console = Console()
    order = Order(
        profile="soak", results=results, users=users, seconds=seconds, serve=tuple(shlex.split(serve)), settle=SETTLE
    )
    try:
        outcome, findings = run_to_end(soak(order, share=share, warm_up=warm_up, console=console))
    except (GatewayGone, LoadFailed, NotStarted) as failed:
        typer.echo(str(failed), err=True)
        raise typer.Exit(2) from None
    print_outcome(outcome, console)
    print_findings(findings, console)
    console.print(f"soak.png, soak.json and the reports of the load: {results}", highlight=False)
    raise typer.Exit(int(bool(outcome.problems) or any(finding.problems for finding in findings)))


if __name__ == "__main__":
    typer.run(main)
