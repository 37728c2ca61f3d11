"""Tell growth from noise: a straight line through what was seen over time, with how sure one may be of its slope.

What a process holds wanders: what is high at one look is high at the next. An ordinary confidence interval takes every look for
news of its own and finds growth everywhere. So looks are first averaged in blocks, and the interval is then widened by what is
left of the wandering (the correlation of a block's residual with the one before). Noise that remembers for half a minute is then
taken for growth five times in a hundred, and not two and a half; one that remembers for minutes, ten times.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, fmean, linear_regression
from typing import Final

BLOCK: Final = 15.0
"""Seconds that are averaged."""
FEWEST: Final = 6
"""Blocks; fewer say nothing about a slope."""
SURE: Final = 0.95
"""How often the true slope lies within the interval."""

Point = tuple[float, float]
"""When (seconds) and how much."""


class TooShort(ValueError):
    """There are too few looks for a slope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Growth per hour, at the steady rate of the run."""

    start: float
    """Where the line begins."""
    per_hour: float
    low: float
    high: float
    """Bounds of the growth per hour: the true one is beyond each of them one time in forty."""

    @property
    def is_growth(self) -> bool:
        """Say whether growth is surely more than noise."""
        return self.low > 0


def average(points: Sequence[Point], block: float = BLOCK) -> list[Point]:
    """Average what was seen within the same block of time."""
    blocks: dict[int, list[Point]] = {}
    for at, value in points:
        blocks.setdefault(int(at // block), []).append((at, value))
    return [(fmean(at for at, _ in seen), fmean(value for _, value in seen)) for _, seen in sorted(blocks.items())]


def find_trend(points: Sequence[Point], block: float = BLOCK) -> Trend:
    """Fit a line. Raise TooShort with fewer than FEWEST blocks."""
    means = average(points, block)
    count = len(means)
    if count < FEWEST:
        raise TooShort(f"{count} blocks of {block:g} seconds say nothing about a slope; it takes {FEWEST}")
    times, values = [at for at, _ in means], [value for _, value in means]
    slope, start = linear_regression(times, values)
    residuals = [value - start - slope * at for at, value in means]
    squares = math.fsum(residual**2 for residual in residuals)
    middle = fmean(times)
    spread = math.fsum((at - middle) ** 2 for at in times)
    error = math.sqrt(squares / (count - 2) / spread) * math.sqrt(widening(residuals))
    margin = student(count - 2) * error
    hour = 3600.0
    return Trend(start=start, per_hour=slope * hour, low=(slope - margin) * hour, high=(slope + margin) * hour)


def widening(residuals: Sequence[float]) -> float:
    """Say by how much the variance of the slope is greater for neighbours that are alike: (1 + r) / (1 - r)."""
    squares = math.fsum(residual**2 for residual in residuals)
    if squares == 0:
        return 1.0
    alike = math.fsum(one * next_one for one, next_one in pairwise(residuals)) / squares
    alike = min(max(alike, 0.0), 0.95)
    return (1 + alike) / (1 - alike)


def student(freedom: int, sure: float = SURE) -> float:
    """Give Student's quantile for so many degrees of freedom, by the expansion in their inverse (Cornish and Fisher)."""
    normal = NormalDist().inv_cdf((1 + sure) / 2)
    first = (normal**3 + normal) / 4
    second = (5 * normal**5 + 16 * normal**3 + 3 * normal) / 96
    third = (3 * normal**7 + 19 * normal**5 + 17 * normal**3 - 15 * normal) / 384
    return normal + first / freedom + second / freedom**2 + third / freedom**3
