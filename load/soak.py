"""Let a gateway run at an even rate, with faults, and see whether anything grows: `make soak` (docs/load.md "Soak")."""

import asyncio
import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from gateway.contract.wire import dumps
from load.bench.processes import NotStarted
from load.soak_verdict import WATCHED, Finding, judge_soak
from load.users.profile import load_profile
from load.users.report import print_outcome
from load.users.run import RESULTS, LoadFailed, Order, Outcome, run_load, run_to_end
from load.users.watch import GatewayGone, Sample

CALIBRATION: Final = 20.0
"""Seconds of load that tell what an event costs, and so how many users make the share of the capacity that is wanted."""
WARM_UP: Final = 0.35
"""Share of the run that is left out: pools and caches fill, and with the profile's short times to live the store does."""
SETTLE: Final = 45
"""Seconds without load at the end: idle connections are closed, sessions' times run out."""


def find_users(cost: float, share: float, seconds_per_event: float) -> int:
    """Say how many users cause `share` of what one core carries, when an event costs so many microseconds of CPU.

    A user sends one event in `seconds_per_event`.
    """
    rate = share * 1e6 / cost
    return max(1, round(rate * seconds_per_event))


async def calibrate(console: Console, results: Path) -> float:
    """Measure the CPU (microseconds) that an event costs at a moderate rate. Raise LoadFailed, GatewayGone, NotStarted."""
    order = Order(profile="soak", results=results, seconds=CALIBRATION, seed=2)
    outcome = await run_load(order, lambda line: console.print(line, highlight=False))
    if (cost := outcome.gateway.cpu_us_per_event) is None:
        raise LoadFailed(f"no event was answered: see {results}")
    return cost


async def soak(order: Order, share: float, console: Console) -> tuple[Outcome, list[Finding]]:
    """Calibrate where the number of users is not given, run, judge, write the report and the plot."""
    profile = await asyncio.to_thread(load_profile, order.profile, {})
    users = order.users
    if users is None:
        cost = await calibrate(console, order.results / "calibration")
        # An event's own time is small beside the pause; a run that is a little slower than wanted is no worse a soak.
        users = find_users(cost, share, profile.pause.mean + profile.own.vendor_delay)
        console.print(f"an event costs {cost:.0f} µs: {users} users make {share:.0%} of a core", highlight=False)
    outcome = await run_load(replace(order, users=users), lambda line: console.print(line, highlight=False))
    # Locust takes a moment to start, so that the load surely goes on until then.
    steady = (WARM_UP * (order.seconds or profile.seconds), order.seconds or profile.seconds)
    findings = judge_soak(outcome.samples, steady, users)
    report = {**outcome.summary, "users": users, "steady": steady}
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
    seconds: Annotated[float | None, typer.Option(min=150, help="Length of the run; 600 without it.")] = None,
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
        outcome, findings = run_to_end(soak(order, share, console))
    except (GatewayGone, LoadFailed, NotStarted) as failed:
        typer.echo(str(failed), err=True)
        raise typer.Exit(2) from None
    print_outcome(outcome, console)
    print_findings(findings, console)
    console.print(f"soak.png, soak.json and the reports of the load: {results}", highlight=False)
    raise typer.Exit(int(bool(outcome.problems) or any(finding.problems for finding in findings)))


if __name__ == "__main__":
    typer.run(main)
