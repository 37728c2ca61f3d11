"""What the pipeline needs from others, as protocols: a vendor, what is kept and in whose turn, an archive, a clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession


class Clock(Protocol):
    """Time, injected so that no test waits for it."""

    def monotonic(self) -> float:
        """Give seconds that only go forward."""

    def time(self) -> float:
        """Give seconds since 1970."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Vendor(Protocol):
    """One bot at one vendor. `build_request` and `read_reply` are pure; `ask` is the only I/O of a turn."""

    keys: HookKeys
    """The vendor's names in hook payloads."""
    send_code: str
    """The code of a turn that got no answer (circuit open, deadline)."""
    test_code: str | None
    """LivePerson's own code for a connection test that failed, where it has one for this vendor."""

    async def open(self) -> None:
        """Prepare what needs I/O (credentials, service models) before the first `ask`, which otherwise does so itself.

        Off the event loop, once, also when several ask at first; network failures are left to `ask`.
        """

    async def close(self) -> None:
        """Let go of what `open` made."""

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the vendor's own request, in the shape of docs/contract/hooks.md, for the pre hooks and `ask`."""

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Make one attempt of at most `timeout` seconds and give back the native answer. May change `session`.

        Raise VendorFailure when there is no usable answer, InvalidRequest when the request cannot be sent at all.
        """

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Translate the native answer. Raise VendorFailure (UNUSABLE or REPORTED) with the vendor's parser code."""


class StoreFailed(Exception):
    """The store cannot be reached, or did not do what it was asked to in time. The message quotes no content."""


Change: TypeAlias = tuple[str, bytes | None, float]
"""What becomes of a key: (key, value, seconds that it is kept); no value means that it is forgotten."""


class Store(Protocol):
    """Keeps bytes under a key for a time. Every method may raise StoreFailed."""

    async def get(self, key: str) -> bytes | None:
        """Give the value, or None when there is none or its time is over."""

    async def apply(self, changes: Sequence[Change]) -> None:
        """Make these changes, all of them or none."""

    async def close(self) -> None:
        """Let go of files and threads."""


class Place(Protocol):
    """An event's place in the line of its conversation. It waits without a limit of its own; whoever gives up still leaves."""

    async def find_answer(self, *, unreadable: bytes | None = None) -> tuple[str, bytes] | None:
        """Give the first answer to this event and the name that it is kept under, waiting for it while it is under way.

        None: this event is the first. `unreadable` is a value given before that turned out to be none: it is forgotten.
        Raise StoreFailed.
        """

    async def wait_turn(self) -> bytes | None:
        """Wait until the conversation's earlier events have ended, and give what is kept of it. Raise StoreFailed."""

    async def leave(self, *, conversation: bytes | None = None, answers: Mapping[str, bytes]) -> bool:
        """Keep both, give up the place, and let the next event through: in one step where the store allows it.

        The conversation stays as it was when it is None, and is forgotten when it is empty; `answers` has the answer under
        each name of the event, or nothing. Say whether the conversation was kept: it is not when the turn had been lost
        meanwhile. Raise StoreFailed; the place is given up in any case.
        """


class HeldPlace(Protocol):
    """The place of an event whose turn came at once."""

    @property
    def kept(self) -> bytes | None:
        """Give what was kept of the conversation."""

    def leave_now(self, *, conversation: bytes | None = None, answers: Mapping[str, bytes]) -> None:
        """Do what `Place.leave` does, at once; the turn cannot have been lost."""


class Backend(Protocol):
    """Where conversations are kept, and the order of their events: one event at a time, in order of arrival."""

    def place(self, conversation: str, events: Sequence[str]) -> Place:
        """Give an event its place: `conversation` names its conversation, `events` are the names by which it is known again."""

    def begin_now(self, conversation: str, events: Sequence[str]) -> HeldPlace | None:
        """Give an event its place and its turn, where there is no first answer to it and nothing has to be waited for.

        None: that is not so, or not known without waiting, and nothing has been done.
        """

    async def open(self) -> None:
        """Prepare what needs I/O. Raise StoreFailed when the store cannot be used at all."""

    async def close(self) -> None:
        """Let go of connections, once no event is under way."""


@dataclass(frozen=True, slots=True)
class Add:
    """Add to the counts under a name, each from zero; all of them are kept `ttl` seconds after the last addition."""

    name: str
    counts: Mapping[str, int]
    ttl: float


@dataclass(frozen=True, slots=True)
class Shelf:
    """A bound on the bytes of several lists together: the largest of them gives its oldest entries until they fit."""

    name: str
    room: int
    """Bytes of all entries, as they are kept. An entry that is larger by itself is not kept."""


@dataclass(frozen=True, slots=True)
class Append:
    """Append entries, oldest first, to the list under a name; each is kept `ttl` seconds, and of all the `limit` newest.

    A list always has the same `ttl`, `limit` and `shelf`.
    """

    name: str
    entries: Sequence[bytes]
    ttl: float
    limit: int
    shelf: Shelf | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Set a field of the map under a name for `ttl` seconds; no value means that it is forgotten."""

    name: str
    field: str
    value: bytes | None
    ttl: float = 0.0


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget the list under a name."""

    name: str


Entry: TypeAlias = Add | Append | Put | Forget
"""One thing written to an archive."""


class Archive(Protocol):
    """Keeps what the console shows, beside conversations: counts, lists and maps under names, each kind with names of its own.

    All processes at one store see the same. Names are not hidden: they may name accounts and bots, never consumers. Entries
    of lists and values of maps are sealed outside this process's memory; counts, and the names of their fields, are not.
    Every method may raise StoreFailed; what is read costs one round trip, however many names there are.
    """

    async def write(self, entries: Sequence[Entry], *, once: str) -> None:
        """Write all of them in one step, or none. `once` names the step: one that is tried again is not taken twice."""

    async def read_counts(self, names: Sequence[str]) -> list[dict[str, int]]:
        """Give the counts under each name, `{}` where there are none."""

    async def read_lists(self, names: Sequence[str], *, newest: int) -> list[list[bytes]]:
        """Give the `newest` entries under each name, newest first."""

    async def read_maps(self, names: Sequence[str]) -> list[dict[str, bytes]]:
        """Give the fields under each name."""
