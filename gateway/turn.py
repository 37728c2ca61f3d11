"""What is known of one turn: the pipeline writes it down as it goes, and observers read it when the turn has ended."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from gateway.bot import Bot
from gateway.contract.errors import BridgeError
from gateway.contract.types import Event, Json, Reply
from gateway.resilience.deadline import Deadline
from hooks.context import HookScope


class Span(NamedTuple):
    """Where some of a turn's time went."""

    step: str
    """`queue`, `pre_hooks`, `attempt`, `wait` (between two attempts), `post_hooks` or `read`."""
    began: float
    """Seconds since the turn began."""
    seconds: float
    failure: str | None = None
    """What became of an attempt that failed: the failure's kind, in words."""


@dataclass(slots=True)
class Turn:
    """All that is known of one turn; observers see it when it has ended."""

    bot: Bot
    event: Event
    deadline: Deadline
    started: float
    built: Json | None = None
    """The vendor's request as the adapter built it."""
    request: Json | None = None
    """The vendor's request as it was sent: what the pre hooks made of it."""
    given: Json | None = None
    """The vendor's answer as it came."""
    answer: Json | None = None
    """The vendor's answer as it was read: what the post hooks made of it."""
    reply: Reply | None = None
    scope: HookScope | None = None
    """What the hooks see of this turn, once made: one for all of them, error hooks included."""
    is_new: bool = False
    """Whether nothing of its conversation had been kept before."""
    attempts: int = 0
    steps: dict[str, float] = field(default_factory=dict)
    """Seconds per step."""
    spans: list[Span] = field(default_factory=list)
    """The same in order of time, each attempt by itself; what nobody measured lies between them."""
    outcome: str = "cancelled"
    error: BridgeError | None = None
    fault: BaseException | None = None
    """What was behind an unforeseen fault."""

    def note(self, step: str, began: float, ended: float) -> None:
        """Note the time that a step took, by the clock that only goes forward."""
        self.steps[step] = ended - began
        self.spans.append(Span(step, began - self.started, ended - began))


Observer: TypeAlias = Callable[[Turn], None]
