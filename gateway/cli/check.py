"""`botbridge check`: find every problem of the account files before the gateway meets them. Contacts nobody."""

import gc
import os

import typer

from config.importing import make_importable
from config.loader import load_accounts
from config.problems import ConfigProblems, Problem
from gateway.cli.options import ConfigOption


def check(config: ConfigOption) -> None:
    """Validate every account file: one line per problem, FILE:LINE: PATH: what is wrong."""
    gc.disable()  # what is made stays until the end, which is near
    make_importable(config)
    try:
        loaded = load_accounts(config, os.environ)
    except ConfigProblems as found:
        # In colour on a terminal; rich would take longer to import than most folders take to check.
        for problem in found.problems:
            typer.echo(_colour(problem))
        raise typer.Exit(1) from None
    typer.secho(f"{_count(len(loaded.accounts), 'account')}, {_count(loaded.bots, 'bot')}: no problems", fg="green")


def _colour(problem: Problem) -> str:
    line = str(problem)
    place = len(f"{problem.file}:{problem.line}:")
    path = place + len(f" {problem.path}:")
    return typer.style(line[:place], fg="cyan") + typer.style(line[place:path], bold=True) + line[path:]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
