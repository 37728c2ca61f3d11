"""Admit a bot's turns up to its limits, and the whole gateway's up to its own."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.ports import Clock

RATE_LIMITED = OWN_PREFIX + "rate-limited"
OVERLOADED = OWN_PREFIX + "overloaded"
VENDOR_SHARE: Final = 0.8
"""Of the gateway's ceiling, what the turns at one vendor may take."""


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """A bot's `limits` section; None is no limit."""

    in_flight: int | None = None
    per_second: float | None = None


class Place:
    """A place that has been taken: `with` gives it back. One object does for all, since it says only whose place it is."""

    __slots__ = ("leave",)

    def __init__(self, leave: Callable[[], None]) -> None:
        self.leave = leave

    def __enter__(self) -> None:
        """Do nothing: the place has been taken."""

    def __exit__(self, *_exception: object) -> None:
        """Give the place back."""
        self.leave()


class Limiter:
    """Limits of a bot or an account: turns at once, and turns per second (a token bucket that holds one second's worth).

    A bot's limiter has its account's as `within`: a turn needs a place in both.
    """

    def __init__(
        self, policy: LimitPolicy, clock: Clock, *, whose: str = "bot", within: "Limiter | None" = None
    ) -> None:
        self.policy = policy
        self.in_flight = 0
        """Turns under way."""
        self._whose = whose
        self._within = within
        self._clock = clock
        self._tokens = policy.per_second or 0.0
        self._filled_at = clock.monotonic()
        self._place = Place(self.leave)

    def admit(self) -> Place:
        """Take a place for one turn, given back by the `with` that this stands in.

        Raise RequestRefused (429) with the seconds after which there may be one.
        """
        if self._within is not None:
            self._within.admit()
        try:
            if self.policy.in_flight is not None and self.in_flight >= self.policy.in_flight:
                raise _refuse(RATE_LIMITED, f"The {self._whose} has as many turns under way as its limit allows.", 1.0)
            if self.policy.per_second is not None:
                self._take_token(self.policy.per_second)
        except RequestRefused:
            if self._within is not None:
                self._within.leave()
            raise
        self.in_flight += 1
        return self._place

    def leave(self) -> None:
        """Give a place back."""
        self.in_flight -= 1
        if self._within is not None:
            self._within.leave()

    def _take_token(self, rate: float) -> None:
        now = self._clock.monotonic()
        self._tokens = min(max(rate, 1.0), self._tokens + (now - self._filled_at) * rate)
        self._filled_at = now
        if self._tokens < 1:
            wait = (1 - self._tokens) / rate
            raise _refuse(RATE_LIMITED, f"The {self._whose} has more turns per second than its limit allows.", wait)
        self._tokens -= 1


class Gate:
    """The whole gateway's door: a ceiling, a share of it for each vendor, and the way out when the process ends.

    Turns at a vendor that has become slow pile up; the share leaves room for the bots of the others.
    """

    def __init__(self, ceiling: int, *, vendor_share: float = VENDOR_SHARE) -> None:
        self._ceiling = ceiling
        self._vendor_ceiling = max(1, int(ceiling * vendor_share))
        self._per_vendor: Counter[str] = Counter()
        self._idle = asyncio.Event()
        self._idle.set()
        self.in_flight = 0
        self.draining = False
        self._place = Place(self.leave)
        self._vendor_places: dict[str, Place] = {}

    def admit(self) -> Place:
        """Take a place for one request, as `Limiter.admit` does. Raise RequestRefused (503) when full or draining."""
        if self.draining:
            raise _refuse(OVERLOADED, "The gateway is shutting down.", 1.0)
        if self.in_flight >= self._ceiling:
            raise _refuse(OVERLOADED, "The gateway has as many turns under way as it can hold.", 1.0)
        if not self.in_flight:
            self._idle.clear()
        self.in_flight += 1
        return self._place

    def leave(self) -> None:
        """Give a place back."""
        self.in_flight -= 1
        if not self.in_flight:
            self._idle.set()

    def admit_vendor(self, vendor: str) -> Place:
        """Take one of a vendor's places. Raise RequestRefused (503) when its share is used up."""
        if self._per_vendor[vendor] >= self._vendor_ceiling:
            raise _refuse(OVERLOADED, "The gateway has as many turns under way at this vendor as it can hold.", 1.0)
        self._per_vendor[vendor] += 1
        place = self._vendor_places.get(vendor)
        if place is None:
            place = self._vendor_places[vendor] = Place(lambda: self.leave_vendor(vendor))
        return place

    def leave_vendor(self, vendor: str) -> None:
        """Give one of a vendor's places back."""
        self._per_vendor[vendor] -= 1

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
