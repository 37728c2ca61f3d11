"""First answers that the store did not take.

They are known to this process for as long as the store would have kept them, so that a repeat does not reach the bot a second
time because a disk was full, or because Redis was away when the first answer came.
"""

from collections.abc import Sequence
from typing import Final

from gateway.contract.ports import Clock
from gateway.sessions.memory import MemoryStore

CAPACITY: Final = 32 * 1024 * 1024
"""Bytes; a store that stays broken fails turns when they begin, and then there is nothing to keep."""


class UnkeptAnswers:
    """Answers by every name of their event."""

    def __init__(self, clock: Clock, *, repeat_ttl: float) -> None:
        """Keep them `repeat_ttl` seconds."""
        self._store = MemoryStore(clock, capacity=CAPACITY)
        self._ttl = repeat_ttl

    async def keep(self, names: Sequence[str], content: bytes) -> None:
        """Keep an answer, as it would have been written to the store, unsealed."""
        await self._store.apply([(name, content, self._ttl) for name in names])

    async def find(self, names: Sequence[str]) -> bytes | None:
        """Give the answer to an event, by any of its names."""
        for name in names:
            if (content := await self._store.get(name)) is not None:
                return content
        return None

    def __len__(self) -> int:
        """Give the number of names; mostly none."""
        return len(self._store)
