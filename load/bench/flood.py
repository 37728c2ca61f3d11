"""Thousands of turns at once against a vendor that takes its time: all must be answered, in bounded memory."""

from array import array
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from load.bench.client import Crowd
from load.bench.figures import percentile
from load.bench.lag import set_delay, watch
from load.bench.meters import read_cpu, read_memory
from load.bench.subjects import Stage, run_gateway

TURNS: Final = 5000
DELAY: Final = 2.0
"""Seconds that the vendor takes."""
WITHIN: Final = 1.0
"""Seconds in which all turns begin: the last one before the first has its answer."""
MAX_MIB: Final = 250
MAX_LAG: Final = 0.5
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Flood:
    """What became of the turns of one row."""

    row: str
    turns: int
    delay: float
    within: float
    """Seconds in which all began."""
    most: int
    """Turns under way at a time."""
    answered: int
    """With the right bytes."""
    failure: str
    """The first wrong answer; empty where there was none."""
    seconds: float
    """Until all had an answer."""
    cpu_us: float
    """Per turn, connections included: each turn makes two."""
    mib_before: float
    mib_peak: float
    lag_p50_ms: float
    lag_max_ms: float

    @property
    def is_well(self) -> bool:
        """Say whether all were answered, within the limits of memory and lag."""
        return self.answered == self.turns and self.mib_peak < MAX_MIB and self.lag_max_ms < MAX_LAG * 1000


async def flood(stage: Stage, turns: int = TURNS, delay: float = DELAY, within: float = WITHIN) -> Flood:
    """Send all turns to a fresh gateway."""
    async with run_gateway(stage, conversations=turns) as subject, Crowd(subject.target, tolerant=True) as crowd:
        await crowd.drive(200, 8)
        await set_delay(stage.vendor.url, delay)
        before, cpu = read_memory(subject.pid), read_cpu(subject.pid)
        async with watch(subject.target.url, subject.pid, stage.directory / "lag.txt") as watched:
            began = perf_counter()
            await crowd.drive(turns, turns, within=within)
            seconds = perf_counter() - began
        spent = read_cpu(subject.pid) - cpu
        await set_delay(stage.vendor.url, 0)
    lags = array("d", watched.lags)
    return Flood(
        stage.row.name,
        turns,
        delay,
        within,
        crowd.most,
        len(crowd.latencies),
        str(crowd.failures[0])[-300:] if crowd.failures else "",
        seconds,
        spent / turns * 1e6,
        before,
        watched.peak,
        percentile(lags, 0.5) * 1000,
        max(lags) * 1000,
    )
