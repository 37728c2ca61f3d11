"""Turns counted by time: while they end in this process's memory, then as counts in the archive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.contract.types import ActionName
from gateway.figures.histogram import find_bin
from gateway.turn import Turn

COUNTED: Final = ("turns", "conversations", "closed", "transferred", "escalated", "failed")
"""What is counted, in the order in which it is shown."""


@dataclass(slots=True)
class Bucket:
    """A bot's turns that ended within some seconds."""

    turns: int = 0
    conversations: int = 0
    closed: int = 0
    transferred: int = 0
    escalated: int = 0
    failed: int = 0
    bins: dict[int, int] = field(default_factory=dict)
    """Of the histogram of the turns' total times."""

    def count(self, turn: Turn) -> None:
        """Take one more; what counts as what is as in `gateway.status.BotStatus`."""
        self.turns += 1
        self.conversations += turn.is_new
        if turn.outcome == "answered":
            if turn.reply is not None and turn.reply.action is not None:
                self.transferred += turn.reply.action.name is ActionName.TRANSFER
                self.closed += turn.reply.action.name is ActionName.CLOSE_CONVERSATION
        elif turn.outcome == "escalated":
            self.escalated += 1
        else:
            self.failed += 1
        number = find_bin(turn.steps["total"])
        self.bins[number] = self.bins.get(number, 0) + 1

    def list_counts(self) -> Iterator[tuple[str, int]]:
        """List what is not zero, under the names that it has in the archive: bins have their numbers."""
        for name in COUNTED:
            if number := getattr(self, name):
                yield name, number
        for bin_number, number in self.bins.items():
            yield str(bin_number), number


def read_bins(counts: Mapping[str, int]) -> dict[int, int]:
    """Read the histogram out of a bucket's counts."""
    return {int(name): number for name, number in counts.items() if name.isdecimal()}
