"""From one bot of an account file to a bot that can take turns."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import import_module

from config.models import Account
from config.models import Bot as BotConfig
from config.sections import Limits
from gateway.bot import Bot, Escalation
from gateway.contract.ports import Clock
from gateway.contract.reply import ReplyRules
from gateway.contract.types import AccountId, BotName, ReadingContext
from gateway.remote_hooks import HookMaker
from gateway.resilience.breaker import Breaker, BreakerPolicy
from gateway.resilience.limiter import Limiter, LimitPolicy
from gateway.resilience.retry import RetryPolicy
from gateway.status import BotStatus
from gateway.telemetry.metrics import Metrics
from hooks.runner import HookRunner
from vendors.registry import VENDORS
from vendors.services import Services


@dataclass(frozen=True, slots=True)
class MadeBot:
    """A bot, and its variants by the names of their environments; none for an account without a Custom Endpoint."""

    bot: Bot
    environments: dict[str, Bot]


class BotMaker:
    """Makes bots. What it makes is small, and I/O waits for `Vendor.open`, so that it may be done on the event loop."""

    def __init__(
        self, services: Services, hook_maker: HookMaker, metrics: Metrics, *, clock: Clock, max_delay: int
    ) -> None:
        self._services = services
        self._hook_maker = hook_maker
        self._metrics = metrics
        self._clock = clock
        self._max_delay = max_delay
        self._began = clock.time()
        self._statuses: dict[tuple[AccountId, BotName, str | None], BotStatus] = {}  # outlive a reload

    def make_limiter(self, account: Account) -> Limiter:
        """Make what limits all bots of an account together."""
        return Limiter(_limit_policy(account.limits), self._clock, whose="account")

    def make(self, account: Account, config: BotConfig, within: Limiter) -> MadeBot:
        """Make a bot, `within` its account's limits. `import_what_is_needed` must have been told of it before."""
        bot = self._make_bot(account, config, within)
        variants = {} if account.custom_endpoint is None else self._make_variants(config, bot)
        self._watch_circuits(bot, variants.values())
        return MadeBot(bot, variants)

    def _make_bot(self, account: Account, config: BotConfig, within: Limiter) -> Bot:
        channel = config.channel
        escalation = config.escalation
        return Bot(
            account=account.account,
            name=config.name,
            vendor_name=config.vendor,
            vendor=VENDORS[config.vendor].create(config.settings, self._services),
            hooks=HookRunner(
                *self._hook_maker.make(config.hooks),
                timeout=config.hooks.timeout,
                sandbox=self._services.sandbox,
                skip_failed=config.hooks.on_failure == "skip",
            ),
            retry=RetryPolicy(config.retry.attempts, config.retry.initial, config.retry.maximum),
            attempt_timeout=config.timeouts.attempt,
            total_timeout=config.timeouts.total,
            limiter=Limiter(_limit_policy(config.limits), self._clock, within=within),
            breaker=self._make_breaker(config),
            escalation=Escalation(escalation.skill, escalation.message) if escalation else None,
            rules=ReplyRules(
                channel=channel,
                skills=account.skills,
                encoded_metadata=account.features.encoded_metadata,
                custom_ttr=account.features.custom_ttr,
                structured_content=config.structured_content,
                image_hosts=account.image_hosts,
                max_delay=self._max_delay,
            ),
            reading=ReadingContext(channel=channel, default_skill=escalation.skill if escalation else None),
            metrics=self._metrics.for_bot(account.account, config.name, config.vendor),
            status=self._find_status(account.account, config.name),
        )

    def _make_variants(self, config: BotConfig, bot: Bot) -> dict[str, Bot]:
        """Make a bot's environments. Those with equal settings are one bot at one vendor; limits are the bot's, for all."""
        known: list[tuple[object, Bot]] = [(config.settings, bot)]
        variants = {}
        for name, settings in config.environments.items():
            variant = next((found for like, found in known if like == settings), None)
            if variant is None:
                variant = replace(
                    bot,
                    vendor=VENDORS[config.vendor].create(settings, self._services),
                    breaker=self._make_breaker(config),
                    status=self._find_status(bot.account, bot.name, name),
                )
                known.append((settings, variant))
            # This door's CHANGE_TTR knows CUSTOM, whatever the account's feature says of the other's.
            rules = replace(variant.rules, custom_ttr=True)
            variants[name] = replace(variant, environment=name, rules=rules)
        return variants

    def _find_status(self, account: AccountId, bot: BotName, environment: str | None = None) -> BotStatus:
        """Give the status of a bot, which has been well since the process began, although it was not made then."""
        status = self._statuses.get((account, bot, environment))
        if status is None:
            status = self._statuses[account, bot, environment] = BotStatus(self._clock)
            status.since = self._began
        return status

    def _make_breaker(self, config: BotConfig) -> Breaker | None:
        """Make a bot's circuit, where its account file has one."""
        if config.breaker is None:
            return None
        policy = BreakerPolicy(config.breaker.failures, config.breaker.window, config.breaker.open_for)
        return Breaker(policy, self._clock)

    def _watch_circuits(self, bot: Bot, variants: Iterable[Bot]) -> None:
        """Show a bot's circuit as open while it is so in any of its environments."""
        breakers = [one.breaker for one in (bot, *variants) if one.breaker is not None]
        if breakers:
            self._metrics.watch_circuit(
                bot.account, bot.name, bot.vendor_name, lambda: any(breaker.is_open for breaker in breakers)
            )


def import_what_is_needed(accounts: Iterable[Account]) -> None:
    """Import the vendors' clients with their SDKs, the hooks and the callables of all bots: slow, and blocks.

    Raise whatever such an import raises; `botbridge check` has tried those of other people's code.
    """
    configs = [config for account in accounts for config in account.bots.values()]
    for vendor in {config.vendor for config in configs}:
        VENDORS[vendor].load_client()
    for module in {module for config in configs for module in _find_modules(config)}:
        import_module(module)


def _find_modules(config: BotConfig) -> Iterable[str]:
    for hook in (*config.hooks.pre, *config.hooks.post, *config.hooks.error):
        if hook.use is not None:
            yield hook.use.partition(":")[0]
    for settings in (config.settings, *config.environments.values()):
        # Of the vendors' settings, those say so that make a client need more than its own module.
        yield from getattr(settings, "modules", ())
        if config.hooks.pre:
            yield from getattr(settings, "hooked_modules", ())


def _limit_policy(limits: Limits | None) -> LimitPolicy:
    return LimitPolicy() if limits is None else LimitPolicy(limits.in_flight, limits.per_second)
