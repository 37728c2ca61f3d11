"""Latencies as counts on a logarithmic scale: they can be added up over times and processes, and still tell percentiles.

Every doubling from 1 ms on has eight bins, so that a bin ends 9.05 % above its beginning. A bin is told by its geometric
middle, which is at most 4.43 % away from any latency in it. What takes less than a millisecond is told as 1 ms, what takes
more than 2^18 ms (4 min 22 s, longer than any turn) as that.
"""

from collections.abc import Iterator, Mapping
from math import ceil, log2
from typing import Final

PER_DOUBLING: Final = 8
"""Bins."""
LAST: Final = 18 * PER_DOUBLING + 1
"""The number of the last bin; the first, 0, holds what takes less than a millisecond."""
ERROR: Final = 2 ** (1 / (2 * PER_DOUBLING)) - 1
"""How far a latency that is told may be from the true one, as a share of it."""


def find_bin(seconds: float) -> int:
    """Find the bin of a latency."""
    milliseconds = seconds * 1000
    if milliseconds < 1:
        return 0
    return min(LAST, int(log2(milliseconds) * PER_DOUBLING) + 1)


def tell_bin(number: int) -> float:
    """Tell a bin's latency, in milliseconds."""
    if number == 0:
        return 1.0
    return float(2 ** ((number - 0.5) / PER_DOUBLING)) if number < LAST else 2.0 ** (LAST // PER_DOUBLING)


def read_percentiles(bins: Mapping[int, int], *shares: float) -> Iterator[float | None]:
    """Tell the latency in milliseconds that this share (0 to 1) of the turns kept to, by nearest rank; None without turns."""
    total = sum(bins.values())
    ordered = sorted(bins.items())
    for share in shares:
        rank, seen = max(1, ceil(share * total)), 0
        found = None
        for number, count in ordered:
            seen += count
            if seen >= rank:
                found = round(tell_bin(number), 2)
                break
        yield found
