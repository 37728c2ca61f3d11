"""A store in this process's memory: gone with the process, bounded in bytes."""

import math
from collections import OrderedDict
from collections.abc import Sequence

from gateway.contract.ports import Change, Clock

DEFAULT_CAPACITY = 256 * 1024 * 1024
"""Bytes of keys and values together."""


class MemoryStore:
    """Keeps values until their time is over, or until room is needed.

    Values with the same time to live sit in one queue, in the order in which they were last written, which is the order in
    which they expire: what is over, and what was least recently used (every turn writes its conversation), is always found
    at a queue's head. When room is needed the shortest-lived queue gives first: a first answer kept for a repeat is
    cheaper to lose than a conversation's state.
    """

    def __init__(self, clock: Clock, *, capacity: int = DEFAULT_CAPACITY) -> None:
        self._clock = clock
        self._capacity = capacity
        self._queues: dict[float, OrderedDict[str, tuple[float, bytes]]] = {}
        self._queue_of: dict[str, float] = {}
        self._next_end = math.inf
        """No value's time is over before this."""
        self.size = 0
        """Bytes in use."""
        self.evictions = 0
        """Values given up before their time because room was needed."""

    async def get(self, key: str) -> bytes | None:
        """Give the value, or None when there is none or its time is over."""
        return self.look(key)

    async def apply(self, changes: Sequence[Change]) -> None:
        """Make these changes; the last one is kept even when it alone is larger than all room."""
        self.change(changes)

    def look(self, key: str) -> bytes | None:
        """Do what `get` does, at once."""
        ttl = self._queue_of.get(key)
        if ttl is None:
            return None
        expires, value = self._queues[ttl][key]
        if expires <= self._clock.monotonic():
            self._remove(key)
            return None
        return value

    def change(self, changes: Sequence[Change]) -> None:
        """Do what `apply` does, at once."""
        now = self._clock.monotonic()
        if now >= self._next_end:
            self._drop_expired(now)
        for key, value, ttl in changes:
            if key in self._queue_of:
                self._remove(key)
            if value is None:
                continue
            queue = self._queues.get(ttl)
            if queue is None:
                queue = self._queues[ttl] = OrderedDict()
            expires = now + ttl
            queue[key] = (expires, value)
            self._next_end = min(self._next_end, expires)
            self._queue_of[key] = ttl
            self.size += len(key) + len(value)
            while self.size > self._capacity and len(self._queue_of) > 1:
                self._evict_one(key)

    async def close(self) -> None:
        """Nothing to let go of."""

    def __len__(self) -> int:
        return len(self._queue_of)

    def _remove(self, key: str) -> None:
        ttl = self._queue_of.pop(key, None)
        if ttl is not None:
            _, value = self._queues[ttl].pop(key)
            self.size -= len(key) + len(value)

    def _drop_expired(self, now: float) -> None:
        for queue in self._queues.values():
            while queue:
                oldest = next(iter(queue))
                if queue[oldest][0] > now:
                    break
                self._remove(oldest)
        self._next_end = min(
            (next(iter(queue.values()))[0] for queue in self._queues.values() if queue), default=math.inf
        )

    def _evict_one(self, spared: str) -> None:
        for ttl in sorted(self._queues):
            for key in self._queues[ttl]:
                if key != spared:
                    self._remove(key)
                    self.evictions += 1
                    return
