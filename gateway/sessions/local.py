"""Conversations of one process: their order and the events under way are its own, only what is kept is in a store."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from gateway.contract.ports import Change, HeldPlace, Place, Store
from gateway.sessions.memory import MemoryStore
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
        self.memory = store if isinstance(store, MemoryStore) else None
        """The store, where it answers at once."""
        self.under_way: dict[str, LocalPlace] = {}
        """The places of the events being answered, by the events' names."""
        self._prepare = prepare

    def place(self, conversation: str, events: Sequence[str]) -> Place:
        """Give an event its place."""
        return LocalPlace(self, conversation, events)

    def begin_now(self, conversation: str, events: Sequence[str]) -> HeldPlace | None:
        """Give an event its turn at once; None where the store is not this process's memory, or somebody is before it."""
        store = self.memory
        if store is None:
            return None
        for name in events:
            if name in self.under_way or store.look(name) is not None:
                return None
        if not self.order.acquire_now(conversation):
            return None
        place = LocalPlace(self, conversation, events)
        place.be_first()
        place.take_turn(store.look(conversation))
        return place

    async def open(self) -> None:
        """Open the store. Raise StoreFailed."""
        if self._prepare is not None:
            await self._prepare()

    async def close(self) -> None:
        """Close the store."""
        await self.store.close()


class LocalPlace:
    """See `gateway.contract.ports.Place`."""

    __slots__ = ("_backend", "_conversation", "_ended", "_events", "_in_turn", "_is_first", "kept")

    def __init__(self, backend: LocalBackend, conversation: str, events: Sequence[str]) -> None:
        self._backend = backend
        self._conversation = conversation
        self._events = events
        self._is_first = False
        self._ended: asyncio.Future[Mapping[str, bytes]] | None = None
        """Gets the answers; made when somebody waits for them."""
        self._in_turn = False
        self.kept: bytes | None = None

    def take_turn(self, kept: bytes | None) -> None:
        """Hold the turn that has just been acquired; `kept` is what was kept of the conversation."""
        self._in_turn = True
        self.kept = kept

    async def find_answer(self, *, unreadable: bytes | None = None) -> tuple[str, bytes] | None:
        """Give the first answer, waiting for it while it is under way."""
        if not self._is_first and self._events:
            while (first := self._find_first()) is not None:
                # Shielded: a repeat that is given up must not take the first one's answer away.
                answers = await asyncio.shield(first.wait_end())
                for name in self._events:
                    if name in answers:
                        return name, answers[name]
            # No await between the look above and this: two equal events cannot both be first.
            self.be_first()
        for name in self._events:
            kept = await self._backend.store.get(name)
            if kept is not None and kept != unreadable:
                return name, kept
        return None

    def wait_end(self) -> "asyncio.Future[Mapping[str, bytes]]":
        """Give what gets this event's answers."""
        if self._ended is None:
            self._ended = asyncio.get_running_loop().create_future()
        return self._ended

    def _find_first(self) -> "LocalPlace | None":
        """Find an event under way that has one of this one's names."""
        for name in self._events:
            if (first := self._backend.under_way.get(name)) is not None:
                return first
        return None

    def be_first(self) -> None:
        """Have repeats of this event wait for its answers."""
        self._is_first = True
        for name in self._events:
            self._backend.under_way[name] = self

    async def wait_turn(self) -> bytes | None:
        """Wait for the turn, and give what is kept of the conversation."""
        await self._backend.order.acquire(self._conversation)
        self._in_turn = True
        self.kept = await self._backend.store.get(self._conversation)
        return self.kept

    async def leave(self, *, conversation: bytes | None = None, answers: Mapping[str, bytes]) -> bool:
        """Keep both and let the next one through. A turn of this process cannot be lost."""
        try:
            if changes := self._list_changes(conversation, answers):
                await self._backend.store.apply(changes)
        finally:
            self._give_up(answers)
        return True

    def leave_now(self, *, conversation: bytes | None = None, answers: Mapping[str, bytes]) -> None:
        """Do the same at once, where the store is this process's memory."""
        assert self._backend.memory is not None  # noqa: S101 - else nothing begins at once
        if changes := self._list_changes(conversation, answers):
            self._backend.memory.change(changes)
        self._give_up(answers)

    def _list_changes(self, conversation: bytes | None, answers: Mapping[str, bytes]) -> list[Change]:
        backend = self._backend
        changes: list[Change] = [(name, answer, backend.repeat_ttl) for name, answer in answers.items()]
        if conversation is not None:
            changes.append((self._conversation, conversation or None, backend.session_ttl))
        return changes

    def _give_up(self, answers: Mapping[str, bytes]) -> None:
        """Let the next event through, and give the answer, or that there is none, to those who wait for it."""
        if self._in_turn:
            self._in_turn = False
            self._backend.order.release(self._conversation)
        if not self._is_first:
            return
        self._is_first = False
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(answers)
        for name in self._events:
            if self._backend.under_way.get(name) is self:
                del self._backend.under_way[name]
