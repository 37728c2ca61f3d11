"""`botbridge emulate` as a process: its lines, what it plays, how it ends."""

import asyncio
import re
import signal
import sys
from pathlib import Path

import pytest

BOTBRIDGE = Path(sys.executable).with_name("botbridge")
DATA = Path(__file__).parents[3] / "data" / "exports"
SKILL = '{"dialog_nodes": [{"dialog_node": "a", "conditions": "now() > 1", "output": {"text": "x"}}]}'


async def run(*arguments: str | Path, feed: str = "") -> tuple[int | None, str, str]:
    """Run the command to its end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(BOTBRIDGE, *arguments, stdin=pipe, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(30):
        out, err = await process.communicate(feed.encode())
    return process.returncode, out.decode(), err.decode()


async def start(*arguments: str | Path, lines: int) -> tuple[asyncio.subprocess.Process, list[str]]:
    """Start `botbridge emulate` and read its first lines."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(BOTBRIDGE, "emulate", *arguments, stdout=pipe, stderr=pipe)
    assert process.stdout is not None
    async with asyncio.timeout(30):
        told = [(await process.stdout.readline()).decode().rstrip("\n") for _ in range(lines)]
    return process, told


async def end(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """Ask the command to end; give its exit code and what it wrote on standard error."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(30):
        _, err = await process.communicate()
    return process.returncode, err.decode()


async def test_imported_bots_can_be_talked_to_right_away(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text(SKILL)
    exports = ("--import", DATA / "lex-v1.json", "--import", DATA / "dialogflow-es", "--import", tmp_path / "odd.json")
    process, told = await start(*exports, "--write-accounts", tmp_path / "my accounts", lines=11)

    chat = await run(
        "chat", "--config", tmp_path / "my accounts", "imported", "lex-v1", feed="change my address\nhome\n/quit\n"
    )
    ended = await end(process)

    urls = dict(line.split(" ") for line in told[:4])
    assert list(urls) == ["lex", "watson", "dialogflow", "function"]
    assert told[4:] == [
        f"imported lex-v1 lex-v2 {urls['lex']} LEXV100000",
        f"imported dialogflow-es dialogflow-es {urls['dialogflow']} dialogflow-es",
        f"imported odd watson-v2 {urls['watson']} odd",
        f"wrote {tmp_path}/my accounts/imported.yaml",
        f"talk to it: botbridge chat --config '{tmp_path}/my accounts' imported lex-v1",
        f"talk to it: botbridge chat --config '{tmp_path}/my accounts' imported dialogflow-es",
        f"talk to it: botbridge chat --config '{tmp_path}/my accounts' imported odd",
    ]
    assert chat[0] == 0
    assert re.findall(r"bot < (.*)", chat[1]) == ["Shall it go home or to work?", "It goes home."]
    remark = "the condition counts as false: 'now() > 1' is not understood"
    assert ended == (0, f"not played: {tmp_path}/odd.json: $.dialog_nodes[0].conditions: {remark}\n")


async def test_without_exports_the_emulators_run_alone() -> None:
    process, told = await start(lines=4)
    assert [line.split(" ")[0] for line in told] == ["lex", "watson", "dialogflow", "function"]
    assert await end(process) == (0, "")


@pytest.mark.parametrize("written", [False, True])
async def test_a_wrong_export_is_told_and_nothing_starts(*, written: bool, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"dialog_nodes": [{"dialog_node": "a", "output": {"generic": [7]}}]}')
    accounts = ("--write-accounts", tmp_path / "accounts") if written else ()

    done = await run("emulate", "--import", wrong, *accounts)

    assert done == (1, "", f"{wrong}: $.dialog_nodes[0].output.generic[0]: must be an object, not a number\n")
    assert not (tmp_path / "accounts").exists()


async def test_an_account_without_bots_is_a_wrong_use(tmp_path: Path) -> None:
    code, out, err = await run("emulate", "--write-accounts", tmp_path)
    assert (code, out) == (2, "")
    assert "there is no bot to write" in err


async def test_an_account_of_somebody_else_ends_the_command(tmp_path: Path) -> None:
    (tmp_path / "imported.yaml").write_text("account: mine\n")
    code, _, err = await run("emulate", "--import", DATA / "lex-v2", "--write-accounts", tmp_path)
    assert code == 1
    assert err == (
        f"botbridge: cannot write the account: {tmp_path}/imported.yaml was not written by `botbridge emulate`; "
        "it stays as it is\n"
    )
