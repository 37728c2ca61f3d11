"""The command: usage errors are told before anything is started."""

import re

import pytest
from typer.testing import CliRunner

from load.bench.__main__ import app


@pytest.mark.parametrize("arguments", [["--only", "lex"], ["flood", "--only", "lex"], ["stages", "--only", "lex"]])
def test_an_unknown_row_is_a_usage_error(arguments: list[str]) -> None:
    ended = CliRunner().invoke(app, arguments)

    assert ended.exit_code == 2
    # The box that it stands in is as wide as the terminal was when typer was imported.
    told = " ".join(re.sub("[│╭╮╰╯─]", " ", ended.output).split())
    assert "there are: lex-v2, dialogflow-es, dialogflow-cx, watson-v2, function, dialogflow-es-grpc" in told


def test_help_lists_the_commands() -> None:
    ended = CliRunner().invoke(app, ["--help"])

    assert [name for name in ("all", "page", "short", "flood", "scale", "stages") if name not in ended.output] == []
