"""Options that several commands share."""

import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import typer

if TYPE_CHECKING:
    from config.loader import LoadedAccounts

T = TypeVar("T")

ConfigOption: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--config", "-c", metavar="DIR", envvar="BOTBRIDGE_CONFIG", help="Folder of the account files (*.yaml)."
    ),
]
AccountArgument: TypeAlias = Annotated[str, typer.Argument(help="The LivePerson account, as in its file.")]
BotArgument: TypeAlias = Annotated[str, typer.Argument(help="The bot's name in that file.")]
LogLevelOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--log-level",
        envvar="BOTBRIDGE_LOG_LEVEL",
        metavar="LEVEL",
        help="debug, info, warning or error.",
        show_default=True,
    ),
]
LEVELS = ("debug", "info", "warning", "error")


def load_or_exit(directory: Path) -> "LoadedAccounts":
    """Read the account files, or print their problems on standard error and end with 1."""
    from config.importing import make_importable
    from config.loader import load_accounts
    from config.problems import ConfigProblems

    make_importable(directory)
    try:
        return load_accounts(directory, os.environ)
    except ConfigProblems as found:
        for problem in found.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None


def check_level(level: str) -> str:
    """Give back a log level, or end with a usage error."""
    if level.lower() not in LEVELS:
        raise typer.BadParameter(f"must be one of {', '.join(LEVELS)}", param_hint="--log-level")
    return level.lower()


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, on uvloop where there is one."""
    import asyncio

    if sys.platform == "win32":
        with asyncio.Runner() as runner:
            return runner.run(main)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
