import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
import typer
from typer.testing import CliRunner

from gateway.cli.lint import lint
from gateway.contract.catalogue import CATALOGUE
from gateway.lint.formats.page import render_codes
from gateway.lint.run import NO_EXPORT
from tests.unit.gateway.lint.mistakes import make_source

PAGE = Path(__file__).parents[4] / "docs" / "lint.md"
APP = typer.Typer()
APP.command()(lint)


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    """A good agent but for a TRANSFER in lower case, which is a warning, and an image."""
    changes: list[dict[str, Any]] = [
        {"member": "intents/Person.json", "path": ["responses", 0, "action"], "value": "transfer"},
        {
            "member": "intents/Order.json",
            "path": ["responses", 0, "messages", 2, "payload"],
            "value": {"structuredContent": {"type": "image", "url": "https://img.example.com/a.png"}},
        },
        {"member": "intents/Long.json", "path": ["responses", 0, "action"], "value": "TRANSFER"},
        {
            "member": "intents/Long.json",
            "path": ["responses", 0, "parameters"],
            "value": [{"name": "skill", "value": "human-support"}],
        },
    ]
    folder = tmp_path / "agent"
    for name, data in make_source("dialogflow-es", changes).members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(APP, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_prints_one_line_for_each_finding(agent: Path) -> None:
    code = "dialog-flow-es-action-body"
    ended, out, err = run(agent)

    assert (ended, err) == (0, "")
    assert out.splitlines() == [
        (
            f"{agent}/intents/Person.json:9: warning: {code}: Person: responses[0].action: LivePerson does not know the action "
            f"'transfer', and ignores it; did you mean TRANSFER? {CATALOGUE[code].remedy}"
        ),
        "1 export: 1 warning",
    ]


@pytest.mark.parametrize(
    ("options", "code", "found"),
    [
        ([], 0, ["dialog-flow-es-action-body"]),
        (["--strict"], 1, ["dialog-flow-es-action-body"]),
        (["--image-host", "IMG.example.com"], 0, ["dialog-flow-es-action-body"]),
        (
            ["--image-host", "a.example.com", "--image-host", "b.example.com"],
            1,
            ["common-invalid-structured-content-body", "dialog-flow-es-action-body"],
        ),
        (["--skill", "human-support"], 0, ["dialog-flow-es-action-body"]),
        (["--skill", "billing"], 1, ["botbridge.lint.unknown-skill", "dialog-flow-es-action-body"]),
        (["--channel", "chat"], 1, ["dialog-flow-es-action-body", "common-no-quick-replies-support-chat"]),
    ],
    ids=str,
)
def test_options_say_what_the_account_allows(agent: Path, options: list[str], code: int, found: list[str]) -> None:
    ended, out, err = run(agent, "--format", "json", *options)
    report: dict[str, Any] = orjson.loads(out)

    assert (ended, err) == (code, "")
    assert [finding["code"] for finding in report["exports"][0]["findings"]] == found


@pytest.mark.parametrize(
    ("output", "start"),
    [("text", ""), ("json", "{"), ("sarif", '{"$schema"'), ("junit", "<?xml"), ("text", "1 export")],
)
def test_a_file_that_is_no_export_is_named_and_the_others_are_reported(
    agent: Path, tmp_path: Path, output: str, start: str
) -> None:
    other = tmp_path / "other.json"
    other.write_text("[]")
    broken = tmp_path / "broken.json"
    broken.write_text("{")

    code, out, err = run(agent, other, broken, "--format", output)

    assert code == 2
    assert any(line.startswith(start) for line in out.splitlines())
    assert err.splitlines() == [
        f"{other}: {NO_EXPORT}",
        f"{broken}: not JSON: line 1, column 2",
    ]


def test_the_page_shows_what_the_command_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: list[dict[str, Any]] = [
        {
            "member": "intents/Order.json",
            "path": ["responses", 0, "messages", 1, "payload"],
            "value": {"delay": "soon"},
        },
        {"member": "intents/Person.json", "path": ["responses", 0, "action"], "value": "transfer"},
    ]
    (tmp_path / "exports").mkdir()
    with ZipFile(tmp_path / "exports" / "parcel-desk.zip", "w") as archive:
        for name, data in make_source("dialogflow-es", changes).members.items():
            archive.writestr(name, data)
    monkeypatch.chdir(tmp_path)

    code, out, err = run("exports/parcel-desk.zip")

    assert (code, err) == (1, "")
    assert f"$ botbridge lint exports/parcel-desk.zip\n{out}" in PAGE.read_text(encoding="utf-8")


def test_lists_the_codes() -> None:
    assert run("--codes") == (0, render_codes(), "")


def test_no_path_is_a_usage_error() -> None:
    assert run()[0] == 2


def test_the_command_is_registered_and_loads_no_sdk(agent: Path) -> None:
    program = (
        "import sys\nfrom gateway.cli.main import app\n"
        "try:\n    app(['lint', sys.argv[1]])\nexcept SystemExit as end:\n    print('ended', end.code)\n"
        "print(sorted({'aiohttp', 'boto3', 'google', 'grpc', 'ibm_watson'} & set(sys.modules)))\n"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", program, agent],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.splitlines()[-3:] == ["1 export: 1 warning", "ended 0", "[]"]
