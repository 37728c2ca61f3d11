"""`botbridge serve --console` as a process: when it refuses to start, how it ends, and several workers."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from emulators.server import Running
from tests.console_gateway import INDEX, TOKEN, of_bot, open_browser, write_pages
from tests.gateways import make_account, make_event, write_accounts
from tests.redis_server import redis_server
from tests.scenario.test_process import BOTBRIDGE, Process

NO_TOKEN = "--console needs --console-token (or BOTBRIDGE_CONSOLE_TOKEN): what operators sign in with"


async def run(*arguments: str, **environ: str) -> tuple[int, str]:
    """Run `botbridge serve` to its end; give the exit code and what it says, without the frame of a usage error."""
    process = await asyncio.create_subprocess_exec(
        BOTBRIDGE,
        "serve",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "COLUMNS": "300", "TERM": "dumb", **environ},
    )
    async with asyncio.timeout(20):
        out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, re.sub(r"[^\x20-\x7e]|\s+", " ", out.decode())


@asynccontextmanager
async def serve(running: Running, directory: Path, store: str, *, workers: int) -> AsyncIterator[Process]:
    """Serve with the console in a process, or several."""
    (directory / "accounts").mkdir()
    write_accounts(directory / "accounts", make_account(running))
    pages = write_pages(directory / "pages")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.console_server", str(directory / "accounts"), str(pages), store, str(workers)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode()
        assert line.startswith("listening on http://127.0.0.1:"), (await process.communicate())[1].decode()
        yield Process(process, line.removeprefix("listening on ").strip())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize(
    ("arguments", "environ", "problem"),
    [
        (["--console"], {}, NO_TOKEN),
        ([], {"BOTBRIDGE_CONSOLE": "true"}, NO_TOKEN),
        (["--console", "--console-token", " , "], {}, NO_TOKEN),
        (
            ["--console"],
            {"BOTBRIDGE_CONSOLE_TOKEN": "shortly"},
            "token 1 of --console-token has fewer than 16 characters",
        ),
        (
            ["--console", "--console-token", f"{TOKEN},sha256:12"],
            {},
            "token 2 of --console-token: after sha256: come 64 hexadecimal digits",
        ),
    ],
)
async def test_it_does_not_start_without_a_good_token(
    arguments: list[str], environ: dict[str, str], problem: str, tmp_path: Path
) -> None:
    code, out = await run("--config", str(tmp_path), *arguments, **environ)
    assert code == 2
    assert problem in out
    assert "shortly" not in out


async def test_sigterm_ends_open_streams_at_once(running: Running, tmp_path: Path) -> None:
    async with serve(running, tmp_path, "memory", workers=1) as gateway, open_browser(gateway.url) as operator:
        assert (await operator.call("GET", "")).body == INDEX
        await operator.sign_in()
        async with operator.listen() as stream:
            gateway.process.send_signal(signal.SIGTERM)
            await stream.end()
        code, log = await gateway.end()
    assert code == 0
    assert "Traceback" not in log
    assert TOKEN not in log


async def test_every_worker_knows_the_session_and_shows_the_turns_of_all(running: Running, tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        async with serve(running, tmp_path, redis.url, workers=2) as gateway, open_browser(gateway.url) as operator:
            await operator.sign_in()
            cookie = next(iter(operator.client.cookie_jar))
            for number in range(12):
                # A connection each, so that the system deals them out to both.
                async with (
                    aiohttp.ClientSession() as client,
                    open_browser(gateway.url) as other,
                ):
                    status, _ = await gateway.post(client, "function", make_event("hello", conversation=str(number)))
                    assert status == 200
                    other.client.cookie_jar.update_cookies({cookie.key: cookie.value})
                    assert (await other.call("GET", "api/session")).status == 200
            figures = f"{of_bot('function').removeprefix('api/')}/figures"
            await operator.until(figures, lambda found: found["totals"]["conversations"] == 12)
            gateway.process.send_signal(signal.SIGTERM)
            code, log = await gateway.end()
    assert code == 0
    assert "Traceback" not in log
