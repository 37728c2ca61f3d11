"""Watch a server's event loop and memory while something else goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from load.bench.meters import read_memory
from load.bench.processes import ROOT, module


@dataclass(slots=True)
class Watched:
    """What was seen."""

    lags: list[float] = field(default_factory=list)
    """Seconds that `/healthz` took, a few dozen times a second; there when the watch has ended."""
    peak: float = 0.0
    """MiB at most."""


@asynccontextmanager
async def watch(url: str, pid: int, file: Path) -> AsyncIterator[Watched]:
    """Watch from entry to exit; `file` is written on the way."""
    watched = Watched(peak=read_memory(pid))
    prober = await asyncio.create_subprocess_exec(
        *module("probe", url, str(file)), cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert prober.stdout is not None  # noqa: S101 - asked for just above
    try:
        await prober.stdout.readline()
        watching = asyncio.ensure_future(_watch_memory(pid, watched))
        try:
            yield watched
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
    finally:
        await prober.communicate(b"")  # closes its standard input, which ends it
    watched.lags = [float(line) for line in (await asyncio.to_thread(file.read_text, "ascii")).split()]


async def _watch_memory(pid: int, watched: Watched) -> None:
    while True:
        watched.peak = max(watched.peak, read_memory(pid))
        await asyncio.sleep(0.05)


async def set_delay(vendor: str, seconds: float) -> None:
    """Have the vendor take this long from now on."""
    async with aiohttp.ClientSession() as client, client.get(f"{vendor}/_delay/{seconds}") as answer:
        answer.raise_for_status()
