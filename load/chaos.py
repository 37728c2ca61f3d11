"""Break things on purpose and count what becomes of the consumers' messages: `make chaos` (docs/chaos.md)."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gateway.telemetry.logging import configure_logging
from tests.chaos.all import SCENARIOS
from tests.chaos.figures import Figures, print_table
from tests.chaos.rig import Setting


async def play(names: Sequence[str], seeds: Sequence[int], conversations: int, events: int) -> list[Figures]:
    """Play scenarios one after the other, each with every seed, each in a folder of its own."""
    played = []
    console = Console(stderr=True)
    for seed in seeds:
        for name in names:
            with tempfile.TemporaryDirectory() as directory:
                setting = Setting(Path(directory), seed=seed, conversations=conversations, events=events)
                figures = await SCENARIOS[name](setting)
            figures.scenario = f"{figures.scenario} (seed {seed})"
            played.append(figures)
            console.print(figures.scenario, "; ".join(figures.judge()) or "well", markup=False, highlight=False)
    return played


def main(
    scenario: Annotated[str, typer.Option(help="Only scenarios whose name contains this.")] = "",
    seed: Annotated[
        list[int] | None, typer.Option(help="Seed to repeat a run with; may be given several times.")
    ] = None,
    conversations: Annotated[int, typer.Option(min=1, help="At once, with each bot.")] = 6,
    events: Annotated[int, typer.Option(min=1, help="Of each conversation.")] = 8,
) -> None:
    """Play the chaos scenarios and print the table; exit 1 when a message was lost, doubled, or came too late."""
    names = [name for name in SCENARIOS if scenario in name]
    if not names:
        raise typer.BadParameter(f"none contains it; there are: {', '.join(SCENARIOS)}", param_hint="--scenario")
    if shutil.which("redis-server") is None:
        raise typer.BadParameter("redis-server is not installed (apt-get install redis-server)")
    configure_logging("critical")
    console = Console(width=170)
    played = asyncio.run(play(names, seed or [1, 2, 3], conversations, events))
    print_table(played, console)
    raise typer.Exit(int(any(figures.judge() for figures in played)))


if __name__ == "__main__":
    typer.run(main)
