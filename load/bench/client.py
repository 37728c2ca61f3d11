"""The caller: raw connections that write prepared bytes, check every answer, and cost little beside what they measure."""

import asyncio
import random
from array import array
from collections import deque
from collections.abc import Sequence
from time import perf_counter
from typing import Final, Self

from load.bench.connection import Connection, Target, WrongAnswer

PATIENCE: Final = 60.0
"""Seconds for a whole measurement."""


class Crowd:
    """Connections to one target. An asynchronous context: they are opened when they are first needed, and closed at its end."""

    def __init__(self, target: Target, *, tolerant: bool = False) -> None:
        """Speak to a target. A tolerant crowd counts wrong answers instead of ending with the first."""
        self.target = target
        self.failures: list[WrongAnswer] = []
        self.most = 0
        """Events under way at a time, at most, since `drive` or `arrive` began."""
        self._tolerant = tolerant
        self.latencies = array("d")
        """Seconds, of the answers since `drive` or `arrive` began."""
        self._all: list[Connection] = []
        self._idle: deque[Connection] = deque()
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

    async def drive(self, events: int, in_flight: int, *, within: float = 0.0) -> float:
        """Send so many events, always `in_flight` under way; give the seconds. Raise WrongAnswer.

        The first ones go out evenly over `within` seconds. Thousands that begin in one instant want thousands of new connections
        in that instant, and what is measured then is how the system refuses them.
        """
        await self._open(in_flight)
        self._begin(events, repeats=True)
        began = perf_counter()
        first = min(events, in_flight)
        for number in range(first):
            if within and (wait := began + within * number / first - perf_counter()) > 0:
                await asyncio.sleep(wait)
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

    def note(self, connection: Connection, seconds: float) -> None:
        """Take note of a good answer, and send the next event where there is one."""
        self.latencies.append(seconds)
        self._idle.append(connection)
        self._go_on()

    def forget(self, connection: Connection) -> None:
        """Let go of a connection that has ended: servers hang up on those that were silent for long."""
        self._all.remove(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    def fail(self, connection: Connection, problem: WrongAnswer) -> None:
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
            _, connection = await loop.create_connection(lambda: Connection(self), *self.target.address)
            self._all.append(connection)
            self._idle.append(connection)

    def _begin(self, events: int, *, repeats: bool) -> None:
        self.latencies = array("d")
        self._left, self._under_way, self._repeats, self.most = events, 0, repeats, 0
        self._done = asyncio.get_running_loop().create_future()

    def _send(self) -> None:
        self._left -= 1
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        self._idle.popleft().send()

    async def _wait(self) -> None:
        assert self._done is not None  # noqa: S101 - `_begin` made it
        try:
            async with asyncio.timeout(PATIENCE):
                await self._done
        except TimeoutError:
            problem = WrongAnswer(f"{self._under_way} of the events have no answer after {PATIENCE:g} s")
            if not self._tolerant:
                raise problem from None
            self.failures.append(problem)

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
