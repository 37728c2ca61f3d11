"""What one bot's turns add to the metrics, counted in plain numbers and carried over when somebody looks.

A turn costs a tenth of what it would cost to tell Prometheus' own objects of it, which lock for every sample.
"""

import asyncio
from bisect import bisect_left
from collections import Counter as Count
from collections.abc import Mapping
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
"""Seconds: the upper bounds of a step's histogram."""
SOON: Final = 0.05
"""Seconds until workers that share their metrics carry over what they have counted."""
OUTCOMES: Final = ("answered", "escalated", "failed", "refused", "repeated", "cancelled")
"""How a turn can end."""


class Series:
    """The metrics that bots have in common, and the bots whose tallies hold something."""

    def __init__(
        self, turns: Counter, steps: Histogram, retries: Counter, in_flight: Gauge, *, shared: bool = False
    ) -> None:
        """With `shared` carry over soon after every turn, since another process may be asked, and this one may be killed."""
        self._is_shared = shared
        self._is_due = False
        self.turns = turns
        self.steps = steps
        self.retries = retries
        self.in_flight = in_flight
        self.touched: set[Tally] = set()

    def touch(self, tally: "Tally") -> None:
        """Note that a bot's tally holds something."""
        self.touched.add(tally)
        if self._is_shared and not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(SOON, self.carry_over)

    def carry_over(self) -> None:
        """Add to the metrics what has come together since the last time."""
        self._is_due = False
        touched, self.touched = self.touched, set()
        for tally in touched:
            tally.carry_over()
            if tally.in_flight:
                self.touched.add(tally)


class Tally:
    """One bot's. Its series are made with its first turn: those of ten thousand bots would fill the memory for nothing."""

    __slots__ = ("_has_series", "_names", "_outcomes", "_retries", "_series", "_steps", "in_flight")

    def __init__(self, series: Series, names: tuple[str, str, str]) -> None:
        self._series = series
        self._names = names
        self._has_series = False
        self._outcomes: Count[str] = Count()
        self._retries = 0
        self._steps: dict[str, _Times] = {}
        self.in_flight = 0
        """Turns under way."""

    def begin(self) -> None:
        """Note that a turn begins. The first one shows all outcomes at zero: a rate can be computed from its end on."""
        if not self._has_series:
            self._has_series = True
            for outcome in OUTCOMES:
                self._series.turns.labels(*self._names, outcome)
            self._series.retries.labels(*self._names)
            self._series.in_flight.labels(*self._names)
        self.in_flight += 1
        self._series.touch(self)

    def end(self, outcome: str, steps: Mapping[str, float], *, attempts: int) -> None:
        """Note that a turn has ended; `steps` are seconds."""
        self.in_flight -= 1
        self._outcomes[outcome] += 1
        if attempts > 1:
            self._retries += attempts - 1
        for step, seconds in steps.items():
            times = self._steps.get(step)
            if times is None:
                times = self._steps[step] = _Times()
            times.total += seconds
            times.counts[bisect_left(BUCKETS, seconds)] += 1
        self._series.touch(self)

    def carry_over(self) -> None:
        """Add to the series what has come together since the last time."""
        names = self._names
        for outcome, count in self._outcomes.items():
            self._series.turns.labels(*names, outcome).inc(count)
        self._outcomes.clear()
        self._series.retries.labels(*names).inc(self._retries)
        self._retries = 0
        for step, times in self._steps.items():
            times.carry_over(self._series.steps.labels(*names, step))
        self._series.in_flight.labels(*names).set(self.in_flight)


class _Times:
    """One step's seconds, as the histogram has them: how many in each bucket, and their sum."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def carry_over(self, histogram: Histogram) -> None:
        # The library has no method that takes several samples at once; a test compares this with its `observe`.
        histogram._sum.inc(self.total)  # noqa: SLF001
        for bucket, count in zip(histogram._buckets, self.counts, strict=True):  # noqa: SLF001
            if count:
                bucket.inc(count)
        self.counts = [0] * len(self.counts)
        self.total = 0.0
