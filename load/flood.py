"""Many turns in flight at once against a vendor that takes its time: `make flood`.

All must be answered by one process, in bounded memory. The vendor here is a bare server that answers after a fixed delay; it and
the gateway are processes of their own.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import aiohttp
import orjson
import typer
from aiohttp import web
from rich.console import Console
from ruamel.yaml import YAML

from load.bench import read_cpu, read_memory, run

SLOW_VENDOR = "slow-vendor"


async def be_slow(delay: float) -> None:
    """Be the vendor: answer every message after `delay` seconds; print the address, and run until ended."""

    async def answer(_request: web.Request) -> web.Response:
        await asyncio.sleep(delay)
        return web.json_response({"messages": ["at last"], "context": {}})

    application = web.Application()
    application.router.add_post("/bot", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    typer.echo(f"http://127.0.0.1:{runner.addresses[0][1]}/bot")
    await asyncio.Event().wait()


async def flood(turns: int, delay: float) -> None:
    """Send all turns at once and print what became of them."""
    vendor = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "load.flood", "--delay", str(delay), "--be", SLOW_VENDOR, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert vendor.stdout is not None  # noqa: S101 - asked for just above
        url = (await vendor.stdout.readline()).decode().strip()
        with tempfile.TemporaryDirectory() as directory:
            with (Path(directory) / "flood.yaml").open("w", encoding="utf-8") as file:
                bots = {"slow": {"vendor": "function", "settings": {"url": url}}}
                YAML(typ="safe").dump({"account": "flood", "bots": bots}, file)
            arguments = ("serve", "--config", directory, "--port", "0", "--log-level", "error")
            async with run(*arguments, lines=1) as (pid, printed):
                base = printed[0].removeprefix("listening on ")
                await send(f"{base}/v1/accounts/flood/bots/slow/events", turns, pid)
    finally:
        vendor.terminate()
        await vendor.wait()


async def send(url: str, turns: int, pid: int) -> None:
    """Send and count."""
    statuses: dict[int, int] = {}
    peak = before = read_memory(pid)

    async def one(session: aiohttp.ClientSession, number: int) -> None:
        body = orjson.dumps({"convId": f"conversation-{number}", "message": "hello"})
        async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
            await answer.read()
            statuses[answer.status] = statuses.get(answer.status, 0) + 1

    cpu, began = read_cpu(pid), time.perf_counter()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        sending = [asyncio.ensure_future(one(session, number)) for number in range(turns)]
        while not all(turn.done() for turn in sending):
            await asyncio.wait(sending, timeout=0.1)
            peak = max(peak, read_memory(pid))
        for turn in sending:
            turn.result()
    seconds = time.perf_counter() - began
    Console().print(
        f"{turns} turns at once: {statuses} in {seconds:.1f} s, {(read_cpu(pid) - cpu) / turns * 1e6:.0f} µs of CPU each, "
        f"{before:.0f} MiB before, {peak:.0f} MiB at most"
    )


def main(
    turns: Annotated[int, typer.Option(help="Turns at once.")] = 5000,
    delay: Annotated[float, typer.Option(help="Seconds that the vendor takes.")] = 2.0,
    be: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Flood the gateway."""
    asyncio.run(be_slow(delay) if be == SLOW_VENDOR else flood(turns, delay))


if __name__ == "__main__":
    typer.run(main)
