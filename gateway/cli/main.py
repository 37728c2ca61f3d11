"""The `botbridge` command: one module per sub-command, imported when that command runs."""

import sys
from pathlib import Path

import typer

import config
import gateway
import hooks
import vendors
from gateway.cli.commands import SETTINGS, Commands

app = typer.Typer(
    name="botbridge",
    cls=Commands,
    help="Bridge LivePerson's Conversational Cloud to a brand's own bot: Amazon Lex, Google Dialogflow, IBM Watson "
    "Assistant, or a function.",
    epilog="Begin with: botbridge demo. Then copy a file of config/examples, edit it, and run botbridge check.",
    no_args_is_help=True,
    **SETTINGS,
)
app.callback()(lambda: None)  # it has sub-commands, though none is registered here


def main() -> None:
    """Run the command line."""
    _refuse_shadows()
    app()


def _refuse_shadows() -> None:
    """End at once when another package answers to one of our common import names, before it does so in a strange way."""
    root = Path(gateway.__file__ or "").resolve().parent.parent
    for package in (config, hooks, vendors):
        found = Path(package.__file__ or "").resolve()
        if found.parent.parent != root:
            sys.exit(
                f"botbridge: the package {package.__name__!r} comes from {found.parent}, not from botbridge; rename it"
            )
