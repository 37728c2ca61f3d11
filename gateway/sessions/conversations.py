"""What is kept of a conversation between its turns: how it was opened, the vendor's session and the hooks' state."""

from dataclasses import dataclass, field
from typing import Any

from gateway.contract.types import Json, VendorSession
from gateway.contract.wire import WireError, dumps, loads


@dataclass(slots=True)
class Conversation:
    """One conversation's memory; changed by the turn, kept at its end."""

    session: VendorSession = field(default_factory=dict)
    hook_state: dict[str, Any] = field(default_factory=dict)
    opening: Json | None = None
    """What a front door was told when it opened the conversation; None where none opens any."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing worth keeping."""
        return self.is_fresh and self.opening is None

    @property
    def is_fresh(self) -> bool:
        """Whether no turn has left anything behind."""
        return not self.session and not self.hook_state


def write_conversation(conversation: Conversation) -> bytes:
    """Write a conversation. Raise WireError when a hook left something in its state that is not JSON."""
    kept = [conversation.session, conversation.hook_state]
    return dumps(kept if conversation.opening is None else [*kept, [conversation.opening]])


def read_conversation(kept: bytes) -> Conversation | None:
    """Read what `write_conversation` wrote; None for anything else."""
    try:
        value = loads(kept)
    except WireError:
        return None
    match value:
        case [dict() as session, dict() as hook_state]:
            return Conversation(session, hook_state)
        case [dict() as session, dict() as hook_state, [dict() as opening]]:
            return Conversation(session, hook_state, opening)
        case _:
            return None
