"""Conversations that several gateways share through one Redis: what is kept, whose turn it is, and which events are under way.

A turn costs two round trips: one that looks for the first answer, takes a place and gives the conversation when the turn has
come at once; one that keeps conversation and answer and lets the next event through. What happens inside them says
`gateway.sessions.scripts`.
"""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import Any, Final, TypeAlias

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from gateway.contract.ports import Clock, HeldPlace, Place, StoreFailed
from gateway.sessions.conveyor import Argument, Conveyor
from gateway.sessions.packing import pack_with_hiredis
from gateway.sessions.redis_archive import RedisArchive
from gateway.sessions.scripts import DROP, ENTER, LEAVE, PREFIX

LEASE: Final = 5.0
"""Seconds after which a process that has not been heard of counts as dead, and its turns as lost."""
BEAT: Final = 1.0
"""Seconds between two signs of life, and between two looks of an event that waits, should nobody wake it."""
CALL_TIME: Final = 1.0
"""Seconds for one call: connecting, and again for the answer."""
CONNECTIONS: Final = 5
"""At most: one for calls, one for the archive, one for being woken, one for signs of life, one to spare."""
LINE_KEPT: Final = 3600.0
"""Seconds after which a line that nobody enters is forgotten: longer than any turn."""

Leaving: TypeAlias = tuple[Sequence[str], Sequence[Argument]]
"""Keys and arguments of the script LEAVE."""


class RedisBackend:
    """One process's access to the conversations in Redis."""

    def __init__(self, url: str, clock: Clock, *, session_ttl: float, repeat_ttl: float, lease: float = LEASE) -> None:
        """Keep conversations `session_ttl` seconds after their last turn, answers `repeat_ttl` seconds."""
        self.process = token_hex(8)
        """This process's name in tickets: a new one every time it starts."""
        self.session_ttl = round(session_ttl * 1000)
        self.repeat_ttl = round(repeat_ttl * 1000)
        self.lease = round(lease * 1000)
        self.places: dict[int, RedisPlace] = {}
        """The events of this process that may stand in a line, by the number of their ticket."""
        self.owed: dict[int, Leaving] = {}
        """What events that have left wanted to leave behind, and Redis did not take, by the number of their ticket."""
        self.numbers = itertools.count(1)
        self._clock = clock
        self._log = structlog.get_logger(part="sessions")
        self._client = Redis.from_url(
            url,
            socket_timeout=CALL_TIME,
            socket_connect_timeout=CALL_TIME,
            max_connections=CONNECTIONS,
            driver_info=None,  # otherwise each connection looks up redis-py's version on the disk
            # Once more at once, for a connection that was closed while it was idle; the scripts may be run twice.
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )
        pack_with_hiredis(self._client)
        self.conveyor = Conveyor(self._client, (ENTER, LEAVE, DROP))
        self.archive = RedisArchive(self._client)
        self._tasks: list[asyncio.Future[None]] = []

    def place(self, conversation: str, events: Sequence[str]) -> Place:
        """Give an event its place."""
        return RedisPlace(self, conversation, events)

    def begin_now(self, conversation: str, events: Sequence[str]) -> HeldPlace | None:  # noqa: ARG002 - Redis must be asked
        """Give None: nothing is known without asking Redis."""
        return None

    async def open(self) -> None:
        """Connect and begin to give signs of life. Raise StoreFailed when there is no Redis, or one that is too old."""
        try:
            await self._client.lpos(f"{PREFIX}line:none", "x")  # the newest command that the scripts use
            await self._give_sign_of_life()
        except (RedisError, OSError) as error:
            await self._client.aclose()
            raise StoreFailed(f"Redis: {error}") from error
        self.conveyor.open()
        self.archive.conveyor.open()
        self._tasks = [asyncio.ensure_future(self._stay_alive()), asyncio.ensure_future(self._listen())]

    async def close(self) -> None:
        """Carry out what was handed in, and tell the others that this process has gone."""
        self._pay_all()
        await self.archive.conveyor.close()
        await self.conveyor.close()
        for task in self._tasks:
            # redis-py 8.1 swallows a cancellation that meets it while it connects: said again until it is heard.
            while not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=0.05)
        with suppress(RedisError, OSError):  # the others notice when the lease runs out
            await self._client.delete(self._process_key)
        await self._client.aclose()

    @property
    def _process_key(self) -> str:
        return f"{PREFIX}process:{self.process}"

    async def _give_sign_of_life(self) -> None:
        await self._client.set(self._process_key, "1", px=self.lease)

    async def _stay_alive(self) -> None:
        """Renew the lease of all turns of this process, for as long as the loop goes round."""
        reached = True
        while True:
            await self._clock.sleep(BEAT)
            try:
                await self._give_sign_of_life()
            except (RedisError, OSError) as error:
                if reached:
                    self._log.error("store-unreachable", reason=type(error).__name__)
                reached = False
            else:
                if not reached:
                    self._log.warning("store-reachable")
                reached = True
                self._pay_all()

    async def _listen(self) -> None:
        """Wake events whose turn may have come; without this they look themselves, every BEAT seconds."""
        while True:
            try:
                async with self._client.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(f"{PREFIX}wake:{self.process}")
                    while True:
                        message = await channel.get_message(timeout=10 * BEAT)
                        if message is not None:
                            self._wake(message["data"])
            except (RedisError, OSError):
                await self._clock.sleep(BEAT)

    def _wake(self, message: bytes) -> None:
        number, _, line = message.decode().partition(" ")
        place = self.places.get(int(number))
        if place is not None:
            place.woken.set()
        elif int(number) in self.owed:
            self._pay(int(number))
        else:
            self.conveyor.submit(DROP, [line], [f"{self.process}:{number}"]).add_done_callback(_overlook)

    def leave(self, number: int, keys: Sequence[str], arguments: Sequence[Argument]) -> "asyncio.Future[Any]":
        """Let an event leave its lines. What Redis does not take it is owed: the ticket stands until it has.

        Nobody behind goes on while this process lives, so that an answer that is late is not asked for twice.
        """

        def note(left: "asyncio.Future[Any]") -> None:
            if left.cancelled() or left.exception() is not None:
                self.owed[number] = keys, arguments

        left = self.conveyor.submit(LEAVE, keys, arguments)
        left.add_done_callback(note)
        return left

    def _pay_all(self) -> None:
        for number in list(self.owed):
            self._pay(number)

    def _pay(self, number: int) -> None:
        keys, arguments = self.owed.pop(number)
        self.leave(number, keys, arguments).add_done_callback(_overlook)


