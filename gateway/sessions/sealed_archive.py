"""The archive as the gateway sees it: what lies outside this process is sealed, and what cannot be opened is left out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import structlog

from gateway.contract.ports import Append, Archive, Entry, Put
from gateway.sessions.sealing import Seal, UnreadableValue


class SealedArchive:
    """See `gateway.contract.ports.Archive`. An entry opens in its own list alone, a value in its own field of its own map."""

    def __init__(self, archive: Archive, seal: Seal) -> None:
        self._archive = archive
        self._seal = seal
        self._log = structlog.get_logger(part="sessions")

    async def write(self, entries: Sequence[Entry], *, once: str) -> None:
        """Seal and write all of them."""
        await self._archive.write([self._close(entry) for entry in entries], once=once)

    async def read_counts(self, names: Sequence[str]) -> list[dict[str, int]]:
        """Give the counts under each name: they are numbers of turns, and not sealed."""
        return await self._archive.read_counts(names)

    async def read_lists(self, names: Sequence[str], *, newest: int) -> list[list[bytes]]:
        """Give the newest entries under each name, newest first."""
        found = await self._archive.read_lists(names, newest=newest)
        return [
            [content for value in values for content in self._open(_name_list(name), value)]
            for name, values in zip(names, found, strict=True)
        ]

    async def read_maps(self, names: Sequence[str]) -> list[dict[str, bytes]]:
        """Give the fields under each name."""
        found = await self._archive.read_maps(names)
        return [
            {
                field: content
                for field, value in fields.items()
                for content in self._open(_name_field(name, field), value)
            }
            for name, fields in zip(names, found, strict=True)
        ]

    def _close(self, entry: Entry) -> Entry:
        match entry:
            case Append(name, values):
                return replace(entry, entries=[self._seal.close(_name_list(name), value) for value in values])
            case Put(name, field, bytes() as value):
                return replace(entry, value=self._seal.close(_name_field(name, field), value))
            case _:
                return entry

    def _open(self, name: str, value: bytes) -> Iterator[bytes]:
        """Give what was sealed, or nothing."""
        try:
            yield self._seal.open(name, value)
        except UnreadableValue as problem:
            self._log.warning("value-dropped", what="archive", reason=str(problem))


def _name_list(name: str) -> str:
    return f"list/{name}"


def _name_field(name: str, field: str) -> str:
    return f"map/{name}/{field}"
