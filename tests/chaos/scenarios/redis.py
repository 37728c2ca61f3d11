"""Two gateways that share conversations through a Redis that fails: `redis: KIND`, `redis: restarted`, `redis: fail-over`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Final, TypeAlias

from redis.asyncio import Redis

from tests.chaos.figures import Figures
from tests.chaos.forwarder import Forwarder
from tests.chaos.proxy import FaultProxy, Kind, Trouble
from tests.chaos.rig import TOTAL, Setting, Vendors, converse, measured, open_servers, open_vendors
from tests.chaos.scenarios.vendors import recover
from tests.redis_server import RedisServer, redis_server

BOTS: Final = ("function", "watson")
TROUBLES: Final = {
    Kind.CUT_AT_CONNECT: Trouble(kind=Kind.CUT_AT_CONNECT, share=0.5),
    Kind.CUT_IN_REQUEST: Trouble(kind=Kind.CUT_IN_REQUEST, within=6000),
    Kind.CUT_IN_ANSWER: Trouble(kind=Kind.CUT_IN_ANSWER, within=1500),
    Kind.RESET: Trouble(kind=Kind.RESET, within=1500),
    Kind.DELAY: Trouble(kind=Kind.DELAY, within=300, seconds=0.3),
    Kind.HALF_OPEN: Trouble(kind=Kind.HALF_OPEN, within=6000),
    Kind.DRIP: Trouble(kind=Kind.DRIP, within=300, seconds=0.01),
    Kind.GARBAGE: Trouble(kind=Kind.GARBAGE, within=1500),
}
Break: TypeAlias = Callable[[], Awaitable[None]]
CUT_OFF: Final = 2.0
PATIENT: Final = 6.0
"""Seconds for a turn there: longer than the cut."""
PAUSE: Final = 0.6
"""Seconds that Redis is away."""


async def play_fault(setting: Setting, kind: Kind) -> Figures:
    """Send every event twice at once, while the connections to Redis fail; Redis itself is well."""
    with measured(f"redis: {kind}") as figures, redis_server(setting.directory) as redis:
        async with (
            open_vendors(setting) as vendors,
            FaultProxy("127.0.0.1", redis.port, seed=setting.seed) as proxy,
            open_servers(setting, vendors.account, stores=[_through(proxy)] * 2) as servers,
            Forwarder(figures, [server.url for server in servers], deadline=TOTAL, seed=setting.seed) as forwarder,
        ):
            proxy.trouble = TROUBLES[kind]
            proxy.reset_all()  # so that the connections made at start-up are made again, in trouble
            await converse(forwarder, setting, BOTS, copies=2)
            proxy.trouble = None
            await _recover(forwarder, vendors)
            figures.faults = sum(proxy.struck.values())
            if not figures.faults:
                figures.problems.append("no fault was played: the scenario shows nothing")
    return figures


async def play_cut_off(setting: Setting) -> Figures:
    """Cut off one gateway of two from Redis, in turn, for a moment that is shorter than its lease, while turns are under way."""
    with measured("redis: one of two cut off") as figures, redis_server(setting.directory) as redis:
        async with AsyncExitStack() as opened:
            timeouts = {"attempt": PATIENT, "total": PATIENT}
            vendors = await opened.enter_async_context(open_vendors(setting, timeouts=timeouts))
            proxies = [
                await opened.enter_async_context(FaultProxy("127.0.0.1", redis.port, seed=setting.seed))
                for _ in range(2)
            ]
            stores = [_through(proxy) for proxy in proxies]
            servers = await opened.enter_async_context(open_servers(setting, vendors.account, stores=stores))
            urls = [server.url for server in servers]
            forwarder = await opened.enter_async_context(Forwarder(figures, urls, deadline=PATIENT, seed=setting.seed))
            breaks = [partial(_cut_off, proxy) for proxy in proxies]
            await _break_meanwhile(forwarder, setting, vendors, breaks, copies=2)
    return figures


async def _cut_off(proxy: FaultProxy) -> None:
    proxy.trouble = Trouble(kind=Kind.HALF_OPEN)
    proxy.silence_all()
    await asyncio.sleep(CUT_OFF)
    proxy.trouble = None
    proxy.reset_all()


async def play_restart(setting: Setting) -> Figures:
    """Kill Redis under load, with all that it holds, and start it again a moment later."""
    with measured("redis: restarted") as figures, redis_server(setting.directory) as redis:
        async with (
            open_vendors(setting) as vendors,
            open_servers(setting, vendors.account, stores=[redis.url] * 2) as servers,
            Forwarder(figures, [server.url for server in servers], deadline=TOTAL, seed=setting.seed) as forwarder,
        ):

            async def restart() -> None:
                await asyncio.to_thread(redis.stop)
                await asyncio.sleep(PAUSE)
                await asyncio.to_thread(redis.start)

            await _break_meanwhile(forwarder, setting, vendors, [restart, restart])
    return figures


async def play_fail_over(setting: Setting) -> Figures:
    """Kill Redis under load and promote its replica, which clients find at the same address when they connect again."""
    (setting.directory / "replica").mkdir()
    with (
        measured("redis: fail-over") as figures,
        redis_server(setting.directory) as primary,
        redis_server(setting.directory / "replica") as replica,
    ):
        await _replicate(primary, replica)
        async with (
            open_vendors(setting) as vendors,
            FaultProxy("127.0.0.1", primary.port, seed=setting.seed) as proxy,
            open_servers(setting, vendors.account, stores=[_through(proxy)] * 2) as servers,
            Forwarder(figures, [server.url for server in servers], deadline=TOTAL, seed=setting.seed) as forwarder,
        ):

            async def fail_over() -> None:
                await asyncio.to_thread(primary.stop)
                proxy.reset_all()
                await asyncio.sleep(PAUSE)
                async with Redis.from_url(replica.url) as client:
                    await client.replicaof("NO", "ONE")
                proxy.target = ("127.0.0.1", replica.port)

            before = await _say_before(forwarder, setting)
            await _break_meanwhile(forwarder, setting, vendors, [fail_over])
            # What the replica had before the primary died is still known: repeats do not reach the bots.
            again = await _say_before(forwarder, setting)
            if before != again:
                figures.problems.append("repeats of events from before the fail-over got other answers")
            forwarder.count_doubled(vendors.running.all)
    return figures


def _through(proxy: FaultProxy) -> str:
    return f"redis://{proxy.address}/0"


async def _replicate(primary: RedisServer, replica: RedisServer) -> None:
    """Make the second a replica of the first, and wait until it follows."""
    async with Redis.from_url(replica.url) as client, asyncio.timeout(10):
        await client.replicaof("127.0.0.1", primary.port)
        while (await client.info("replication"))["master_link_status"] != "up":
            await asyncio.sleep(0.05)


async def _say_before(forwarder: Forwarder, setting: Setting) -> list[bytes | None]:
    deliveries = [
        await forwarder.deliver(bot, f"{bot} before {number}", conversation=f"b{number}", sequence=number)
        for bot in BOTS
        for number in range(setting.events)
    ]
    return [None if delivery is None else delivery.body for delivery in deliveries]


async def _break_meanwhile(
    forwarder: Forwarder, setting: Setting, vendors: Vendors, breaks: Sequence[Break], *, copies: int = 1
) -> None:
    """Talk without pause while things break one after the other, then see that all is well again."""
    vendors.strike(Trouble(kind=Kind.DELAY, seconds=0.2))  # so that turns are under way when it happens
    stop = asyncio.Event()

    async def talk() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            await converse(forwarder, setting, BOTS, copies=copies, label=f"{number} ")

    talking = asyncio.ensure_future(talk())
    for break_it in breaks:
        await asyncio.sleep(PAUSE)
        await break_it()
        forwarder.figures.faults += 1
    await asyncio.sleep(PAUSE)
    stop.set()
    await talking
    await _recover(forwarder, vendors)


async def _recover(forwarder: Forwarder, vendors: Vendors) -> None:
    vendors.strike(None)
    await asyncio.gather(*(recover(forwarder, bot) for bot in BOTS))
    forwarder.count_doubled(vendors.running.all)
