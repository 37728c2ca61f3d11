"""Admit a bot's turns up to its limits, and the whole gateway's up to its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.ports import Clock

RATE_LIMITED = OWN_PREFIX + "rate-limited"
OVERLOADED = OWN_PREFIX + "overloaded"


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """A bot's `limits` section; None is no limit."""

    in_flight: int | None = None
    per_second: float | None = None


class Limiter:
    """One bot's limits: turns at once, and turns per second (a token bucket that holds one second's worth)."""

    def __init__(self, policy: LimitPolicy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._in_flight = 0
        self._tokens = policy.per_second or 0.0
        self._filled_at = clock.monotonic()

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Hold a place for one turn. Raise RequestRefused (429) with the seconds after which there may be one."""
        if self._policy.in_flight is not None and self._in_flight >= self._policy.in_flight:
            raise _refuse(RATE_LIMITED, "The bot has as many turns under way as its limit allows.", 1.0)
        if self._policy.per_second is not None:
            self._take_token(self._policy.per_second)
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    def _take_token(self, rate: float) -> None:
        now = self._clock.monotonic()
        self._tokens = min(max(rate, 1.0), self._tokens + (now - self._filled_at) * rate)
        self._filled_at = now
        if self._tokens < 1:
            raise _refuse(
                RATE_LIMITED, "The bot has more turns per second than its limit allows.", (1 - self._tokens) / rate
            )
        self._tokens -= 1


class Gate:
    """The whole gateway's door: a ceiling, and the way out when the process ends."""

    def __init__(self, ceiling: int) -> None:
        self._ceiling = ceiling
        self._idle = asyncio.Event()
        self._idle.set()
        self.in_flight = 0
        self.draining = False

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Hold a place for one request. Raise RequestRefused (503) when full or draining."""
        if self.draining:
            raise _refuse(OVERLOADED, "The gateway is shutting down.", 1.0)
        if self.in_flight >= self._ceiling:
            raise _refuse(OVERLOADED, "The gateway has as many turns under way as it can hold.", 1.0)
        self.in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self._idle.set()

    async def drain(self, timeout: float) -> bool:  # noqa: ASYNC109 - how long the caller will wait
        """Refuse what is new and wait for what is under way; False when some of it outlasted `timeout` seconds."""
        self.draining = True
        try:
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True


def _refuse(code: str, message: str, retry_after: float) -> RequestRefused:
    return RequestRefused(code, message, retryable=True, retry_after=retry_after)
