"""A bot's error log: what is kept of a turn that failed, and how it is shown."""

from dataclasses import dataclass
from typing import Self

from gateway.contract.catalogue import CATALOGUE
from gateway.contract.errors import TurnFailed
from gateway.contract.types import Json
from gateway.contract.wire import dumps, loads
from gateway.figures.times import write_time
from gateway.turn import Turn


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One turn that ended with an error, whether or not it was escalated."""

    at: float
    """Seconds since 1970."""
    code: str
    error_id: str
    message: str
    conversation: str
    kind: str
    """Of the event."""
    outcome: str
    """`escalated` or `failed`."""

    @classmethod
    def of(cls, turn: Turn, error: TurnFailed, at: float) -> Self:
        """Take what is kept of a turn. The message is built from facts and quotes nobody (`gateway.contract.errors`)."""
        event = turn.event
        return cls(at, error.code, error.error_id, error.message, event.conversation_id, event.kind.value, turn.outcome)

    def write(self) -> bytes:
        """Write it for the archive."""
        return dumps([self.at, self.code, self.error_id, self.message, self.conversation, self.kind, self.outcome])

    @classmethod
    def read(cls, kept: bytes) -> Self:
        """Read what `write` wrote."""
        return cls(*loads(kept))

    @property
    def remedy(self) -> str:
        """What to do about it; empty for a code that another version of botbridge has kept and this one does not know."""
        entry = CATALOGUE.get(self.code)
        return "" if entry is None else entry.remedy

    def show(self) -> Json:
        """Show it in the console's terms: ERROR of the error log."""
        entry = CATALOGUE.get(self.code)
        return {
            "at": write_time(self.at),
            "code": self.code,
            "errorId": self.error_id,
            "message": self.message,
            "meaning": "" if entry is None else entry.meaning,
            "remedy": self.remedy,
            "conversation": self.conversation,
            "kind": self.kind,
            "outcome": self.outcome,
        }

    def show_as_last(self) -> Json:
        """Show it in the console's terms: a bot's `lastError`."""
        return {
            "name": self.code,
            "errorId": self.error_id,
            "message": self.message,
            "remedy": self.remedy,
            "at": write_time(self.at),
        }
