"""What the floor and the usual way have in common: a bare aiohttp server on the loop that the gateway runs on."""

import asyncio
import resource
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def serve_events(handler: Handler) -> None:
    """Answer events with this handler until ended; print the URL."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    application = web.Application()
    application.router.add_post("/v1/accounts/{account}/bots/{bot}/events", handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=8192).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201 - how it tells its address
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
