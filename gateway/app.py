"""The composition root of `botbridge serve`: a runtime behind HTTP, from the first line it prints to a clean end."""

import asyncio
import contextlib
import gc
import resource
import signal
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from aiohttp import web
from pydantic import SecretStr

from config.loader import LoadedAccounts
from config.watch import AccountWatch
from gateway.console.settings import ConsoleSettings
from gateway.endpoint import EndpointServer
from gateway.ingress.auth import ApiKeys
from gateway.ingress.call import MAX_BODY, Handler
from gateway.ingress.connections import Runner
from gateway.ingress.custom_endpoint import ENDPOINT, ENDPOINT_EVENTS, EndpointDoor, add_endpoint_routes
from gateway.ingress.errors import answering_errors, to_route
from gateway.ingress.events import EVENTS, EventDoor
from gateway.ingress.keys import GATE, METRICS, SERVED, Served, ServedAccount
from gateway.ingress.openapi import OPENAPI, get_openapi, load_document
from gateway.ingress.operations import get_healthz, get_metrics, get_readyz
from gateway.ingress.signatures import SeenSignatures, Signatures
from gateway.ingress.status import get_status
from gateway.reloading import Reloader
from gateway.resilience.limiter import Gate
from gateway.resilience.pacer import Pacer
from gateway.runtime import Runtime, RuntimeSettings
from gateway.sessions.backends import REPEAT_TTL, SESSION_TTL
from gateway.telemetry.logging import get_logger
from gateway.telemetry.metrics import SharedMetrics

if TYPE_CHECKING:
    from gateway.console.console import Console

_log = get_logger("app")

COLLECT_AFTER: Final = (10_000, 50, 100)
"""After how many objects the garbage collector looks at the youngest, and how many times more seldom at the older ones.

A turn makes hardly any cycles. With Python's own thresholds, made for small programs, thousands of turns in flight are looked
through again and again, which takes almost half of the CPU time.
"""


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
    shared_metrics: SharedMetrics | None = None
    """Given to each of several workers, who also share the port; None where one process serves alone."""
    console: ConsoleSettings | None = None
    """None: no console, and nothing is done for one."""


