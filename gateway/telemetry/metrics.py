"""Metrics in Prometheus' format; one registry per process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

STEPS: Final = ("queue", "pre_hooks", "vendor", "post_hooks", "read", "total")
"""The steps of a turn that are timed."""
OUTCOMES: Final = ("answered", "escalated", "failed", "refused", "repeated", "cancelled")
"""How a turn can end."""
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
_BOT: Final = ("account", "bot", "vendor")


@dataclass(frozen=True, slots=True)
class BotMetrics:
    """One bot's series, looked up once when the bot is made."""

    turns: dict[str, Counter]
    steps: dict[str, Histogram]
    retries: Counter
    in_flight: Gauge


class SizedStore(Protocol):
    """What can be seen of a memory store."""

    size: int
    evictions: int


class WatchedSessions(Protocol):
    """What can be seen of what is kept."""

    unreadable: int
    not_kept: int
    turns_lost: int

    @property
    def memory(self) -> SizedStore | None:
        """The memory store, where there is one."""


class Metrics:
    """All series of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._turns = Counter(
            "botbridge_turns", "Turns, by how they ended.", (*_BOT, "outcome"), registry=self.registry
        )
        self._steps = Histogram(
            "botbridge_step_seconds",
            "Time that a step of a turn took.",
            (*_BOT, "step"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._retries = Counter("botbridge_vendor_retries", "Attempts after the first.", _BOT, registry=self.registry)
        self._in_flight = Gauge("botbridge_turns_in_flight", "Turns under way.", _BOT, registry=self.registry)
        self._circuits = Gauge(
            "botbridge_circuit_open", "1 while a bot's circuit is open.", _BOT, registry=self.registry
        )
        self.failures = Counter(
            "botbridge_failures", "Failed turns, by error code.", (*_BOT, "code"), registry=self.registry
        )

    def for_bot(self, account: str, bot: str, vendor: str) -> BotMetrics:
        """Make a bot's series, all at zero, so that a rate can be computed from the first event on."""
        names = (account, bot, vendor)
        return BotMetrics(
            turns={outcome: self._turns.labels(*names, outcome) for outcome in OUTCOMES},
            steps={step: self._steps.labels(*names, step) for step in STEPS},
            retries=self._retries.labels(*names),
            in_flight=self._in_flight.labels(*names),
        )

    def watch_circuit(self, account: str, bot: str, vendor: str, is_open: Callable[[], bool]) -> None:
        """Show whether a bot's circuit is open, asked when somebody looks."""
        self._circuits.labels(account, bot, vendor).set_function(is_open)

    def watch_store(self, store: "SizedStore") -> None:
        """Show a memory store's size and what it gave up for want of room, read when somebody asks."""
        size = Gauge("botbridge_store_bytes", "Bytes held by the memory store.", registry=self.registry)
        size.set_function(lambda: store.size)
        evicted = Gauge(
            "botbridge_store_evictions", "Values the memory store gave up before their time.", registry=self.registry
        )
        evicted.set_function(lambda: store.evictions)

    def watch_sessions(self, sessions: "WatchedSessions") -> None:
        """Show what went wrong with what is kept, and a memory store's size."""
        problems: dict[str, tuple[str, Callable[[], int]]] = {
            "unreadable": ("Values dropped because they could not be read.", lambda: sessions.unreadable),
            "not_kept": ("Turns answered without keeping what they should have.", lambda: sessions.not_kept),
            "turns_lost": ("Turns that another process took over.", lambda: sessions.turns_lost),
        }
        for name, (meaning, count) in problems.items():
            Gauge(f"botbridge_store_{name}", meaning, registry=self.registry).set_function(count)
        if sessions.memory is not None:
            self.watch_store(sessions.memory)

    def render(self) -> bytes:
        """Write all series as text."""
        return generate_latest(self.registry)
