"""Everything a process needs to answer events, apart from HTTP: bots, vendors' clients, hooks, stores, the pipeline."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import aiohttp

from config.models import Account
from gateway import __version__
from gateway.bot import Bot
from gateway.bot_maker import BotMaker, import_what_is_needed
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.types import AccountId, BotName
from gateway.fleet import BotKey, Fleet, find_vendors
from gateway.pipeline import ERROR_HOOKS_TIME, Pipeline
from gateway.remote_hooks import HookMaker
from gateway.reporting import TurnReporter
from gateway.sessions.backends import REPEAT_TTL, SESSION_TTL, StoreSettings, make_sessions
from gateway.telemetry.metrics import Metrics, SharedMetrics
from gateway.turn import Observer
from vendors.guarded import GuardedSessions
from vendors.services import Services

if TYPE_CHECKING:
    from gateway.contract.ports import Clock

USER_AGENT: Final = f"botbridge/{__version__}"
KEEP_ALIVE: Final = 15.0
"""Seconds that an idle connection to a vendor is kept: below what vendors keep, since a turn sent on a connection that is
being closed is lost and may not be sent again."""
OPENED_AHEAD: Final = 100
"""Bots: where there are no more, all are opened before somebody talks to them. Of more, each is opened by its first turn."""


@dataclass(frozen=True, slots=True)
class RuntimeSettings:
    """What concerns the process rather than an account."""

    max_delay: int = 300
    """Seconds; a bot's longer delays are cut to it."""
    store: str = field(default="memory", repr=False)
    """`memory`, `sqlite:///PATH` or `redis://…`, which may hold a password."""
    store_key: str | None = field(default=None, repr=False)
    """Encrypts what is kept outside this process."""
    session_ttl: float = SESSION_TTL
    """Seconds that a conversation is kept after its last turn."""
    repeat_ttl: float = REPEAT_TTL
    """Seconds that a first answer is kept for repeats."""
    shared_metrics: SharedMetrics | None = None
    """Where this process is one of several workers."""


class Runtime:
    """An asynchronous context: what it makes on entry it lets go of on exit."""

    def __init__(
        self,
        accounts: Iterable[Account],
        settings: RuntimeSettings | None = None,
        *,
        observers: Iterable[Observer] = (),
    ) -> None:
        self._first_accounts = list(accounts)
        self._settings = settings or RuntimeSettings()
        self._opening: asyncio.Future[None] | None = None
        self._retired: set[asyncio.Future[None]] = set()
        self.clock: Clock = SystemClock()
        self.metrics = Metrics(self._settings.shared_metrics)
        self.fleet: Fleet | None = None
        self.bots: Mapping[BotKey, Bot] = {}
        self.environments: Mapping[BotKey, Mapping[str, Bot]] = {}
        """Of the bots that the Custom Endpoint can reach, by the environments' names."""
        self._observers: list[Observer] = [TurnReporter(self.metrics), *observers]

    async def __aenter__(self) -> Self:
        """Open the store and the shared session, and serve the accounts. Raise StoreFailed when there is no such store."""
        kept = self._settings
        store = StoreSettings(
            url=kept.store, key=kept.store_key, session_ttl=kept.session_ttl, repeat_ttl=kept.repeat_ttl
        )
        # Off the loop, as for vendors: the client of a store is imported when the store is configured.
        self.sessions = await asyncio.to_thread(make_sessions, store, self.clock)
        self.metrics.watch_sessions(self.sessions)
        self.pipeline = Pipeline(sessions=self.sessions, clock=self.clock, observers=self._observers)
        await self.sessions.backend.open()
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE, ttl_dns_cache=30),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT},
        )
        self._guarded = GuardedSessions(headers={"User-Agent": USER_AGENT}, keep_alive=KEEP_ALIVE)
        self._sandbox = Sandbox()
        self._maker = BotMaker(
            Services(http=self.http, sandbox=self._sandbox, clock=self.clock),
            HookMaker(self._guarded, self.clock),
            self.metrics,
            clock=self.clock,
            max_delay=kept.max_delay,
        )
        try:
            await self.serve_accounts(self._first_accounts)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Close everything, in the opposite order."""
        await _cancel(self._retired if self._opening is None else {self._opening, *self._retired})
        if self.fleet is not None:
            await _close(self.fleet.list_made())
        await self._sandbox.close()
        await self._guarded.close()
        await self.http.close()
        await self.sessions.backend.close()

    async def serve_accounts(self, accounts: Iterable[Account]) -> None:
        """Serve these accounts' bots from now on; turns under way end on the bots they began with.

        A bot is made when somebody first asks for it, and its vendor's client by its first turn, or ahead of it where there
        are no more than OPENED_AHEAD bots.
        """
        accounts = list(accounts)
        # SDK imports are slow and block, so they happen here, off the loop, and never on an event.
        await asyncio.to_thread(import_what_is_needed, accounts)
        if self._opening is not None:
            await _cancel({self._opening})
        replaced, self.fleet = self.fleet, Fleet(accounts, self._maker)
        self.bots, self.environments = self.fleet.bots, self.fleet.environments
        if replaced is not None:
            self.metrics.forget_circuits()
            retirement = asyncio.ensure_future(self._retire(replaced))
            self._retired.add(retirement)
            retirement.add_done_callback(self._retired.discard)
        self._opening = None if len(self.bots) > OPENED_AHEAD else asyncio.ensure_future(self.fleet.open_all())

    def find_bots(self, account: AccountId) -> Mapping[BotName, Bot]:
        """Give the bots of an account that is served."""
        assert self.fleet is not None  # noqa: S101 - there is one from entry to exit
        return self.fleet.accounts[account]

    async def _retire(self, replaced: Fleet) -> None:
        """Close replaced bots once no turn can be under way on them, or when the process ends."""
        longest = max((bot.total_timeout for bot in replaced.list_made()), default=0.0) + ERROR_HOOKS_TIME
        try:
            await self.clock.sleep(longest + 1)
        finally:
            # Those too that a request has asked for which had come before the reload.
            await _close(replaced.list_made())


async def _cancel(work: Iterable[asyncio.Future[None]]) -> None:
    """Cancel all of these and wait for their ends."""
    if work := set(work):
        for each in work:
            each.cancel()
        await asyncio.wait(work)


async def _close(bots: Iterable[Bot]) -> None:
    for vendor in find_vendors(bots):
        await vendor.close()
