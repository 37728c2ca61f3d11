"""The `botbridge` command: one module per sub-command, imported when it runs."""

import sys
from pathlib import Path

import typer

import config
import gateway
import hooks
import vendors
from gateway.cli.chat import chat
from gateway.cli.check import check
from gateway.cli.demo import demo
from gateway.cli.emulate import emulate
from gateway.cli.errors import errors
from gateway.cli.lint import lint
from gateway.cli.schema import schema
from gateway.cli.serve import serve
from gateway.cli.test_connection import test_connection

app = typer.Typer(
    name="botbridge",
    help="Bridge LivePerson's Conversational Cloud to a brand's own bot: Amazon Lex, Google Dialogflow, IBM Watson "
    "Assistant, or a function.",
    epilog="Begin with: botbridge demo. Then copy a file of config/examples, edit it, and run botbridge check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(rich_help_panel="Run")(serve)
app.command(rich_help_panel="Try")(demo)
app.command(rich_help_panel="Try")(chat)
app.command("test-connection", rich_help_panel="Try")(test_connection)
app.command(rich_help_panel="Try")(emulate)
app.command(rich_help_panel="Set up")(check)
app.command(rich_help_panel="Set up")(lint)
app.command(rich_help_panel="Set up")(schema)
app.command(rich_help_panel="Look up")(errors)


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
