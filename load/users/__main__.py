"""`python -m load.users`: what `make load` runs."""

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from config.problems import ConfigProblems
from load.bench.processes import NotStarted
from load.users.profile import PROFILES
from load.users.report import print_outcome
from load.users.run import RESULTS, LoadFailed, Order, run_load, run_to_end
from load.users.watch import GatewayGone


def main(  # noqa: PLR0917 - typer reads them as options, by name
    profile: Annotated[str, typer.Option(help=f"Name of a file in load/{PROFILES.name}, or a file.")] = "steady-day",
    users: Annotated[int | None, typer.Option(min=1, help="At the highest point, in place of the profile's.")] = None,
    seconds: Annotated[float | None, typer.Option(min=5, help="Length of the run, in place of the profile's.")] = None,
    seed: Annotated[int, typer.Option(help="Repeats what consumers do and vendors get wrong.")] = 1,
    serve: Annotated[
        str, typer.Option(help='Further options of botbridge serve, as "--workers 2 --store redis://…".')
    ] = "",
    results: Annotated[
        Path | None, typer.Option(help="Folder for the reports; load/results/PROFILE without it.")
    ] = None,
) -> None:
    """Send load to a gateway with emulated vendors, started for the purpose; exit 1 when a limit of the profile is passed."""
    console = Console()
    if Path(profile).suffix:
        profile = str(Path(profile).resolve())  # the processes of the run do not start in this folder
    where = results or RESULTS / Path(profile).stem
    order = Order(
        profile=profile, results=where, users=users, seconds=seconds, seed=seed, serve=tuple(shlex.split(serve))
    )
    try:
        outcome = run_to_end(run_load(order, lambda line: console.print(line, highlight=False)))
    except ConfigProblems as found:
        for problem in found.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(2) from None
    except (GatewayGone, LoadFailed, NotStarted) as failed:
        typer.echo(str(failed), err=True)
        raise typer.Exit(2) from None
    print_outcome(outcome, console)
    console.print(f"report.html, CSV files, summary.json and logs: {where}", highlight=False)
    raise typer.Exit(int(bool(outcome.problems)))


if __name__ == "__main__":
    typer.run(main)
