import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.commands import PANELS, Command
from gateway.cli.main import app

ROOT = Path(__file__).parents[4]
COMMANDS = [command for commands in PANELS.values() for command in commands]
SLOW = {"aiohttp", "asyncio", "config.sections", "prometheus_client", "rich", "ruamel", "structlog", "uvloop", "yaml"}
"""What takes time to import, and what these need none of; reading arguments takes pydantic, which typer uses."""


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_summary_is_the_first_sentence_of_the_command_itself(command: Command) -> None:
    callback = command.load().callback
    assert callback is not None
    text = " ".join((inspect.getdoc(callback) or "").partition("\n\n")[0].split())
    assert text == command.summary or text.startswith(f"{command.summary} ")


def test_help_lists_the_commands_under_their_headings() -> None:
    code, out = run("--help")
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    names = {command.name for command in COMMANDS}
    listed = [" ".join(line) for line in lines if line and (line[0] in names or " ".join(line)[:-1] in PANELS)]
    expected = [
        text
        for heading, commands in PANELS.items()
        for text in (f"{heading}:", *(f"{command.name} {command.summary}" for command in commands))
    ]
    # Long summaries go on in the next line.
    assert len(listed) == len(expected)
    assert all(whole.startswith(line) for line, whole in zip(listed, expected, strict=True))


def test_a_command_that_is_not_there_is_told_with_the_nearest() -> None:
    code, out = run("chekc")
    assert (code, out.splitlines()[-1]) == (2, "Error: No such command 'chekc'. Did you mean 'check'?")


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["errors", "lex.send-query"]])
def test_help_and_the_catalogue_import_nothing_slow(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom gateway.cli.main import app\n"
        "try:\n    app(sys.argv[1:])\nexcept SystemExit as end:\n    print('ended', end.code)\n"
        f"print(sorted({SLOW} & set(sys.modules)))\n"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-2:] == ["ended 0", "[]"]
