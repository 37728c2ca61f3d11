"""`python -m load.bench`: measure, print, keep the figures."""

from typing import Annotated, TypeAlias

import typer
import uvloop
from rich.console import Console

from load.bench.compare import Plan, compare
from load.bench.figures import Measured, describe_machine, plain, write_results
from load.bench.flood import DELAY, TURNS, Flood, flood
from load.bench.ground import Ground, open_ground
from load.bench.meters import has_instructions
from load.bench.rows import Row, find_rows
from load.bench.subjects import SUBJECTS, open_stage
from load.bench.tables import print_comparison, print_floods

app = typer.Typer(add_completion=False)
OnlyOption: TypeAlias = Annotated[str, typer.Option(help="Only this row, such as lex-v2 or dialogflow-es-grpc.")]


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    *,
    only: OnlyOption = "",
    subject: Annotated[list[str] | None, typer.Option(help=f"Only these of: {'; '.join(SUBJECTS)}.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, of which the median counts.")] = 3,
    events: Annotated[int, typer.Option(min=100, help="Events per round and subject.")] = 4000,
    in_flight: Annotated[int, typer.Option(min=1, help="Events under way at a time.")] = 64,
) -> None:
    """Measure what an event costs: floor, gateway, usual way, in turns."""
    if context.invoked_subcommand is not None:
        return
    rows = choose(only)
    plan = Plan(rounds, events, in_flight, has_instructions(), tuple(subject or ()))

    async def measure(console: Console) -> list[Measured]:
        async with open_ground(rows, console) as ground:
            return await compare_all(ground, rows, plan)

    console = Console(width=140)
    measured = uvloop.run(measure(console))
    print_comparison(measured, console)
    write_results("comparison", {"machine": describe_machine(), "measured": plain(measured)})


@app.command(name="flood")
def flood_command(
    *,
    only: OnlyOption = "",
    turns: Annotated[int, typer.Option(min=1, help="Turns at once.")] = TURNS,
    delay: Annotated[float, typer.Option(min=0, help="Seconds that the vendor takes.")] = DELAY,
) -> None:
    """Send thousands of turns at once against a vendor that takes its time."""
    rows = choose(only)

    async def measure(console: Console) -> list[Flood]:
        async with open_ground(rows, console) as ground:
            return await flood_all(ground, rows, turns, delay)

    console = Console(width=140)
    print_floods(uvloop.run(measure(console)), console)


async def compare_all(ground: Ground, rows: list[Row], plan: Plan) -> list[Measured]:
    """Compare the subjects of every row."""
    measured = []
    for row in rows:
        async with open_stage(ground.directory, row, ground.recordings, redis=ground.redis) as stage:
            measured += await compare(stage, plan, ground.tell)
    return measured


async def flood_all(ground: Ground, rows: list[Row], turns: int, delay: float) -> list[Flood]:
    """Flood a gateway of every row."""
    floods = []
    for row in rows:
        ground.tell(f"{row.name}: {turns} turns at once")
        async with open_stage(ground.directory, row, ground.recordings, grpc_delay=delay) as stage:
            floods.append(await flood(stage, turns, delay))
    return floods


def choose(only: str) -> list[Row]:
    """Choose rows by the option, or end with a usage error."""
    try:
        return find_rows(only)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--only") from None


if __name__ == "__main__":
    app()
