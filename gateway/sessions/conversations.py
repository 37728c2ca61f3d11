"""What is kept of a conversation between its turns: the vendor's session and the hooks' state."""

from dataclasses import dataclass, field
from typing import Any, Final

from gateway.contract.ports import Store
from gateway.contract.types import VendorSession
from gateway.contract.wire import WireError, dumps, loads

KEPT_FOR: Final = 24 * 3600.0
"""Seconds after the last turn."""


@dataclass(slots=True)
class Conversation:
    """One conversation's memory; changed by the turn, saved at its end."""

    key: str
    session: VendorSession = field(default_factory=dict)
    hook_state: dict[str, Any] = field(default_factory=dict)


class Conversations:
    """Loads and saves conversations."""

    def __init__(self, store: Store, *, kept_for: float = KEPT_FOR) -> None:
        self._store = store
        self._kept_for = kept_for

    async def load(self, key: str) -> Conversation:
        """Give the conversation; a new one when there is none, or when what was kept cannot be read."""
        kept = await self._store.get(key)
        if kept is None:
            return Conversation(key)
        try:
            value = loads(kept)
        except WireError:
            value = None
        match value:
            case [dict() as session, dict() as hook_state]:
                return Conversation(key, session, hook_state)
            case _:
                return Conversation(key)

    async def save(self, conversation: Conversation) -> None:
        """Keep the conversation for another while. Raise WireError when a hook left something in its state that is not JSON."""
        if conversation.session or conversation.hook_state:
            await self._store.set(
                conversation.key, dumps([conversation.session, conversation.hook_state]), ttl=self._kept_for
            )
        else:
            await self._store.delete(conversation.key)
