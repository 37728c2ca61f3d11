"""Judge a soak: what must not grow while the load is even, and what must be gone once it has ended."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from load.soak_trend import Point, TooShort, Trend, find_trend
from load.users.watch import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One figure, and how much of it is no leak."""

    title: str
    unit: str
    read: Callable[[Sample], float | None]
    growth: float
    """Per hour of even load; what is surely more than noise and more than this is a leak."""
    left: float | None = None
    """How much more than before the first user may be left at the end; None where that says nothing."""


WATCHED: Final[Mapping[str, Watched]] = {
    # Allocators give memory back late: what remains of a peak is no leak, so memory is judged by its slope alone.
    "rss": Watched(title="resident memory", unit="MiB", read=lambda sample: sample.rss, growth=12.0),
    "files": Watched(title="open file descriptors", unit="", read=lambda sample: sample.files, growth=12.0, left=24),
    "threads": Watched(title="threads", unit="", read=lambda sample: sample.threads, growth=6.0, left=24),
    "clients": Watched(
        title="connections of clients", unit="", read=lambda sample: sample.clients, growth=12.0, left=2
    ),
    "vendors": Watched(
        title="connections to vendors", unit="", read=lambda sample: sample.vendors, growth=12.0, left=24
    ),
    "half_closed": Watched(
        title="half-closed connections", unit="", read=lambda sample: sample.half_closed, growth=6.0, left=2
    ),
    "tasks": Watched(title="asyncio tasks", unit="", read=lambda sample: sample.tasks, growth=12.0, left=8),
    "in_flight": Watched(title="turns under way", unit="", read=lambda sample: sample.in_flight, growth=12.0, left=0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure's verdict."""

    name: str
    trend: Trend | None
    before: float | None
    after: float | None
    problems: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        return asdict(self)


def judge_soak(samples: Sequence[Sample], steady: tuple[float, float]) -> list[Finding]:
    """Judge every figure: its slope while the load was even (from, to; seconds), and what is left of it in the last sample.

    The first sample is from before the first user.
    """
    begin, end = steady
    evenly = [sample for sample in samples if begin <= sample.at <= end]
    return [_judge(name, watched, samples, evenly) for name, watched in WATCHED.items()]


def _judge(name: str, watched: Watched, samples: Sequence[Sample], steady: Sequence[Sample]) -> Finding:
    points: list[Point] = [(sample.at, value) for sample in steady if (value := watched.read(sample)) is not None]
    before, after = watched.read(samples[0]), watched.read(samples[-1])
    try:
        trend = find_trend(points)
    except TooShort as short:
        return Finding(name=name, trend=None, before=before, after=after, problems=[f"{watched.title}: {short}"])
    problems = [*_judge_trend(watched, trend), *_judge_rest(watched, before, after)]
    return Finding(name=name, trend=trend, before=before, after=after, problems=problems)


def _judge_trend(watched: Watched, trend: Trend) -> Iterator[str]:
    if trend.is_growth and trend.per_hour > watched.growth:
        unit = f" {watched.unit}" if watched.unit else ""
        yield (
            f"{watched.title}: grows by {trend.per_hour:.1f}{unit} an hour ({trend.low:.1f} to {trend.high:.1f}); "
            f"{watched.growth:g} are allowed"
        )


def _judge_rest(watched: Watched, before: float | None, after: float | None) -> Iterator[str]:
    if watched.left is None or before is None or after is None:
        return
    if after > before + watched.left:
        yield f"{watched.title}: {after:g} at the end, {before:g} at the beginning; {watched.left:g} more are allowed"
