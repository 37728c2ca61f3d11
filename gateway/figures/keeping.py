"""Draft of the front: signatures first, so that others can build on them."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self, TypeAlias

from gateway.contract.ports import Archive, Clock
from gateway.contract.types import AccountId, BotName, Json
from gateway.pipeline import Turn
from gateway.resilience.breaker import CircuitState

BotKey: TypeAlias = tuple[AccountId, BotName]


@dataclass(frozen=True, slots=True)
class Live:
    """A bot at this moment, in this process, all its environments together."""

    in_flight: int
    circuit: CircuitState | None
    """The worst of its environments'; None without a circuit."""


Look: TypeAlias = Callable[[], Mapping[BotKey, Live]]
"""Gives the bots of this process that have turns under way or a circuit that is not closed."""


class Figures:
    """Keeps the figures of all bots: an observer of the pipeline, and an asynchronous context that the composition root holds.

    It flushes every 2 seconds by itself. What it reads it reads of all processes at the store; the `read_…` may raise
    StoreFailed (answer 503), everything else survives a store that fails.
    """

    def __init__(self, archive: Archive, clock: Clock, *, look: Look) -> None:
        """Use `Sessions.archive`."""

    async def __aenter__(self) -> Self:
        """Note that this process lives, and begin to flush."""

    async def __aexit__(self, *_exception: object) -> None:
        """Flush, and note that this process has ended: close it before the sessions' backend."""

    def __call__(self, turn: Turn) -> None:
        """Take a turn that has ended; after the TurnReporter in the list of observers, whose `bot.status` it looks at."""

    async def read_bots(self, bots: Iterable[BotKey]) -> dict[BotKey, Json]:
        """Give `state`, `since`, `circuit`, `inFlight`, `latencyMs`, `turns`, `lastError` of each bot, in BOT's shape.

        `circuit` is null also for a bot all of whose circuits are closed: whoever knows its account file knows which.
        """

    async def read_figures(self, account: AccountId, bot: BotName, window: int) -> Json:
        """Give FIGURES. Raise ValueError for a window (seconds) that is not one of WINDOWS."""

    async def read_errors(self, account: AccountId, bot: BotName, conversation: str | None = None) -> Json:
        """Give `{"errors": [ERROR…]}`."""

    def follow(self) -> AsyncIterator[frozenset[BotKey]]:
        """Give, for as long as one iterates, the bots of which `read_bots` would now tell something else: every 2 s at most."""

    def touch(self, account: AccountId, bot: BotName) -> None:
        """Have followers told of a bot for a reason of the caller's (its recording was switched on)."""
