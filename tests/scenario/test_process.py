"""`botbridge serve` as a process: its one line, its end, its reload, its log."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from emulators.faults import Fault
from emulators.server import Running
from tests.gateways import KEY, make_account, make_event, write_accounts
from tests.scenario.test_order_and_repeats import Hold

BOTBRIDGE = Path(sys.executable).with_name("botbridge")


class Process:
    """A running `botbridge serve`."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url

    async def post(self, client: aiohttp.ClientSession, bot: str, event: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with client.post(
            f"{self.url}/v1/accounts/83482904/bots/{bot}/events", json=event, headers=headers
        ) as answer:
            return answer.status, orjson.loads(await answer.read())

    async def read_log_until(self, event: str) -> dict[str, Any]:
        """Read the log up to a line of this name, and give that line."""
        assert self.process.stderr is not None
        async with asyncio.timeout(10):
            while True:
                line: dict[str, Any] = orjson.loads(await self.process.stderr.readline())
                if line["event"] == event:
                    return line

    async def end(self) -> tuple[int, str]:
        """Wait for the end; give the exit code and what the log held."""
        async with asyncio.timeout(20):
            _, log = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, log.decode()


@asynccontextmanager
async def serve(*arguments: str, environ: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        BOTBRIDGE,
        "serve",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environ or {})},
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            line = (await process.stdout.readline()).decode()
        assert line.startswith("listening on http://127.0.0.1:"), (await process.communicate())[1].decode()
        yield Process(process, line.removeprefix("listening on ").strip())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_sigterm_finishes_what_is_under_way_and_refuses_what_is_new(running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    hold = Hold()
    running.function.sleep = hold
    running.function.faults.add(Fault(kind="delay", delay=1, times=1))
    async with serve("--config", str(tmp_path), "--port", "0") as gateway, aiohttp.ClientSession() as client:
        under_way = asyncio.ensure_future(gateway.post(client, "function", make_event("hello")))
        await hold.until(1)
        gateway.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            while (await client.get(f"{gateway.url}/readyz")).status != 503:
                await asyncio.sleep(0.01)
        status, body = await gateway.post(client, "lex", make_event("hello"))
        assert (status, body["error"]["name"]) == (503, "botbridge.error.overloaded")
        assert running.lex.requests == []
        hold.release.set()
        status, body = await under_way
        assert (status, body["messages"][0]) == (200, "Hello!")
        code, log = await gateway.end()
    assert code == 0
    assert "Traceback" not in log


async def test_a_turn_that_outlasts_the_drain_does_not_hold_the_process(running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    running.function.faults.add(Fault(kind="hang"))
    arguments = ("--config", str(tmp_path), "--port", "0", "--drain-timeout", "0.1")
    async with serve(*arguments) as gateway, aiohttp.ClientSession() as client:
        lost = asyncio.ensure_future(gateway.post(client, "function", make_event("hello")))
        while not running.function.requests:
            await asyncio.sleep(0.01)
        gateway.process.send_signal(signal.SIGTERM)
        code, log = await gateway.end()
        await asyncio.wait({lost})
        assert lost.exception() is not None
    assert code == 0
    assert "drain-timed-out" in log


async def test_sighup_serves_what_the_files_say_now_or_changes_nothing(running: Running, tmp_path: Path) -> None:
    account = make_account(running)
    write_accounts(tmp_path, account)
    async with serve("--config", str(tmp_path), "--port", "0") as gateway, aiohttp.ClientSession() as client:
        assert (await gateway.post(client, "new", make_event("hello")))[0] == 404
        account["bots"]["new"] = account["bots"]["function"]
        write_accounts(tmp_path, account)
        gateway.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(10):
            while (await gateway.post(client, "new", make_event("hello")))[0] != 200:
                await asyncio.sleep(0.02)
        (tmp_path / "account-0.yaml").write_text("account: [")
        gateway.process.send_signal(signal.SIGHUP)
        refused = await gateway.read_log_until("reload-refused")
        assert (await gateway.post(client, "new", make_event("hello")))[0] == 200
        gateway.process.send_signal(signal.SIGTERM)
        assert (await gateway.end())[0] == 0
    assert refused["problems"][0].startswith(f"{tmp_path}/account-0.yaml:1: ")


async def until_served(gateway: Process, client: aiohttp.ClientSession, bot: str) -> None:
    async with asyncio.timeout(10):
        while (await gateway.post(client, bot, make_event("hello")))[0] != 200:
            await asyncio.sleep(0.02)


async def test_a_file_that_changes_is_served_and_a_half_written_one_is_not(running: Running, tmp_path: Path) -> None:
    account = make_account(running)
    write_accounts(tmp_path, account)
    file = tmp_path / "account-0.yaml"
    async with serve("--config", str(tmp_path), "--port", "0") as gateway, aiohttp.ClientSession() as client:
        account["bots"]["new"] = account["bots"]["function"]
        write_accounts(tmp_path, account)
        await until_served(gateway, client, "new")
        account["bots"]["newer"] = account["bots"].pop("lex")
        write_accounts(tmp_path, account)
        whole = file.read_bytes()
        file.write_bytes(whole[: whole.index(b"vendor:") + len("ven")])
        refused = await gateway.read_log_until("reload-refused")
        assert (await gateway.post(client, "lex", make_event("hello")))[0] == 200
        file.write_bytes(whole)
        await until_served(gateway, client, "newer")
        assert (await gateway.post(client, "lex", make_event("hello")))[0] == 404
        gateway.process.send_signal(signal.SIGTERM)
        assert (await gateway.end())[0] == 0
    assert refused["problems"][0].startswith(f"{file}:")


async def test_who_does_not_watch_serves_a_changed_file_only_when_asked(running: Running, tmp_path: Path) -> None:
    account = make_account(running)
    write_accounts(tmp_path, account)
    arguments = ("--config", str(tmp_path), "--port", "0")
    async with (
        serve(*arguments, "--no-watch") as deaf,
        serve(*arguments) as gateway,
        aiohttp.ClientSession() as client,
    ):
        # Two changes: when the watching one has seen the second, the other would long have seen the first.
        for bot in ("first", "second"):
            account["bots"][bot] = account["bots"]["function"]
            write_accounts(tmp_path, account)
            await until_served(gateway, client, bot)
        assert (await deaf.post(client, "first", make_event("hello")))[0] == 404
        deaf.process.send_signal(signal.SIGHUP)
        await until_served(deaf, client, "second")


async def test_the_log_has_one_line_per_turn_and_no_word_of_anybody(running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    async with serve("--config", str(tmp_path), "--port", "0") as gateway, aiohttp.ClientSession() as client:
        for text in ("my secret wish", "hello", "break", "invalid custom payload with my secret wish"):
            for bot in ("lex", "function"):
                await gateway.post(client, bot, make_event(text))
        await gateway.post(client, "function", {"convId": "c-1", "message": {"secret": "wish"}})
        gateway.process.send_signal(signal.SIGTERM)
        _, log = await gateway.end()
    turns = [line for line in map(orjson.loads, log.splitlines()) if line["event"] == "turn"]
    assert len(turns) == 8
    first = turns[0]
    assert {
        key: first[key] for key in ("account", "bot", "vendor", "conversation", "outcome", "attempts", "level")
    } == {
        "account": "83482904",
        "bot": "lex",
        "vendor": "lex-v2",
        "conversation": "c-1",
        "outcome": "answered",
        "attempts": 1,
        "level": "info",
    }
    assert set(first["ms"]) == {"queue", "vendor", "read", "total"}
    failed = next(turn for turn in turns if turn["outcome"] == "failed")
    assert failed["code"].endswith("lex.send-query")
    assert (failed["attempts"], failed["failure"]) == (3, "throttled")
    for word in ("secret", "wish", "Hello!", KEY, "lex-emulator"):
        assert word not in log


async def test_every_setting_can_come_from_the_environment(running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    environ = {"BOTBRIDGE_CONFIG": str(tmp_path), "BOTBRIDGE_PORT": "0", "BOTBRIDGE_LOG_LEVEL": "error"}
    async with serve(environ=environ) as gateway, aiohttp.ClientSession() as client:
        assert (await gateway.post(client, "function", make_event("hello")))[0] == 200
        gateway.process.send_signal(signal.SIGTERM)
        assert await gateway.end() == (0, "")


async def run(*arguments: str, standard_input: bytes = b"") -> tuple[int, str, str]:
    """Run a command to its end; give its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        BOTBRIDGE,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(standard_input)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_serve_tells_every_problem_of_the_account_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("account: '1'\nbots: {x: {vendor: lex-v3}}\nextra: 1\n")
    code, out, err = await run("serve", "--config", str(tmp_path))
    assert (code, out) == (1, "")
    assert len(err.splitlines()) >= 2
    assert all(line.startswith(f"{tmp_path}/a.yaml:") for line in err.splitlines())


async def test_a_port_in_use_is_told_in_one_line(running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    port = running["lex"].rpartition(":")[2]
    code, out, err = await run("serve", "--config", str(tmp_path), "--port", port, "--log-level", "error")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith(f"botbridge: cannot listen on 127.0.0.1:{port}: ")


@pytest.mark.parametrize("arguments", [("--workers", "2"), ("--store", "mongodb://localhost"), ("--log-level", "loud")])
async def test_what_this_version_lacks_is_refused(arguments: tuple[str, str], running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    code, _, err = await run("serve", "--config", str(tmp_path), *arguments)
    assert code == 2
    assert arguments[0] in err


async def test_the_demo_plays_a_conversation_with_every_vendor_and_ends() -> None:
    code, out, err = await run("demo", "--once")
    assert (code, err) == (0, "")
    for heading in (
        "Amazon Lex V2",
        "Google Dialogflow ES",
        "Google Dialogflow CX",
        "IBM Watson Assistant V2",
        "IBM Watson Assistant V1",
        "a function",
        "through the Custom Endpoint",
    ):
        assert heading in out
    for part in ("bot < Hello!", "rich <", "replies <", "delay <", "private <", "action < TRANSFER", "error < com."):
        assert out.count(part) >= 6


async def test_a_connection_is_tested(running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    code, out, err = await run("test-connection", "--config", str(tmp_path), "83482904", "lex")
    assert (code, err) == (0, "")
    assert out.startswith("lex-v2 answered in ")
    running.lex.faults.add(Fault(error="AccessDeniedException", status=403))
    code, out, err = await run("test-connection", "--config", str(tmp_path), "83482904", "lex")
    assert (code, out) == (1, "")
    first, facts, remedy = err.splitlines()
    assert first.endswith("aivendor.lex.send-query")
    assert "403" in facts
    assert remedy.startswith("Remedy: ")
    assert len(running.lex.requests) == 2


@pytest.mark.parametrize(
    ("bot", "code"),
    [
        ("function", "com.liveperson.bot-connectors-worker.error.aivendor.faas.testConnection"),
        ("dialogflow-cx", "com.liveperson.bot-connectors-worker.error.aivendor.dialogflowcx.test-connection"),
    ],
)
async def test_a_failed_connection_test_names_liveperson_s_own_code(
    bot: str, code: str, running: Running, tmp_path: Path
) -> None:
    write_accounts(tmp_path, make_account(running))
    getattr(running, bot.partition("-")[0]).faults.add(Fault(status=500))
    status, out, err = await run("test-connection", "--config", str(tmp_path), "83482904", bot)
    assert (status, out) == (1, "")
    assert err.splitlines()[-1] == f"LivePerson's own connection test tells this as {code}"


async def test_a_bot_that_is_not_there_is_told_with_those_that_are(running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    code, _, err = await run("test-connection", "--config", str(tmp_path), "83482904", "lax")
    assert code == 1
    bots = "dialogflow, dialogflow-cx, dialogflow-cx-grpc, function, lex, watson, watson-v1"
    assert err == f"account 83482904 has no bot 'lax'; it has: {bots}\n"


async def test_chat_talks_shows_what_went_over_the_wire_and_ends(running: Running, tmp_path: Path) -> None:
    write_accounts(tmp_path, make_account(running))
    lines = b"/welcome\nhello\n/raw\n/what\nbreak\n/quit\nnever said\n"
    code, out, _ = await run("chat", "--config", str(tmp_path), "83482904", "function", standard_input=lines)
    assert code == 0
    assert "bot < Welcome to the parcel desk." in out
    assert "bot < Hello!" in out
    assert '"message": "hello"' in out
    assert '"intentName": "Greeting"' in out
    assert "no such command" in out
    assert "aivendor.faas.invoke-lambda" in out
    assert "Remedy: " in out
    assert len(running.function.requests) == 3


async def test_emulate_says_where_each_vendor_is() -> None:
    process = await asyncio.create_subprocess_exec(BOTBRIDGE, "emulate", stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(20):
        named = [(await process.stdout.readline()).decode().split() for _ in range(4)]
    assert [name for name, _ in named] == ["lex", "watson", "dialogflow", "function"]
    async with aiohttp.ClientSession() as client:
        for _, url in named:
            assert (await client.get(f"{url}/_emulator/requests")).status == 200
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        assert await process.wait() == 0


async def test_help_names_every_command() -> None:
    code, out, _ = await run("--help")
    assert code == 0
    for command in ("serve", "check", "test-connection", "chat", "demo", "emulate", "errors", "schema"):
        assert command in out
        assert (await run(command, "--help"))[0] == 0
