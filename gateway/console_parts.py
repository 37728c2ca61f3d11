"""The console's part of the composition root; imported where there is one, so that the others start without it."""

from collections.abc import Iterable, Iterator, Mapping

from config.models import Account, Bot
from gateway.console.bots import Card
from gateway.console.console import Console
from gateway.console.settings import ConsoleSettings
from gateway.figures.lives import Live
from gateway.figures.looking import look_at
from gateway.figures.names import BotKey
from gateway.remote_hooks import name_hook
from gateway.resilience.limiter import Gate, LimitPolicy
from gateway.runtime import Runtime


def make_console(settings: ConsoleSettings, accounts: Iterable[Account], runtime: Runtime, gate: Gate) -> Console:
    """Make the console of a runtime that has been entered; it is still to be entered itself."""

    def look() -> Mapping[BotKey, Live]:
        return {} if runtime.fleet is None else look_at(runtime.fleet.list_made())

    return Console(
        settings,
        cards=make_cards(accounts),
        fleet=runtime,
        look=look,
        pipeline=runtime.pipeline,
        archive=runtime.sessions.archive,
        gate=gate,
        clock=runtime.clock,
    )


def make_cards(accounts: Iterable[Account]) -> Iterator[Card]:
    """Make a card for each bot. No bot is made for it."""
    for account in accounts:
        for bot in account.bots.values():
            yield _make_card(account, bot)


def _make_card(account: Account, bot: Bot) -> Card:
    limits, hooks = bot.limits, bot.hooks
    kinds = {"pre": hooks.pre, "post": hooks.post, "error": hooks.error}
    return Card(
        account=account.account,
        bot=bot.name,
        vendor=bot.vendor,
        channel=bot.channel,
        # Only the Custom Endpoint makes variants of a bot.
        environments=() if account.custom_endpoint is None else tuple(bot.environments),
        has_circuit=bot.breaker is not None,
        limits=LimitPolicy() if limits is None else LimitPolicy(limits.in_flight, limits.per_second),
        hooks={kind: [name_hook(hook) for hook in kinds[kind]] for kind in kinds},
        escalation=None if bot.escalation is None else bot.escalation.skill,
    )
