"""Conversations of one process: their order and the events under way are its own, only what is kept is in a store."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from gateway.contract.ports import Change, Place, Store
from gateway.sessions.order import MemoryOrder


class LocalBackend:
    """A backend over a store that no other process uses at the same time."""

    def __init__(
        self,
        store: Store,
        *,
        session_ttl: float,
        repeat_ttl: float,
        prepare: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Keep conversations `session_ttl` seconds after their last turn, answers `repeat_ttl` seconds."""
        self.store = store
        self.session_ttl = session_ttl
        self.repeat_ttl = repeat_ttl
        self.order = MemoryOrder()
        self.under_way: dict[str, asyncio.Future[Mapping[str, bytes]]] = {}
        """The events being answered, by their names."""
        self._prepare = prepare

    def place(self, conversation: str, events: Sequence[str]) -> Place:
        """Give an event its place."""
        return LocalPlace(self, conversation, events)

    async def open(self) -> None:
        """Open the store. Raise StoreFailed."""
        if self._prepare is not None:
            await self._prepare()

    async def close(self) -> None:
        """Close the store."""
        await self.store.close()


class LocalPlace:
    """See `gateway.contract.ports.Place`."""

    def __init__(self, backend: LocalBackend, conversation: str, events: Sequence[str]) -> None:
        self._backend = backend
        self._conversation = conversation
        self._events = events
        self._mine: asyncio.Future[Mapping[str, bytes]] | None = None
        self._in_turn = False

    async def find_answer(self, *, unreadable: bytes | None = None) -> tuple[str, bytes] | None:
        """Give the first answer, waiting for it while it is under way."""
        under_way = self._backend.under_way
        if self._mine is None and self._events:
            while (first := self._find_first()) is not None:
                # Shielded: a repeat that is given up must not take the first one's answer away.
                answers = await asyncio.shield(first)
                for name in self._events:
                    if name in answers:
                        return name, answers[name]
            # No await between the look above and this: two equal events cannot both be first.
            self._mine = asyncio.get_running_loop().create_future()
            for name in self._events:
                under_way[name] = self._mine
        for name in self._events:
            kept = await self._backend.store.get(name)
            if kept is not None and kept != unreadable:
                return name, kept
        return None

    def _find_first(self) -> "asyncio.Future[Mapping[str, bytes]] | None":
        """Find an event under way that has one of this one's names."""
        for name in self._events:
            if (first := self._backend.under_way.get(name)) is not None:
                return first
        return None

    async def wait_turn(self) -> bytes | None:
        """Wait for the turn, and give what is kept of the conversation."""
        await self._backend.order.acquire(self._conversation)
        self._in_turn = True
        return await self._backend.store.get(self._conversation)

    async def leave(self, *, conversation: bytes | None = None, answers: Mapping[str, bytes]) -> bool:
        """Keep both and let the next one through. A turn of this process cannot be lost."""
        backend = self._backend
        changes: list[Change] = [(name, answer, backend.repeat_ttl) for name, answer in answers.items()]
        if conversation is not None:
            changes.append((self._conversation, conversation or None, backend.session_ttl))
        try:
            if changes:
                await backend.store.apply(changes)
        finally:
            if self._in_turn:
                self._in_turn = False
                backend.order.release(self._conversation)
            self._tell(answers)
        return True

    def _tell(self, answers: Mapping[str, bytes]) -> None:
        """Give the answer, or that there is none, to those who wait for it."""
        mine, self._mine = self._mine, None
        if mine is not None:
            mine.set_result(answers)
            for name in self._events:
                if self._backend.under_way.get(name) is mine:
                    del self._backend.under_way[name]
