"""A redis-server of the bench's own, where one is installed."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from load.bench.processes import run


@asynccontextmanager
async def redis_server(directory: Path) -> AsyncIterator[str | None]:
    """Run a Redis without persistence on a free port; give its URL, or None where there is no redis-server."""
    found = shutil.which("redis-server")
    if found is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"port": str(port), "bind": "127.0.0.1", "dir": str(directory), "save": "", "appendonly": "no"}
    command = [found, *(part for name, value in options.items() for part in (f"--{name}", value))]
    async with run(*command, log=directory / "redis.log"):
        await _connect(port)
        yield f"redis://127.0.0.1:{port}/0"


async def _connect(port: int) -> None:
    """Wait until it accepts connections."""
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
