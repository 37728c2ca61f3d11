"""The sub-commands by name, each imported when it runs: what `botbridge --help` shows imports none of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

SETTINGS: Final[Mapping[str, Any]] = {
    # Plain help: with rich, which it would import, --help takes three times as long.
    "rich_markup_mode": None,
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
"""Of the command as a whole and of each sub-command."""


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command: the function of its name, in the module of its name."""

    name: str
    summary: str
    """The first sentence of the function's docstring, as a test sees to."""

    def load(self) -> TyperCommand:
        """Import the function and read its options."""
        name = self.name.replace("-", "_")
        function = getattr(import_module(f"gateway.cli.{name}"), name)
        alone = typer.Typer(**SETTINGS)
        alone.command(self.name)(function)
        command = get_command(alone)
        assert isinstance(command, TyperCommand)  # noqa: S101 - what typer makes of an app with one command
        return command


PANELS: Final[Mapping[str, tuple[Command, ...]]] = {
    "Run": (Command("serve", "Serve the accounts in DIR."),),
    "Try": (
        Command("demo", "Play a conversation with a bot of every vendor, with no credentials, then keep serving."),
        Command("chat", "Talk to a bot."),
        Command("test-connection", "Send one message to the bot's vendor, past the hooks and without retries."),
        Command("emulate", "Play Amazon Lex V2, IBM Watson, Dialogflow and a function endpoint on this machine."),
    ),
    "Set up": (
        Command("check", "Validate every account file: one line per problem, FILE:LINE: PATH: what is wrong."),
        Command(
            "lint",
            "Find in exports of Lex, Dialogflow ES and Watson bots what LivePerson would refuse, drop or change.",
        ),
        Command("schema", "Print the JSON Schema of an account file."),
    ),
    "Look up": (Command("errors", "Show the error catalogue: code, meaning, remedy."),),
}
"""The sub-commands in the order of the help, under its headings."""


class LazyCommands(Mapping[str, TyperCommand]):
    """Loads a sub-command when it is looked up, and none to name them."""

    _known: Final = {command.name: command for commands in PANELS.values() for command in commands}

    def __getitem__(self, name: str) -> TyperCommand:
        return self._known[name].load()

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class Commands(TyperGroup):
    """The command as a whole."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LazyCommands()  # type: ignore[assignment]  # typer only reads it, but says that it may write

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as typer calls it
        """List the sub-commands under their headings."""
        width = max(len(name) for name in self.commands)
        for heading, commands in PANELS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{command.name:<{width}}", command.summary) for command in commands])
