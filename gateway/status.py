"""How a bot is doing, in LivePerson's words for a bot's states (docs/contract/custom-integration.md section 2.6)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gateway.contract.errors import BridgeError, TurnFailed, VendorFailure
from gateway.contract.ports import Clock
from gateway.contract.types import ActionName, Reply

FAILURES_IN_A_ROW: Final = 3
"""Turns that must fail one after the other before a bot without a circuit counts as interrupted."""


class BotState(StrEnum):
    """LivePerson's states of a bot."""

    ONLINE = "Online"
    VENDOR_INTERRUPTION = "Vendor Interruption"
    """The vendor fails: turns end with an error or an escalation."""
    SERVICE_INTERRUPTION = "Service Interruption"
    """botbridge fails: a hook, the store, or a fault of its own."""
    OFFLINE = "Offline"
    """The gateway is shutting down and takes no more turns."""


@dataclass(frozen=True, slots=True)
class LastError:
    """The newest failure of a bot."""

    code: str
    error_id: str
    message: str
    remedy: str
    at: float
    """Seconds since 1970."""


@dataclass(slots=True)
class Counters:
    """What a bot has done since the process began."""

    turns: int = 0
    conversations: int = 0
    """Conversations whose first turn was here: nothing of them had been kept before."""
    closed: int = 0
    transferred: int = 0
    escalated: int = 0
    failed: int = 0


@dataclass(slots=True)
class BotStatus:
    """Follows one bot's turns."""

    clock: Clock
    counters: Counters = field(default_factory=Counters)
    last_error: LastError | None = None
    state: BotState = BotState.ONLINE
    since: float = field(init=False)
    """Seconds since 1970."""
    answered_at: float | None = None
    """When the newest turn was answered, by the clock that only goes forward; None when it was not."""
    _failed_in_a_row: int = 0

    def __post_init__(self) -> None:
        """Begin now."""
        self.since = self.clock.time()

    def note(
        self, outcome: str, *, reply: Reply | None, error: BridgeError | None, is_new: bool, is_open: bool
    ) -> None:
        """Take a turn that has ended; `is_open` says whether the bot's circuit is open now."""
        if outcome in {"repeated", "refused", "cancelled"}:
            return
        self.counters.turns += 1
        self.counters.conversations += is_new
        self._count(outcome, reply)
        self.answered_at = self.clock.monotonic() if error is None else None
        if isinstance(error, TurnFailed):
            self._note_failure(error, is_open=is_open)
        else:
            self._failed_in_a_row = 0
            self._enter(BotState.ONLINE)

    def _count(self, outcome: str, reply: Reply | None) -> None:
        match outcome, reply:
            case "escalated", _:
                self.counters.escalated += 1
            case "failed", _:
                self.counters.failed += 1
            case "answered", Reply(action=action) if action is not None:
                self.counters.transferred += action.name is ActionName.TRANSFER
                self.counters.closed += action.name is ActionName.CLOSE_CONVERSATION

    def _note_failure(self, error: TurnFailed, *, is_open: bool) -> None:
        self.last_error = LastError(error.code, error.error_id, error.message, error.entry.remedy, self.clock.time())
        self._failed_in_a_row += 1
        if is_open or self._failed_in_a_row >= FAILURES_IN_A_ROW:
            vendor = isinstance(error, VendorFailure)
            self._enter(BotState.VENDOR_INTERRUPTION if vendor else BotState.SERVICE_INTERRUPTION)

    def _enter(self, state: BotState) -> None:
        if state is not self.state:
            self.state, self.since = state, self.clock.time()