class RedisPlace:
    """See `gateway.contract.ports.Place`."""

    def __init__(self, backend: RedisBackend, conversation: str, events: Sequence[str]) -> None:
        self._backend = backend
        self._events = events
        self._number = next(backend.numbers)
        self._ticket = f"{backend.process}:{self._number}"
        self._keys = [
            f"{PREFIX}process:{backend.process}",
            f"{PREFIX}conversation:{conversation}",
            f"{PREFIX}line:{conversation}",
        ]
        for event in events:
            self._keys += (f"{PREFIX}answer:{event}", f"{PREFIX}line:{event}")
        self._turn: tuple[bytes | None] | None = None
        """What is kept of the conversation, once the turn has come."""
        self.woken = asyncio.Event()

    async def find_answer(self, *, unreadable: bytes | None = None) -> tuple[str, bytes] | None:
        """Give the first answer, waiting for it while it is under way; otherwise stand in line from now on."""
        while True:
            state, *more = await self._enter(unreadable or b"")
            if state == b"answer":
                self._backend.places.pop(self._number, None)
                return self._events[more[0]], more[1]
            if state == b"turn":
                self._turn = (more[0],)
            if state != b"under way":
                return None
            await self._wait()

    async def wait_turn(self) -> bytes | None:
        """Wait for the turn, and give what is kept of the conversation."""
        while self._turn is None:
            await self._wait()
            state, *more = await self._enter(b"")
            if state == b"turn":
                self._turn = (more[0],)
            elif state == b"answer":
                self._backend.places.pop(self._number, None)
                raise StoreFailed("this process was taken for dead, and another has answered the event")
        return self._turn[0]

    async def leave(self, *, conversation: bytes | None = None, answers: Mapping[str, bytes]) -> bool:
        """Keep both and let the next event through, wherever it is."""
        if self._backend.places.pop(self._number, None) is None:
            return True  # never stood in line, or left it with the first answer
        what = "" if conversation is None else "keep" if conversation else "forget"
        arguments: list[Argument] = [
            self._ticket,
            what,
            conversation or b"",
            self._backend.session_ttl,
            self._backend.repeat_ttl,
        ]
        # In the order of the names, as the keys are; carried out even when the caller is cancelled.
        arguments += [answers[event] for event in self._events if event in answers]
        if conversation is None and not answers:
            # Nobody needs to wait until a place is empty.
            self._backend.conveyor.submit(LEAVE, self._keys, arguments).add_done_callback(_overlook)
            return True
        return bool(await self._backend.leave(self._number, self._keys, arguments))

    async def _enter(self, unreadable: bytes) -> Any:
        self._backend.places[self._number] = self
        self.woken.clear()
        arguments: list[Argument] = [self._ticket, self._backend.lease, round(LINE_KEPT * 1000), unreadable]
        return await self._backend.conveyor.submit(ENTER, self._keys, arguments)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(BEAT):
                await self.woken.wait()
        except TimeoutError:
            pass  # perhaps whoever was to wake it has died


def _overlook(given_up: "asyncio.Future[Any]") -> None:
    """Let a failure pass: whoever stands behind the ticket wakes it, and then it is dropped."""
    if not given_up.cancelled():
        given_up.exception()
