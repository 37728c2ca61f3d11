"""The bots as the console lists them, and the one that a request names."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from aiohttp import web

from gateway.bot import Bot
from gateway.console.recordings import Recordings
from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId, BotName, Channel, Json
from gateway.figures.keeping import Figures
from gateway.figures.names import BotKey
from gateway.ingress.events import UNKNOWN_BOT
from gateway.resilience.breaker import CircuitState
from gateway.resilience.limiter import LimitPolicy

AT_ONCE: Final = 200
"""Bots written without a pause, so that a list of thousands does not hold up the loop."""


class Fleet(Protocol):
    """The bots that are served now, ready for turns: a reload replaces both mappings. A bot may be made when it is asked for."""

    bots: Mapping[BotKey, Bot]
    environments: Mapping[BotKey, Mapping[str, Bot]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a bot's account file says of it, as far as the console shows it."""

    account: AccountId
    bot: BotName
    vendor: str
    channel: Channel
    environments: Sequence[str]
    """Those that the tester can choose."""
    has_circuit: bool
    limits: LimitPolicy
    hooks: Mapping[str, Sequence[str]]
    """The names of its hooks by kind: `pre`, `post`, `error`."""
    escalation: str | None
    """The skill."""


class Roster:
    """All bots, each as its account file and its figures have it."""

    def __init__(self, cards: Iterable[Card], figures: Figures, recordings: Recordings) -> None:
        self._figures = figures
        self._recordings = recordings
        self._cards: dict[BotKey, Card] = {}
        self.show(cards)

    def show(self, cards: Iterable[Card]) -> None:
        """Show these bots from now on."""
        self._cards = {(card.account, card.bot): card for card in cards}

    async def read(self, keys: Iterable[BotKey] | None = None) -> list[Json]:
        """Give BOT of docs/console.md of those of the bots that there are, of all when None. Raise StoreFailed."""
        cards = [self._cards[key] for key in (self._cards if keys is None else keys) if key in self._cards]
        written = []
        for begin in range(0, len(cards), AT_ONCE):
            some = cards[begin : begin + AT_ONCE]
            figures = await self._figures.read_bots([(card.account, card.bot) for card in some])
            written += [self._write(card, figures[card.account, card.bot]) for card in some]
            await asyncio.sleep(0)
        return written

    def _write(self, card: Card, figures: Json) -> Json:
        circuit = figures["circuit"] or (CircuitState.CLOSED if card.has_circuit else None)
        return {
            "account": card.account,
            "bot": card.bot,
            "vendor": card.vendor,
            "channel": card.channel.value,
            "environments": list(card.environments),
            "limits": {"inFlight": card.limits.in_flight, "perSecond": card.limits.per_second},
            "hooks": {kind: list(names) for kind, names in card.hooks.items()},
            "escalation": card.escalation,
            "recordingUntil": self._recordings.find_until((card.account, card.bot)),
            **figures,
            "circuit": circuit,
        }


FLEET: Final = web.AppKey("fleet", Fleet)
ROSTER: Final = web.AppKey("roster", Roster)


def find_bot(request: web.Request) -> Bot:
    """Find the bot that the path names. Raise RequestRefused (404)."""
    key = AccountId(request.match_info["account"]), BotName(request.match_info["bot"])
    bot = request.app[FLEET].bots.get(key)
    if bot is None:
        raise RequestRefused(UNKNOWN_BOT, "There is no such bot.")
    return bot
