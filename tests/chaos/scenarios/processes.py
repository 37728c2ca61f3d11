"""Gateways that are killed with kill -9 under load: `processes: three on one Redis`, `processes: one on SQLite`."""

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Final

from tests.chaos.figures import Figures
from tests.chaos.forwarder import Forwarder
from tests.chaos.proxy import Kind, Trouble
from tests.chaos.rig import TOTAL, Setting, Vendors, converse, measured, open_vendors, serve
from tests.chaos.scenarios.vendors import recover
from tests.gateways import write_accounts
from tests.redis_server import redis_server

BOTS: Final = ("function", "watson")
KILLS: Final = 3
EVERY: Final = 0.7
"""Seconds between two kills."""


async def play_redis(setting: Setting) -> Figures:
    """Kill gateways of three, and start others in their place; every event is sent twice at once."""
    with measured("processes: three on one Redis") as figures, redis_server(setting.directory) as redis:
        await _kill_some(setting, figures, store=redis.url, gateways=3)
    return figures


async def play_sqlite(setting: Setting) -> Figures:
    """Kill the one gateway on a SQLite file, and start another one on it."""
    with measured("processes: one on SQLite") as figures:
        await _kill_some(setting, figures, store=f"sqlite:///{setting.directory}/store.db", gateways=1)
    return figures


async def _kill_some(setting: Setting, figures: Figures, *, store: str, gateways: int) -> None:
    chance = random.Random(f"kills/{setting.seed}")  # noqa: S311 - not for secrets
    async with open_vendors(setting) as vendors, AsyncExitStack() as opened:
        write_accounts(setting.directory, vendors.account)
        serving = await asyncio.gather(*(opened.enter_async_context(serve(setting, store)) for _ in range(gateways)))
        urls = [url for _, url in serving]
        forwarder = await opened.enter_async_context(Forwarder(figures, urls, deadline=TOTAL, seed=setting.seed))
        vendors.strike(Trouble(kind=Kind.DELAY, seconds=0.4))
        stop = asyncio.Event()
        talking = asyncio.ensure_future(_talk(forwarder, setting, stop, copies=min(2, gateways)))
        for _ in range(KILLS):
            await asyncio.sleep(EVERY)
            victim = chance.randrange(gateways)
            process, _url = serving[victim]
            process.kill()
            await process.wait()
            serving[victim] = await opened.enter_async_context(serve(setting, store))
            urls[victim] = serving[victim][1]
            figures.faults += 1
        stop.set()
        await talking
        await _end(forwarder, vendors)


async def _talk(forwarder: Forwarder, setting: Setting, stop: asyncio.Event, *, copies: int) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        await converse(forwarder, setting, BOTS, copies=copies, label=f"{number} ")


async def _end(forwarder: Forwarder, vendors: Vendors) -> None:
    vendors.strike(None)
    await asyncio.gather(*(recover(forwarder, bot) for bot in BOTS))
    forwarder.count_doubled(vendors.running.all)
    forwarder.figures.note = f"{sum(forwarder.cut_off.values())} tries cut off by a kill"
    if not forwarder.cut_off:
        forwarder.figures.problems.append("no event was under way at a kill: the scenario shows nothing")
