"""`botbridge check`: find every problem of the account files before the gateway meets them. Contacts nobody."""

import os

import typer
from rich.console import Console
from rich.text import Text

from config.importing import make_importable
from config.loader import load_accounts
from config.problems import ConfigProblems, Problem
from gateway.cli.options import ConfigOption


def check(config: ConfigOption) -> None:
    """Validate every account file: one line per problem, FILE:LINE: PATH: what is wrong."""
    # On a terminal in colour, elsewhere as plain text; a problem is one line, however long.
    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    make_importable(config)
    try:
        loaded = load_accounts(config, os.environ)
    except ConfigProblems as found:
        for problem in found.problems:
            console.print(_colour(problem))
        raise typer.Exit(1) from None
    console.print(
        f"{_count(len(loaded.accounts), 'account')}, {_count(loaded.bots, 'bot')}: no problems", style="green"
    )


def _colour(problem: Problem) -> Text:
    line = Text(str(problem))
    place = len(f"{problem.file}:{problem.line}:")
    line.stylize("cyan", 0, place)
    line.stylize("bold", place, place + len(f" {problem.path}:"))
    return line


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