class Server:
    """The gateway behind one listening socket. An asynchronous context: it serves from entry to exit."""

    def __init__(self, accounts: LoadedAccounts, settings: ServeSettings) -> None:
        self._accounts = accounts
        self._settings = settings
        self._held = AsyncExitStack()
        self.gate = Gate(settings.max_in_flight)
        self.runtime = Runtime(accounts.accounts, _make_runtime_settings(settings))
        self._seen_signatures = SeenSignatures(self.runtime.clock)
        self._console: Console | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        """Open the bots and listen; `url` tells where."""
        async with AsyncExitStack() as held:
            await held.enter_async_context(self.runtime)
            self._served = self._serve(self._accounts)
            self.endpoint = EndpointServer(self.runtime, self._accounts.accounts)
            held.push_async_callback(self.endpoint.close)
            self._openapi = await asyncio.to_thread(load_document)
            doors = self._make_doors()
            self.application = self._make_application(doors)
            if self._settings.console is not None:
                from gateway.console_parts import make_console  # noqa: PLC0415 - the others start without it

                console = make_console(self._settings.console, self._accounts.accounts, self.runtime, self.gate)
                console.add_to(self.application)
                self._console = await held.enter_async_context(console)
            runner = Runner(self.application, doors, access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            held.push_async_callback(runner.cleanup)
            site = web.TCPSite(
                runner,
                self._settings.host,
                self._settings.port,
                backlog=1024,
                reuse_port=self._settings.shared_metrics is not None,
            )
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            self._held = held.pop_all()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Stop listening and let go of everything; `drain` first to lose nothing."""
        await self._held.aclose()

    async def serve_accounts(self, accounts: LoadedAccounts) -> None:
        """Serve these from now on; turns under way end on what they began with."""
        await self.endpoint.prepare(accounts.accounts)
        await self.runtime.serve_accounts(accounts.accounts)
        renewed = self._serve(accounts)
        self._served.accounts, self._served.api_keys = renewed.accounts, renewed.api_keys
        self._served.signatures = renewed.signatures
        self.endpoint.serve_accounts(accounts.accounts)
        if self._console is not None:
            from gateway.console_parts import make_cards  # noqa: PLC0415 - as above

            self._console.show(make_cards(accounts.accounts))
        _log.info("reloaded", accounts=len(renewed.accounts), bots=len(self.runtime.bots))

    async def drain(self) -> None:
        """Refuse what is new and finish what is under way, as far as `drain_timeout` allows."""
        _log.info("draining", in_flight=self.gate.in_flight)
        if self._console is not None:
            self._console.feed.close()
        if not await self.gate.drain(self._settings.drain_timeout):
            _log.warning("drain-timed-out", in_flight=self.gate.in_flight)

    def _serve(self, loaded: LoadedAccounts) -> Served:
        accounts = {
            account.account: ServedAccount(self.runtime.find_bots(account.account), is_open=account.auth is None)
            for account in loaded.accounts
        }
        guarded = {account.account: account.auth for account in loaded.accounts if account.auth is not None}
        keys = {name: _reveal(auth.api_keys) for name, auth in guarded.items()}
        secrets = {name: _reveal(auth.signing_secrets) for name, auth in guarded.items()}
        return Served(accounts, ApiKeys(keys), Signatures(secrets, self._seen_signatures))

    def _make_doors(self) -> dict[str, Handler]:
        """Make what answers events, by path."""
        parts = (self.runtime.pipeline, self.gate, Pacer())
        return {
            EVENTS: EventDoor(self._served, *parts).post_event,
            ENDPOINT_EVENTS: EndpointDoor(self.endpoint.served, *parts).post_event,
        }

    def _make_application(self, doors: Mapping[str, Handler]) -> web.Application:
        application = web.Application(client_max_size=MAX_BODY)
        application[SERVED] = self._served
        application[GATE] = self.gate
        application[METRICS] = self.runtime.metrics
        application[ENDPOINT] = self.endpoint.served
        application[OPENAPI] = self._openapi
        for path, handler in doors.items():
            application.router.add_post(path, to_route(handler))
        application.router.add_get("/v1/accounts/{account}/bots/{bot}/status", answering_errors(get_status))
        add_endpoint_routes(application)
        application.router.add_get("/healthz", answering_errors(get_healthz))
        application.router.add_get("/readyz", answering_errors(get_readyz))
        application.router.add_get("/metrics", answering_errors(get_metrics))
        application.router.add_get("/openapi.json", answering_errors(get_openapi))
        return application


def _reveal(secrets: Iterable[SecretStr] | None) -> list[str]:
    return [secret.get_secret_value() for secret in secrets or ()]


def _make_runtime_settings(settings: ServeSettings) -> RuntimeSettings:
    return RuntimeSettings(
        max_delay=settings.max_delay,
        store=settings.store,
        store_key=settings.store_key,
        session_ttl=settings.session_ttl,
        repeat_ttl=settings.repeat_ttl,
        shared_metrics=settings.shared_metrics,
    )


def raise_open_files() -> None:
    """Let the process open as many files as it is allowed: a turn holds two sockets, and the usual soft limit is 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # some systems name a hard limit that they do not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def catch(*numbers: signal.Signals) -> asyncio.Event:
    """Give what is set by any of these signals from now on."""
    caught = asyncio.Event()
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, caught.set)
    return caught


def spare_the_collector() -> None:
    """Take what start-up has made out of the garbage collector's rounds: SDKs, models and tables live as long as the process.

    Otherwise every full collection walks over all of them, again and again while turns come and go. The commands start with
    the collector at rest, which saves a seventh of their time; from here on it works.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


async def serve(
    settings: ServeSettings,
    accounts: LoadedAccounts,
    announce: Callable[[str], None],
    *,
    watch: AccountWatch | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain. `announce` gets the URL.

    SIGHUP, or what `watch` sees, reloads the account files.
    """
    raise_open_files()
    stop, hang_up = catch(signal.SIGTERM, signal.SIGINT), catch(signal.SIGHUP)
    async with Server(accounts, settings) as server:
        spare_the_collector()
        announce(server.url)
        async with asyncio.TaskGroup() as tasks:
            reloader = Reloader(settings.config, server.serve_accounts, watch, known=accounts)
            reloading = tasks.create_task(reloader.follow(hang_up))
            await stop.wait()
            reloading.cancel()
        await server.drain()
