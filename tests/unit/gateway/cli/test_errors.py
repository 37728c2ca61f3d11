from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli.errors import errors
from gateway.contract.catalogue import CATALOGUE, PREFIX

PAGE = Path(__file__).parents[4] / "docs" / "errors.md"
APP = typer.Typer()
APP.command()(errors)
TERMINAL = {"FORCE_COLOR": "1", "COLUMNS": "160"}

FORBIDDEN = """\
botbridge.error.forbidden

Meaning: The key is valid and belongs to another account.
Remedy: Compare the account in the URL with the account file that has this key.

HTTP status: 403
Raised by: botbridge
Source: docs/contract/errors.md section 11
"""


def run(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(APP, arguments, env=env)
    return result.exit_code, result.stdout, result.stderr


def test_lists_all_codes_for_programs() -> None:
    code, out, err = run()

    assert (code, err) == (0, "")
    assert [line.split("\t") for line in out.splitlines()] == [
        [entry.code, str(entry.status or "-"), entry.raised_by.value, entry.meaning] for entry in CATALOGUE.values()
    ]


def test_lists_all_codes_for_people() -> None:
    code, out, err = run(env=TERMINAL)

    assert (code, err) == (0, "")
    assert "…aivendor.lex.send-query" in out
    assert f"… stands for {PREFIX}" in out
    assert "┃" in out


@pytest.mark.parametrize("code", ["botbridge.error.forbidden", "error.forbidden", "forbidden"])
def test_shows_one_entry(code: str) -> None:
    assert run(code) == (0, FORBIDDEN, "")


def test_shows_an_entry_without_a_status() -> None:
    code, out, _ = run("lex-invalid-json")

    assert code == 0
    assert "HTTP status: none, it never ends a request\nRaised by: Conversation Tester\n" in out


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.code)
def test_every_code_is_found_by_its_whole_name(entry: object) -> None:
    whole = getattr(entry, "code", "")

    assert run(whole)[1].splitlines()[0] == whole


def test_asks_back_when_an_end_fits_several_codes() -> None:
    code, out, err = run("transfer-skill-not-existing")

    assert (code, out) == (1, "")
    assert err == (
        "transfer-skill-not-existing is the end of several codes:\n"
        f"  {PREFIX}pipes.messaging-handle-bot-action.transfer-skill-not-existing\n"
        f"  {PREFIX}pipes.chat-handle-bot-action.transfer-skill-not-existing\n"
    )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "lex.send-qery",
            f"did you mean:\n  {PREFIX}aivendor.lex.send-query\n",
        ),
        ("Forbidden", "did you mean:\n  botbridge.error.forbidden\n"),
        ("kitchen sink", ""),
        ("", ""),
        (".forbidden", "did you mean:\n  botbridge.error.forbidden\n"),
    ],
)
def test_suggests_what_was_meant(asked: str, message: str) -> None:
    code, out, err = run(asked)

    assert (code, out) == (1, "")
    assert err.startswith(f"no such code: {asked}\n{message}")
    assert message or err == f"no such code: {asked}\n"


def test_the_page_is_what_the_command_writes() -> None:
    code, out, err = run("--markdown")

    assert (code, err) == (0, "")
    assert out == PAGE.read_text(encoding="utf-8"), "make it again: botbridge errors --markdown > docs/errors.md"
    assert all(f"### `{known}`\n" in out for known in CATALOGUE)
