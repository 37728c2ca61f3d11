"""What is kept of a conversation between its turns: the vendor's session and the hooks' state."""

from dataclasses import dataclass, field
from typing import Any

from gateway.contract.types import VendorSession
from gateway.contract.wire import WireError, dumps, loads


@dataclass(slots=True)
class Conversation:
    """One conversation's memory; changed by the turn, kept at its end."""

    session: VendorSession = field(default_factory=dict)
    hook_state: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing worth keeping."""
        return not self.session and not self.hook_state


def write_conversation(conversation: Conversation) -> bytes:
    """Write a conversation. Raise WireError when a hook left something in its state that is not JSON."""
    return dumps([conversation.session, conversation.hook_state])


def read_conversation(kept: bytes) -> Conversation | None:
    """Read what `write_conversation` wrote; None for anything else."""
    try:
        value = loads(kept)
    except WireError:
        return None
    match value:
        case [dict() as session, dict() as hook_state]:
            return Conversation(session, hook_state)
        case _:
            return None
