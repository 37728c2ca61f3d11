"""The archive in this process's memory: gone with the process, bounded in bytes."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from gateway.contract.ports import Add, Append, Clock, Entry, Forget, Put, Shelf
from gateway.contract.wire import dumps, loads
from gateway.sessions.memory import MemoryStore

COUNTS_ROOM: Final = 32 * 1024 * 1024
"""Bytes of counts, as they are written; Python needs three times as much for them."""
LISTS_ROOM: Final = 64 * 1024 * 1024
"""Bytes of the entries of all lists."""
SWEEP_EVERY: Final = 60.0
"""Seconds between two looks for lists and fields that are over."""


@dataclass(slots=True)
class _List:
    limit: int
    shelf: Shelf | None
    size: int = 0
    """Bytes of its entries."""
    entries: deque[tuple[float, bytes]] = field(default_factory=deque)
    """With the moments at which they are over, oldest first."""

    def drop_oldest(self) -> int:
        """Forget the oldest entry and give its bytes."""
        dropped = len(self.entries.popleft()[1])
        self.size -= dropped
        return dropped


class MemoryArchive:
    """See `gateway.contract.ports.Archive`.

    Counts are kept as JSON: a third of what dicts of them take. When room is needed the shortest-lived counts go first, and
    of the lists the one that was longest not written.
    """

    def __init__(self, clock: Clock, *, counts_room: int = COUNTS_ROOM, lists_room: int = LISTS_ROOM) -> None:
        self._clock = clock
        self._lists_room = lists_room
        self._counts = MemoryStore(clock, capacity=counts_room)
        self._lists: OrderedDict[str, _List] = OrderedDict()
        self._size = 0
        self._maps: dict[str, dict[str, tuple[float, bytes]]] = {}
        self._swept = clock.monotonic()

    async def write(self, entries: Sequence[Entry], *, once: str) -> None:  # noqa: ARG002 - memory never fails half-way
        """Write all of them."""
        self._sweep()
        for entry in entries:
            match entry:
                case Add():
                    await self._add(entry)
                case Append():
                    self._append(entry)
                case Put():
                    self._put(entry)
                case Forget(name):
                    self._forget(name)

    async def read_counts(self, names: Sequence[str]) -> list[dict[str, int]]:
        """Give the counts under each name."""
        found = [await self._counts.get(name) for name in names]
        return [{} if value is None else loads(value) for value in found]

    async def read_lists(self, names: Sequence[str], *, newest: int) -> list[list[bytes]]:
        """Give the newest entries under each name, newest first."""
        now = self._clock.monotonic()
        return [
            [value for expires, value in islice(reversed(self._lists[name].entries), newest) if expires > now]
            if name in self._lists
            else []
            for name in names
        ]

    async def read_maps(self, names: Sequence[str]) -> list[dict[str, bytes]]:
        """Give the fields under each name."""
        now = self._clock.monotonic()
        return [
            {name: value for name, (expires, value) in self._maps.get(map_name, {}).items() if expires > now}
            for map_name in names
        ]

    async def _add(self, entry: Add) -> None:
        kept = await self._counts.get(entry.name)
        counts: dict[str, int] = {} if kept is None else loads(kept)
        for name, number in entry.counts.items():
            counts[name] = counts.get(name, 0) + number
        await self._counts.apply([(entry.name, _compact(dumps(counts)), entry.ttl)])

    def _append(self, entry: Append) -> None:
        kept = self._lists.setdefault(entry.name, _List(entry.limit, entry.shelf))
        self._lists.move_to_end(entry.name)
        now = self._clock.monotonic()
        for value in entry.entries:
            kept.entries.append((now + entry.ttl, _compact(value)))
            kept.size += len(value)
            self._size += len(value)
        while len(kept.entries) > entry.limit or (kept.entries and kept.entries[0][0] <= now):
            self._size -= kept.drop_oldest()
        if entry.shelf is not None:
            self._make_room(entry.shelf)
        while self._size > self._lists_room:
            self._forget(next(iter(self._lists)))

    def _make_room(self, shelf: Shelf) -> None:
        """Have the largest list of a shelf give its oldest entries until all of them fit."""
        mine = [one for one in self._lists.values() if one.shelf is not None and one.shelf.name == shelf.name]
        total = sum(one.size for one in mine)
        while total > shelf.room:
            dropped = max(mine, key=lambda one: one.size).drop_oldest()
            total -= dropped
            self._size -= dropped

    def _put(self, entry: Put) -> None:
        fields = self._maps.setdefault(entry.name, {})
        if entry.value is None:
            fields.pop(entry.field, None)
        else:
            fields[entry.field] = self._clock.monotonic() + entry.ttl, _compact(entry.value)
        if not fields:
            del self._maps[entry.name]

    def _forget(self, name: str) -> None:
        forgotten = self._lists.pop(name, None)
        if forgotten is not None:
            self._size -= forgotten.size

    def _sweep(self) -> None:
        """Forget what is over in lists that nobody appends to, and in maps."""
        now = self._clock.monotonic()
        if now - self._swept < SWEEP_EVERY:
            return
        self._swept = now
        for name, kept in list(self._lists.items()):
            while kept.entries and kept.entries[0][0] <= now:
                self._size -= kept.drop_oldest()
            if not kept.entries:
                del self._lists[name]
        for name, fields in list(self._maps.items()):
            self._maps[name] = {key: value for key, value in fields.items() if value[0] > now}
            if not self._maps[name]:
                del self._maps[name]


def _compact(written: bytes) -> bytes:
    """Copy: orjson 3.13 gives bytes that hold up to 8 KiB behind their end for as long as they live."""
    return bytes(memoryview(written))
