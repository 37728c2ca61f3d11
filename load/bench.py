"""CPU time that the gateway spends per event, by vendor: `make bench`.

The emulators, the gateway and this client are three processes; only the gateway's CPU time counts, so that the figures say
what an event costs and not how fast the machine answers. Trust ratios and trends: two runs differ by some per cent.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import orjson
import typer
from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML
from yarl import URL

BOTBRIDGE = str(Path(sys.executable).with_name("botbridge"))
TICK = os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def run(*arguments: str, lines: int) -> AsyncIterator[tuple[int, list[str]]]:
    """Run a botbridge command, wait for its first lines, and end it afterwards."""
    process = await asyncio.create_subprocess_exec(BOTBRIDGE, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None  # noqa: S101 - asked for just above
    try:
        printed = [(await process.stdout.readline()).decode().strip() for _ in range(lines)]
        yield process.pid, printed
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def read_cpu(pid: int) -> float:
    """Give the CPU seconds of a process so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def read_memory(pid: int) -> float:
    """Give the resident MiB of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def write_account(directory: Path, urls: dict[str, str]) -> None:
    """Write an account with one bot per vendor."""
    bots: dict[str, Any] = {
        "lex": {
            "vendor": "lex-v2",
            "settings": {
                "region": "us-east-1",
                "bot_id": "BOTBRIDGE1",
                "bot_alias_id": "TSTALIASID",
                "locale_id": "en_US",
                "access_key_id": "AKIDEMULATOR",
                "secret_access_key": "lex-emulator",
                "endpoint_url": urls["lex"],
            },
        },
        "dialogflow": {
            "vendor": "dialogflow-es",
            "settings": {
                "project_id": "shop-1",
                "api_endpoint": URL(urls["dialogflow"]).authority,
                "insecure": True,
                "auth_type": "none",
            },
        },
        "watson": {
            "vendor": "watson-v2",
            "settings": {
                "url": urls["watson"],
                "assistant_id": "a-1",
                "apikey": "watson-emulator",
                "token_url": f"{urls['watson']}/identity/token",
            },
        },
        "function": {"vendor": "function", "settings": {"url": f"{urls['function']}/bot"}},
    }
    with (directory / "bench.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump({"account": "bench", "bots": bots}, file)


async def drive(url: str, events: int, at_once: int) -> float:
    """Send events of many conversations, `at_once` under way; give the seconds it took."""
    numbers = iter(range(events))
    lp_event = {"type": "ContentEvent", "event": {"type": "ContentEvent", "message": "hello"}, "serverTimestamp": 1}

    async def work(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            context = {"lpEvent": {**lp_event, "sequence": number}, "lpSdes": {}}
            body = orjson.dumps({"convId": f"conversation-{number % 500}", "message": "hello", "context": context})
            async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
                await answer.read()
                if answer.status != 200:
                    raise SystemExit(f"the gateway answered {answer.status}")

    began = time.perf_counter()
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(work(session))
    return time.perf_counter() - began


async def measure(events: int, at_once: int) -> list[tuple[str, float, float, float]]:
    """Give (bot, CPU microseconds per event, events per second, resident MiB) for every vendor."""
    rows = []
    async with run("emulate", lines=4) as (_, named):
        urls = dict(line.split() for line in named)
        with tempfile.TemporaryDirectory() as directory:
            write_account(Path(directory), urls)
            arguments = ("serve", "--config", directory, "--port", "0", "--log-level", "error")
            async with run(*arguments, lines=1) as (pid, printed):
                base = printed[0].removeprefix("listening on ")
                for bot in ("lex", "dialogflow", "watson", "function"):
                    url = f"{base}/v1/accounts/bench/bots/{bot}/events"
                    await drive(url, 500, at_once)
                    before = read_cpu(pid)
                    seconds = await drive(url, events, at_once)
                    cpu = (read_cpu(pid) - before) / events * 1e6
                    rows.append((bot, cpu, events / seconds, read_memory(pid)))
    return rows


def main(
    events: Annotated[int, typer.Option(help="Events per vendor.")] = 5000,
    at_once: Annotated[int, typer.Option(help="Events under way at a time.")] = 64,
) -> None:
    """Measure and print."""
    table = Table("bot", "CPU µs per event", "events per s", "MiB")
    for bot, cpu, rate, memory in asyncio.run(measure(events, at_once)):
        table.add_row(bot, f"{cpu:.0f}", f"{rate:.0f}", f"{memory:.0f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
