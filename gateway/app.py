"""The composition root of `botbridge serve`: a runtime behind HTTP, from the first line it prints to a clean end."""

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from aiohttp import web

from config.loader import LoadedAccounts, load_accounts
from config.problems import ConfigProblems
from gateway.ingress.auth import ApiKeys
from gateway.ingress.errors import answer_errors
from gateway.ingress.events import MAX_BODY, post_event
from gateway.ingress.keys import GATE, METRICS, PIPELINE, SERVED, Served, ServedAccount
from gateway.ingress.operations import get_healthz, get_metrics, get_readyz
from gateway.ingress.status import get_status
from gateway.resilience.limiter import Gate
from gateway.runtime import Runtime, RuntimeSettings
from gateway.sessions.backends import REPEAT_TTL, SESSION_TTL
from gateway.telemetry.logging import get_logger

_log = get_logger("app")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """What `botbridge serve` was told."""

    config: Path
    host: str = "127.0.0.1"
    port: int = 8080
    drain_timeout: float = 30.0
    """Seconds that turns under way are given when the process is told to end."""
    max_in_flight: int = 10_000
    """Turns at once in this process; more get 503."""
    max_delay: int = 300
    store: str = field(default="memory", repr=False)
    """`memory`, `sqlite:///PATH` or `redis://…`, which may hold a password."""
    store_key: str | None = field(default=None, repr=False)
    session_ttl: float = SESSION_TTL
    repeat_ttl: float = REPEAT_TTL


class Server:
    """The gateway behind one listening socket. An asynchronous context: it serves from entry to exit."""

    def __init__(self, accounts: LoadedAccounts, settings: ServeSettings) -> None:
        self._accounts = accounts
        self._settings = settings
        self._held = AsyncExitStack()
        self.gate = Gate(settings.max_in_flight)
        self.runtime = Runtime(accounts.accounts, _make_runtime_settings(settings))
        self.url = ""

    async def __aenter__(self) -> Self:
        """Open the bots and listen; `url` tells where."""
        async with AsyncExitStack() as held:
            await held.enter_async_context(self.runtime)
            self._served = self._serve(self._accounts)
            runner = web.AppRunner(self._make_application(), access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            held.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, self._settings.host, self._settings.port, backlog=1024)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            self._held = held.pop_all()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Stop listening and let go of everything; `drain` first to lose nothing."""
        await self._held.aclose()

    async def reload(self) -> None:
        """Read the account files again: all are valid, or nothing changes."""
        try:
            accounts = await asyncio.to_thread(load_accounts, self._settings.config, os.environ)
        except ConfigProblems as found:
            _log.error("reload-refused", problems=[str(problem) for problem in found.problems])
            return
        await self.runtime.serve_accounts(accounts.accounts)
        renewed = self._serve(accounts)
        self._served.accounts, self._served.api_keys = renewed.accounts, renewed.api_keys
        _log.info("reloaded", accounts=len(renewed.accounts), bots=len(self.runtime.bots))

    def _serve(self, loaded: LoadedAccounts) -> Served:
        accounts = {}
        for account in loaded.accounts:
            bots = {name: bot for (owner, name), bot in self.runtime.bots.items() if owner == account.account}
            accounts[account.account] = ServedAccount(bots, is_open=account.auth is None)
        keys = {
            account.account: [key.get_secret_value() for key in account.auth.api_keys]
            for account in loaded.accounts
            if account.auth is not None
        }
        return Served(accounts, ApiKeys(keys))

    def _make_application(self) -> web.Application:
        application = web.Application(middlewares=[answer_errors], client_max_size=MAX_BODY)
        application[SERVED] = self._served
        application[PIPELINE] = self.runtime.pipeline
        application[GATE] = self.gate
        application[METRICS] = self.runtime.metrics
        application.router.add_post("/v1/accounts/{account}/bots/{bot}/events", post_event)
        application.router.add_get("/v1/accounts/{account}/bots/{bot}/status", get_status)
        application.router.add_get("/healthz", get_healthz)
        application.router.add_get("/readyz", get_readyz)
        application.router.add_get("/metrics", get_metrics)
        return application


def _make_runtime_settings(settings: ServeSettings) -> RuntimeSettings:
    return RuntimeSettings(
        max_delay=settings.max_delay,
        store=settings.store,
        store_key=settings.store_key,
        session_ttl=settings.session_ttl,
        repeat_ttl=settings.repeat_ttl,
    )


def raise_open_files() -> None:
    """Let the process open as many files as it is allowed: a turn holds two sockets, and the usual soft limit is 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # some systems name a hard limit that they do not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def serve(settings: ServeSettings, accounts: LoadedAccounts, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then drain; SIGHUP reloads the account files. `announce` gets the URL."""
    raise_open_files()
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    hang_up = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, hang_up.set)
    async with Server(accounts, settings) as server:
        announce(server.url)
        async with asyncio.TaskGroup() as tasks:
            reloading = tasks.create_task(_reload_on(hang_up, server))
            await stop.wait()
            reloading.cancel()
        _log.info("draining", in_flight=server.gate.in_flight)
        if not await server.gate.drain(settings.drain_timeout):
            _log.warning("drain-timed-out", in_flight=server.gate.in_flight)


async def _reload_on(hang_up: asyncio.Event, server: Server) -> None:
    while True:
        await hang_up.wait()
        hang_up.clear()
        try:
            await server.reload()
        except Exception as fault:  # noqa: BLE001 - a reload that fails must leave the old configuration serving
            _log.error("reload-failed", exc_info=fault)
