"""The archive in Redis, for all gateways at it.

It has a connection of its own: turns do not wait behind what a person looks at.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gateway.contract.ports import Add, Append, Entry, Forget, Put
from gateway.sessions.archive_scripts import COUNTS, LIST, MAP, ONCE, READ_COUNTS, READ_LISTS, READ_MAPS, SHELF, WRITE
from gateway.sessions.conveyor import Argument, Conveyor

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisArchive:
    """See `gateway.contract.ports.Archive`."""

    def __init__(self, client: "Redis") -> None:
        self.conveyor = Conveyor(client, (WRITE, READ_COUNTS, READ_LISTS, READ_MAPS))
        """The backend opens and closes it."""

    async def write(self, entries: Sequence[Entry], *, once: str) -> None:
        """Write all of them in one step. Raise StoreFailed; then it may have been taken all the same."""
        keys = [ONCE + once]
        arguments: list[Argument] = []
        for entry in entries:
            key, *told = _tell(entry)
            keys.append(str(key))
            arguments += told
        await self.conveyor.submit(WRITE, keys, arguments)

    async def read_counts(self, names: Sequence[str]) -> list[dict[str, int]]:
        """Give the counts under each name. Raise StoreFailed."""
        found = await self._read(READ_COUNTS, COUNTS, names)
        return [{field.decode(): int(number) for field, number in _pair(flat)} for flat in found]

    async def read_lists(self, names: Sequence[str], *, newest: int) -> list[list[bytes]]:
        """Give the newest entries under each name, newest first. Raise StoreFailed."""
        return await self._read(READ_LISTS, LIST, names, newest)

    async def read_maps(self, names: Sequence[str]) -> list[dict[str, bytes]]:
        """Give the fields under each name. Raise StoreFailed."""
        found = await self._read(READ_MAPS, MAP, names)
        return [{field.decode(): value for field, value in _pair(flat)} for flat in found]

    async def _read(self, script: str, prefix: str, names: Sequence[str], *arguments: Argument) -> list[Any]:
        found: list[Any] = await self.conveyor.submit(script, [prefix + name for name in names], arguments)
        return found


def _tell(entry: Entry) -> list[Argument]:
    """Say it as the script WRITE wants it: the key, then the arguments."""
    match entry:
        case Add(name, counts, ttl):
            flat = [part for count in counts.items() for part in count]
            return [COUNTS + name, "add", _milliseconds(ttl), len(counts), *flat]
        case Append(name, entries, ttl, limit, shelf):
            bound: list[Argument] = ["", 0] if shelf is None else [SHELF + shelf.name, shelf.room]
            return [LIST + name, "append", _milliseconds(ttl), limit, *bound, len(entries), *entries]
        case Put(name, field, None):
            return [MAP + name, "drop", field]
        case Put(name, field, value, ttl):
            return [MAP + name, "put", _milliseconds(ttl), field, value or b""]
        case Forget(name):
            return [LIST + name, "forget"]


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _pair(flat: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    return zip(flat[::2], flat[1::2], strict=True)
