"""`python -m load.bench`: measure, print, keep the figures. `all` is the whole of it, `short` is what CI runs."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeAlias, TypeVar

import typer
import uvloop
from rich.console import Console

from load.bench.compare import Plan
from load.bench.connection import WrongAnswer
from load.bench.counting import NotCounted, has_callgrind
from load.bench.flood import DELAY, TURNS, WITHIN
from load.bench.ground import Ground, open_ground
from load.bench.meters import has_instructions
from load.bench.page import print_tables, write_page
from load.bench.processes import NotStarted
from load.bench.rows import ROWS, Row, find_rows
from load.bench.stages import SpyFailed
from load.bench.subjects import FLOOR, GATEWAY, HOOKS, SUBJECTS
from load.bench.summary import RESULTS, SUMMARY, Summary, read_summary, write_summary
from load.bench.targets import complain, judge
from load.bench.whole import (
    SCALED,
    compare_all,
    count_all,
    flood_all,
    measure_everything,
    profile_all,
    scale_all,
    start_summary,
)

app = typer.Typer(add_completion=False)
OnlyOption: TypeAlias = Annotated[str, typer.Option(help="Only this row, such as lex-v2 or dialogflow-es-grpc.")]
LATENCY_SECONDS = 1.5


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    *,
    only: OnlyOption = "",
    subject: Annotated[list[str] | None, typer.Option(help=f"Only these of: {'; '.join(SUBJECTS)}.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, of which the median counts.")] = 3,
    events: Annotated[int, typer.Option(min=100, help="Events per round and subject.")] = 3000,
    in_flight: Annotated[int, typer.Option(min=1, help="Events under way at a time.")] = 64,
    latency: Annotated[float, typer.Option(min=0, help="Seconds of arrivals per round; 0: no latencies.")] = 0.0,
) -> None:
    """Measure what an event costs: floor, gateway, usual way, in turns."""
    if context.invoked_subcommand is not None:
        return
    rows = choose(only)
    plan = Plan(rounds, events, in_flight, has_instructions(), tuple(subject or ()), latency)
    take("costs", rows, start_summary(plan), lambda ground, summary: compare_all(ground, rows, plan, summary))


@app.command(name="all")
def measure_all() -> None:
    """Take all figures, and renew docs/performance.md and its plots."""
    from load.bench.plots import write_plots  # noqa: PLC0415 - matplotlib, for this command and the next alone

    plan = Plan(instructions=has_instructions(), latency_seconds=LATENCY_SECONDS)
    summary = measure(ROWS, lambda ground: measure_everything(ground, ROWS, plan))
    write_summary(summary, SUMMARY)
    print_tables(read_summary(), Console(width=200))
    write_page(read_summary())
    write_plots()


@app.command()
def page() -> None:
    """Renew docs/performance.md and its plots from the figures that there are."""
    from load.bench.plots import write_plots  # noqa: PLC0415 - see above

    write_page(read_summary())
    write_plots()


@app.command()
def short(
    events: Annotated[int, typer.Option(min=100, help="Events per round and subject.")] = 700,
) -> None:
    """Look for a regression in under a minute: exit 1 where an event costs too many times the floor."""
    rows = [row for row in ROWS if not row.is_grpc]
    plan = Plan(5, events, 64, has_instructions(), (FLOOR, GATEWAY, HOOKS))
    summary = take("short", rows, start_summary(plan), lambda ground, found: compare_all(ground, rows, plan, found))
    if complaints := complain(judge(summary.measured)):
        typer.echo("\n".join(complaints), err=True)
        raise typer.Exit(1)


@app.command()
def flood(
    *,
    only: OnlyOption = "",
    turns: Annotated[int, typer.Option(min=1, help="Turns at once.")] = TURNS,
    delay: Annotated[float, typer.Option(min=0, help="Seconds that the vendor takes.")] = DELAY,
    within: Annotated[float, typer.Option(min=0, help="Seconds in which all turns begin; 0: in one instant.")] = WITHIN,
) -> None:
    """Have thousands of turns in flight against a vendor that takes its time."""
    rows = choose(only)

    async def measuring(ground: Ground, summary: Summary) -> None:
        await flood_all(ground, rows, summary, turns=turns, delay=delay, within=within)

    take("flood", rows, start_summary(), measuring)


@app.command()
def scale(*, only: OnlyOption = SCALED) -> None:
    """Measure an event's cost by turns in flight and by accounts, and two workers beside one."""
    rows = choose(only)
    take("scale", rows, start_summary(), lambda ground, summary: scale_all(ground, rows[0], summary))


@app.command()
def stages(*, only: OnlyOption = "") -> None:
    """See which stages of a turn the CPU time goes to."""
    rows = choose(only)
    take("stages", rows, start_summary(), lambda ground, summary: profile_all(ground, rows, summary))


@app.command(name="count")
def count_instructions(*, only: OnlyOption = "") -> None:
    """Count the instructions of an event: slow, and the same whoever else uses the machine. Needs valgrind."""
    rows = [row for row in choose(only) if not row.is_grpc]
    if not has_callgrind():
        typer.echo("bench: valgrind is not installed (apt-get install valgrind)", err=True)
        raise typer.Exit(2)
    take("counts", rows, start_summary(), lambda ground, summary: count_all(ground, rows, summary))


def take(
    name: str, rows: Sequence[Row], summary: Summary, measuring: Callable[[Ground, Summary], Awaitable[None]]
) -> Summary:
    """Take some of the figures, print them, and keep them in load/results."""
    measure(rows, lambda ground: measuring(ground, summary))
    print_tables(summary, Console(width=200))
    write_summary(summary, RESULTS / f"{name}.json")
    return summary


T = TypeVar("T")


def measure(rows: Sequence[Row], measuring: Callable[[Ground], Awaitable[T]]) -> T:
    """Measure something, or end with what went wrong."""

    async def run() -> T:
        async with open_ground(rows, Console(stderr=True)) as ground:
            return await measuring(ground)

    try:
        return uvloop.run(run())
    except (NotCounted, NotStarted, SpyFailed, WrongAnswer) as problem:
        typer.echo(f"bench: {problem}", err=True)
        raise typer.Exit(2) from None


def choose(only: str) -> list[Row]:
    """Choose rows by the option, or end with a usage error."""
    try:
        return find_rows(only)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--only") from None


if __name__ == "__main__":
    app()
