"""Everything a process needs to answer events, apart from HTTP: bots, vendors' clients, hooks, stores, the pipeline."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self, TypeAlias

import aiohttp

from config.models import Account
from config.models import Bot as BotConfig
from config.sections import Limits
from gateway import __version__
from gateway.bot import Bot, Escalation
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.ports import Clock, Vendor
from gateway.contract.reply import ReplyRules
from gateway.contract.types import AccountId, BotName, ReadingContext
from gateway.pipeline import ERROR_HOOKS_TIME, Observer, Pipeline
from gateway.remote_hooks import HookMaker
from gateway.reporting import TurnReporter
from gateway.resilience.breaker import Breaker, BreakerPolicy
from gateway.resilience.limiter import Limiter, LimitPolicy
from gateway.resilience.retry import RetryPolicy
from gateway.sessions.backends import REPEAT_TTL, SESSION_TTL, StoreSettings, make_sessions
from gateway.status import BotStatus
from gateway.telemetry.logging import get_logger
from gateway.telemetry.metrics import Metrics, SharedMetrics
from hooks.runner import HookRunner
from vendors.guarded import GuardedSessions
from vendors.registry import VENDORS
from vendors.services import Services

USER_AGENT: Final = f"botbridge/{__version__}"
KEEP_ALIVE: Final = 15.0
"""Seconds that an idle connection to a vendor is kept: below what vendors keep, since a turn sent on a connection that is
being closed is lost and may not be sent again."""

_Bots: TypeAlias = Mapping[tuple[AccountId, BotName], Bot]
_Environments: TypeAlias = Mapping[tuple[AccountId, BotName], Mapping[str, Bot]]


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
        self._log = get_logger("runtime")
        self._statuses: dict[tuple[AccountId, BotName, str | None], BotStatus] = {}  # outlive a reload
        self._retired: set[asyncio.Future[None]] = set()
        self.clock: Clock = SystemClock()
        self.metrics = Metrics(self._settings.shared_metrics)
        self.bots: _Bots = {}
        self.environments: _Environments = {}
        """Of the bots that the Custom Endpoint can reach, by the environments' names."""
        self._observers: list[Observer] = [TurnReporter(self.metrics), *observers]

    async def __aenter__(self) -> Self:
        """Open the store, the shared session and every bot's vendor client. Raise StoreFailed when there is no such store."""
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
        self._hook_maker = HookMaker(self._guarded, self.clock)
        self._sandbox = Sandbox()
        try:
            await self.serve_accounts(self._first_accounts)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Close everything, in the opposite order."""
        for retired in list(self._retired):
            retired.cancel()
        if self._retired:
            await asyncio.wait(self._retired)
        await _close_all(self._all_bots)
        await self._sandbox.close()
        await self._guarded.close()
        await self.http.close()
        await self.sessions.backend.close()

    async def serve_accounts(self, accounts: Iterable[Account]) -> None:
        """Make the accounts' bots and serve them from now on; turns under way end on the bots they began with."""
        services = Services(http=self.http, sandbox=self._sandbox, clock=self.clock)
        # SDK imports are slow and block, so they happen here, off the loop, and never on an event.
        bots, environments = await asyncio.to_thread(self._make_bots, list(accounts), services)
        async with asyncio.TaskGroup() as opening:
            for vendor in _find_vendors(_list_bots(bots, environments)):
                opening.create_task(vendor.open())
        replaced = self._all_bots
        self.bots, self.environments = bots, environments
        if replaced:
            retirement = asyncio.ensure_future(self._retire(replaced))
            self._retired.add(retirement)
            retirement.add_done_callback(self._retired.discard)

    @property
    def _all_bots(self) -> list[Bot]:
        return _list_bots(self.bots, self.environments)

    async def _retire(self, bots: list[Bot]) -> None:
        """Close replaced bots once no turn can be under way on them, or when the process ends."""
        longest = max(bot.total_timeout for bot in bots) + ERROR_HOOKS_TIME
        try:
            await self.clock.sleep(longest + 1)
        finally:
            await _close_all(bots)

    def _make_bots(self, accounts: list[Account], services: Services) -> tuple[_Bots, _Environments]:
        made: dict[tuple[AccountId, BotName], Bot] = {}
        environments: dict[tuple[AccountId, BotName], dict[str, Bot]] = {}
        for account in accounts:
            limiter = Limiter(_limit_policy(account.limits), self.clock, whose="account")
            for name, config in account.bots.items():
                bot = made[account.account, name] = self._make_bot(account, config, services, limiter)
                variants = {}
                if account.custom_endpoint is not None:
                    variants = environments[account.account, name] = self._make_variants(config, bot, services)
                self._watch_circuits(bot, variants.values())
        return made, environments

    def _make_variants(self, config: BotConfig, bot: Bot, services: Services) -> dict[str, Bot]:
        """Make a bot's environments. Those with equal settings are one bot at one vendor; limits are the bot's, for all."""
        known: list[tuple[object, Bot]] = [(config.settings, bot)]
        variants = {}
        for name, settings in config.environments.items():
            variant = next((found for like, found in known if like == settings), None)
            if variant is None:
                variant = replace(
                    bot,
                    vendor=VENDORS[config.vendor].create(settings, services),
                    breaker=self._make_breaker(config),
                    status=self._find_status(bot.account, bot.name, name),
                )
                known.append((settings, variant))
            # This door's CHANGE_TTR knows CUSTOM, whatever the account's feature says of the other's.
            rules = replace(variant.rules, custom_ttr=True)
            variants[name] = replace(variant, environment=name, rules=rules)
        return variants

    def _find_status(self, account: AccountId, bot: BotName, environment: str | None = None) -> BotStatus:
        return self._statuses.setdefault((account, bot, environment), BotStatus(self.clock))

    def _make_bot(self, account: Account, config: BotConfig, services: Services, within: Limiter) -> Bot:
        """Turn one bot of an account file into one that can take turns."""
        channel = config.channel
        escalation = config.escalation
        return Bot(
            account=account.account,
            name=config.name,
            vendor_name=config.vendor,
            vendor=VENDORS[config.vendor].create(config.settings, services),
            hooks=HookRunner(
                *self._hook_maker.make(config.hooks),
                timeout=config.hooks.timeout,
                sandbox=services.sandbox,
                skip_failed=config.hooks.on_failure == "skip",
            ),
            retry=RetryPolicy(config.retry.attempts, config.retry.initial, config.retry.maximum),
            attempt_timeout=config.timeouts.attempt,
            total_timeout=config.timeouts.total,
            limiter=Limiter(_limit_policy(config.limits), self.clock, within=within),
            breaker=self._make_breaker(config),
            escalation=Escalation(escalation.skill, escalation.message) if escalation else None,
            rules=ReplyRules(
                channel=channel,
                skills=account.skills,
                encoded_metadata=account.features.encoded_metadata,
                custom_ttr=account.features.custom_ttr,
                structured_content=config.structured_content,
                image_hosts=account.image_hosts,
                max_delay=self._settings.max_delay,
            ),
            reading=ReadingContext(channel=channel, default_skill=escalation.skill if escalation else None),
            metrics=self.metrics.for_bot(account.account, config.name, config.vendor),
            status=self._find_status(account.account, config.name),
        )

    def _make_breaker(self, config: BotConfig) -> Breaker | None:
        """Make a bot's circuit, where its account file has one."""
        if config.breaker is None:
            return None
        policy = BreakerPolicy(config.breaker.failures, config.breaker.window, config.breaker.open_for)
        return Breaker(policy, self.clock)

    def _watch_circuits(self, bot: Bot, variants: Iterable[Bot]) -> None:
        """Show a bot's circuit as open while it is so in any of its environments."""
        breakers = [one.breaker for one in (bot, *variants) if one.breaker is not None]
        if breakers:
            self.metrics.watch_circuit(
                bot.account, bot.name, bot.vendor_name, lambda: any(breaker.is_open for breaker in breakers)
            )


def _limit_policy(limits: Limits | None) -> LimitPolicy:
    return LimitPolicy() if limits is None else LimitPolicy(limits.in_flight, limits.per_second)


def _list_bots(bots: _Bots, environments: _Environments) -> list[Bot]:
    return [*bots.values(), *(variant for variants in environments.values() for variant in variants.values())]


def _find_vendors(bots: Iterable[Bot]) -> list[Vendor]:
    """List the bots' clients, each once: environments share them."""
    return list({id(bot.vendor): bot.vendor for bot in bots}.values())


async def _close_all(bots: Iterable[Bot]) -> None:
    for vendor in _find_vendors(bots):
        await vendor.close()
