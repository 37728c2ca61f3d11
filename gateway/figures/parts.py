"""Much work in parts: neither a store nor the event loop is held up by the figures of ten thousand bots."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeVar

AT_ONCE: Final = 100
"""Names that are read in one round trip: a few milliseconds of a Redis, of SQLite's thread or of the loop."""

T = TypeVar("T")


async def read_in_parts(read: Callable[[Sequence[str]], Awaitable[list[T]]], names: Sequence[str]) -> list[T]:
    """Give what `read` gives for all of the names, in their order."""
    found: list[T] = []
    for begin in range(0, len(names), AT_ONCE):
        found += await read(names[begin : begin + AT_ONCE])
        await asyncio.sleep(0)  # an archive in memory answers without letting others run
    return found


async def spread(items: Iterable[T]) -> AsyncIterator[T]:
    """Give the items, and let others run now and then."""
    for number, item in enumerate(items, 1):
        yield item
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
