"""How much later an answer comes than the vendor's own, when events arrive at random at half of what the gateway could take."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from load.bench.client import Crowd
from load.bench.connection import Target
from load.bench.events import Fixed
from load.bench.figures import percentile
from load.bench.lag import watch
from load.bench.subjects import Stage, Subject

SHARE: Final = 0.5
"""Of the rate that the subject reached when driven."""
ROUNDS: Final = 3
MAX_P99_MS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of one subject of one row, and of its vendor asked by itself at the same rate."""

    row: str
    subject: str
    per_second: float
    p50_ms: float
    p99_ms: float
    vendor_p50_ms: float
    vendor_p99_ms: float
    lag_p50_ms: float
    """Of the event loop: what `/healthz` took meanwhile."""
    lag_max_ms: float

    @property
    def added_p50_ms(self) -> float:
        """Give what is beyond the vendor's median."""
        return self.p50_ms - self.vendor_p50_ms

    @property
    def added_p99_ms(self) -> float:
        """Give what is beyond the vendor's 99th percentile."""
        return self.p99_ms - self.vendor_p99_ms


async def measure_latency(stage: Stage, subject: Subject, crowd: Crowd, rate: float, seconds: float) -> Latency:
    """Let events arrive for so many seconds at the vendor alone, then at the gateway, three times; medians count."""
    vendor, taken, lags = [], [], []
    async with Crowd(_make_vendor(stage)) as alone:
        for seed in range(ROUNDS):
            vendor.append(await alone.arrive(rate * SHARE, seconds, seed=seed))
            async with watch(subject.target.url, subject.pid, stage.directory / "lag.txt") as watched:
                taken.append(await crowd.arrive(rate * SHARE, seconds, seed=seed))
            lags.append(watched.lags)
    return Latency(
        stage.row.name,
        subject.name,
        rate * SHARE,
        _find(taken, 0.5),
        _find(taken, 0.99),
        _find(vendor, 0.5),
        _find(vendor, 0.99),
        _find(lags, 0.5),
        _find(lags, 1.0),
    )


def _find(rounds: Sequence[Sequence[float]], share: float) -> float:
    """Give the median of the rounds' percentiles, in milliseconds."""
    return median(percentile(values, share) for values in rounds) * 1000


def _make_vendor(stage: Stage) -> Target:
    """Make a target of the vendor itself: the message's path, and a body of its size."""
    head = f"POST {stage.recording.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {stage.recording.size}\r\n\r\n"
    return Target(stage.vendor.url, Fixed(head.encode() + b"x" * stage.recording.size))
