"""Count what became of the events, and how long they took. Figures of several processes can be added up."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FINE: Final = 1000
"""Tenths of a millisecond up to which times are kept to the tenth; longer ones to the millisecond."""
QUANTILES: Final = (0.5, 0.95, 0.99)


class Times:
    """How often each time was measured: exact enough for quantiles, and of bounded size."""

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts = Counter(counts)
        """Tenths of a millisecond -> how often."""

    def add(self, milliseconds: float) -> None:
        """Count one time."""
        tenths = round(milliseconds * 10)
        self.counts[tenths if tenths < FINE else round(milliseconds) * 10] += 1

    def quantile(self, share: float) -> float | None:
        """Give the time (ms) within which this share of all was done; None without any."""
        wanted = share * self.counts.total()
        seen = 0
        for tenths in sorted(self.counts):
            seen += self.counts[tenths]
            if seen >= wanted:
                return tenths / 10
        return None

    def quantiles(self) -> dict[str, float | None]:
        """Give p50, p95, p99, and the longest (ms)."""
        named = {f"p{share * 100:.0f}": self.quantile(share) for share in QUANTILES}
        return {**named, "max": max(self.counts) / 10 if self.counts else None}


@dataclass(slots=True)
class Figures:
    """What a run has come to so far."""

    events: int = 0
    """Distinct events; a repeat is none."""
    answered: int = 0
    """Of them: with the bot's answer in the end."""
    escalated: Counter[str] = field(default_factory=Counter)
    """Of them: with a transfer because of an error, by its code."""
    failed: Counter[str] = field(default_factory=Counter)
    """Of them: without a good answer, by the name of what went wrong."""
    unanswered: int = 0
    """Of those: without any answer, however often they were sent."""
    repeats: int = 0
    """Events sent again although they had been answered."""
    given_up: int = 0
    """Times that a client stopped waiting, and sent the event again."""
    conversations: int = 0
    responses: dict[str, Times] = field(default_factory=dict)
    """Door and vendor -> times of events sent for the first time and waited for."""
    baseline: Times = field(default_factory=Times)
    """Times of the vendor asked itself."""
    taken: dict[str, int] = field(default_factory=dict)
    """Conversation -> which of its events have the bot's answer: bit n for sequence n. Empty unless asked for."""

    def time(self, name: str, milliseconds: float) -> None:
        """Count the time of an event's answer."""
        self.responses.setdefault(name, Times()).add(milliseconds)

    def mark_answered(self, conversation_id: str, sequence: int) -> None:
        """Remember that an event has the bot's answer."""
        self.taken[conversation_id] = self.taken.get(conversation_id, 0) | 1 << sequence

    def all_times(self) -> Times:
        """Give the times of all doors and vendors together."""
        return Times(sum((times.counts for times in self.responses.values()), Counter()))

    def dump(self) -> dict[str, Any]:
        """Give these figures as plain values, to be sent to another process."""
        return {
            "numbers": {name: getattr(self, name) for name in _NUMBERS},
            "escalated": dict(self.escalated),
            "failed": dict(self.failed),
            "responses": {name: list(times.counts.items()) for name, times in self.responses.items()},
            "baseline": list(self.baseline.counts.items()),
            "taken": self.taken,
        }

    def merge(self, dumped: Mapping[str, Any]) -> None:
        """Add another process's figures, as it dumped them."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + dumped["numbers"][name])
        self.escalated.update(dumped["escalated"])
        self.failed.update(dumped["failed"])
        for name, counts in dumped["responses"].items():
            self.responses.setdefault(name, Times()).counts.update(dict(counts))
        self.baseline.counts.update(dict(dumped["baseline"]))
        for conversation_id, bits in dumped["taken"].items():
            self.taken[conversation_id] = self.taken.get(conversation_id, 0) | bits


_NUMBERS: Final = ("events", "answered", "unanswered", "repeats", "given_up", "conversations")
