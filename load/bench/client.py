"""The caller: raw connections that write prepared bytes, check every answer, and cost little beside what they measure."""

import asyncio
import random
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final, Self

from yarl import URL

from load.bench.events import Requests

PATIENCE: Final = 60.0
"""Seconds for a whole measurement."""


class WrongAnswer(Exception):
    """An answer that is not the expected one: what was measured would mean nothing."""


@dataclass(slots=True)
class Fixed:
    """The same request again and again."""

    request: bytes

    def next(self) -> bytes:
        """Give it."""
        return self.request


@dataclass(slots=True)
class Target:
    """A server under measurement, and what it must answer."""

    url: str
    requests: Requests | Fixed
    expected: bytes | None = None
    """The body of every answer; None until the first one has come."""
    address: tuple[str, int] = field(init=False)

    def __post_init__(self) -> None:
        url = URL(self.url)
        self.address = (url.host or "", url.port or 0)


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way at most."""

    def __init__(self, crowd: "Crowd") -> None:
        self._crowd = crowd
        self._received = b""
        self._sent = 0.0
        self.is_busy = False

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport

    def send(self) -> None:
        """Send the next event."""
        self.is_busy = True
        self._sent = perf_counter()
        self._transport.write(self._crowd.target.requests.next())

    def data_received(self, data: bytes) -> None:
        self._received = received = self._received + data if self._received else data
        head = received.find(b"\r\n\r\n")
        if head < 0:
            return
        if (expected := self._crowd.target.expected) is None:
            try:
                if not _is_whole(received, head):
                    return
            except WrongAnswer as problem:
                self._crowd.fail(self, problem)
                return
            expected = self._crowd.target.expected = received[head + 4 :]
        if received.startswith(b"HTTP/1.1 200 ") and len(received) - head - 4 < len(expected):
            return
        self._received = b""
        self.is_busy = False
        if received[:13] != b"HTTP/1.1 200 " or received[head + 4 :] != expected:
            self._crowd.fail(self, WrongAnswer(received[:600].decode("utf-8", "replace")))
            return
        self._crowd.note(self, perf_counter() - self._sent)

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.forget(self)
        if self.is_busy:
            self._crowd.fail(self, WrongAnswer(f"the connection ended instead: {type(exc).__name__}"))

    def close(self) -> None:
        """Hang up."""
        self.is_busy = False
        self._transport.close()


class Crowd:
    """Connections to one target. An asynchronous context: they are opened when they are first needed, and closed at its end."""

    def __init__(self, target: Target, *, tolerant: bool = False) -> None:
        """Speak to a target. A tolerant crowd counts wrong answers instead of ending with the first."""
        self.target = target
        self.failures: list[WrongAnswer] = []
        self._tolerant = tolerant
        self.latencies = array("d")
        """Seconds, of the answers since `drive` or `arrive` began."""
        self._all: list[_Connection] = []
        self._idle: deque[_Connection] = deque()
        self._left = 0
        self._under_way = 0
        self._repeats = False
        self._done: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        for connection in list(self._all):
            connection.close()
        await asyncio.sleep(0)

    async def drive(self, events: int, in_flight: int, *, at_once: int = 0) -> float:
        """Send so many events, always `in_flight` under way; give the seconds. Raise WrongAnswer.

        With `at_once` the first go out in lots of that size, a tenth of a second apart: thousands that begin in one instant want
        thousands of new connections, and what is measured then is how the system refuses them.
        """
        await self._open(in_flight)
        self._begin(events, repeats=True)
        began = perf_counter()
        for number in range(min(events, in_flight)):
            if at_once and number and number % at_once == 0:
                await asyncio.sleep(0.1)
            if self._left:  # answers may have come meanwhile, and sent the rest
                self._send()
        await self._wait()
        return perf_counter() - began

    async def arrive(self, rate: float, seconds: float, *, seed: int = 1) -> Sequence[float]:
        """Send events as strangers do, at random moments, whatever is still under way; give each answer's seconds.

        The loop's timer has a grain of a millisecond, so events due within one come at once: little bursts, as in life.
        """
        await self._open(16)
        moments = _draw_moments(rate, seconds, seed)
        self._begin(len(moments), repeats=False)
        began = perf_counter()
        for moment in moments:
            if (wait := began + moment - perf_counter()) > 0:
                await asyncio.sleep(wait)
            if not self._idle:
                await self._open(len(self._all) + 16)
            self._send()
        await self._wait()
        return self.latencies

    def note(self, connection: _Connection, seconds: float) -> None:
        """Take note of a good answer, and send the next event where there is one."""
        self.latencies.append(seconds)
        self._idle.append(connection)
        self._go_on()

    def forget(self, connection: _Connection) -> None:
        """Let go of a connection that has ended: servers hang up on those that were silent for long."""
        self._all.remove(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    def fail(self, connection: _Connection, problem: WrongAnswer) -> None:
        """Take note of a wrong answer: it ends the measurement, unless the crowd is tolerant."""
        self.failures.append(problem)
        if not self._tolerant:
            self._end(problem)
            return
        connection.close()
        self._go_on()

    def _go_on(self) -> None:
        """Send the next event where there is one, or end."""
        self._under_way -= 1
        if self._repeats and self._left and self._idle:
            self._send()
        if not self._under_way and not (self._left and self._idle):
            self._end(None)

    async def _open(self, connections: int) -> None:
        """Have at least so many connections."""
        loop = asyncio.get_running_loop()
        for _ in range(connections - len(self._all)):
            _, connection = await loop.create_connection(lambda: _Connection(self), *self.target.address)
            self._all.append(connection)
            self._idle.append(connection)

    def _begin(self, events: int, *, repeats: bool) -> None:
        self.latencies = array("d")
        self._left, self._under_way, self._repeats = events, 0, repeats
        self._done = asyncio.get_running_loop().create_future()

    def _send(self) -> None:
        self._left -= 1
        self._under_way += 1
        self._idle.popleft().send()

    async def _wait(self) -> None:
        assert self._done is not None  # noqa: S101 - `_begin` made it
        try:
            async with asyncio.timeout(PATIENCE):
                await self._done
        except TimeoutError:
            raise WrongAnswer(f"{self._under_way} of the events have no answer after {PATIENCE:g} s") from None

    def _end(self, problem: WrongAnswer | None) -> None:
        if self._done is None or self._done.done():
            return
        if problem is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(problem)


def _draw_moments(rate: float, seconds: float, seed: int) -> list[float]:
    """Draw the moments of arrival, in seconds: the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - nobody is to be surprised
    moments = []
    moment = chance.expovariate(rate)
    while moment < seconds:
        moments.append(moment)
        moment += chance.expovariate(rate)
    return moments


def _is_whole(received: bytes, head: int) -> bool:
    """Say whether an answer whose length is not known yet has come to its end."""
    for line in received[:head].lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(received) - head - 4 >= int(line[15:])
    raise WrongAnswer("an answer without a Content-Length")
