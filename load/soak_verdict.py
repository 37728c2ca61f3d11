"""Judge a soak: memory must not grow, and what is counted must be within what the users explain, and gone at the end.

The slope of a count is told and not judged. Pools are as large as the greatest burst of late made them, so that on a machine with
other work they follow its stalls. A leak is what passes every bound sooner or later, and what stays when nobody asks any more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from load.soak_trend import Point, TooShort, Trend, find_trend
from load.users.watch import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One figure, and how much of it is no leak. None where a rule says nothing about it."""

    title: str
    unit: str = ""
    read: Callable[[Sample], float | None]
    growth: float | None = None
    """Per hour of even load; what is surely more than noise, and more than this, is a leak."""
    most: tuple[float, float] | None = None
    """Bound at any time: so many for each user, and so many besides."""
    left: float | None = None
    """How much more than before the first user may be left at the end."""


WATCHED: Final[Mapping[str, Watched]] = {
    # Allocators give memory back late: what remains of a peak is no leak, so memory is judged by its slope alone. In ten minutes
    # it is known to within some 3 MiB an hour, so that with this limit 12 an hour are found nearly always.
    "rss": Watched(title="resident memory", unit="MiB", read=lambda sample: sample.rss, growth=8.0),
    "files": Watched(title="open file descriptors", read=lambda sample: sample.files, most=(4, 100), left=24),
    # Hooks may have 64 threads; the rest are the event loop's helpers and gRPC's.
    "threads": Watched(title="threads", read=lambda sample: sample.threads, most=(0, 128), left=24),
    # An impatient client has a second connection.
    "clients": Watched(title="connections of clients", read=lambda sample: sample.clients, most=(2, 10), left=2),
    "vendors": Watched(title="connections to vendors", read=lambda sample: sample.vendors, most=(2, 20), left=24),
    "half_closed": Watched(
        title="half-closed connections", read=lambda sample: sample.half_closed, most=(1, 10), left=2
    ),
    "tasks": Watched(title="asyncio tasks", read=lambda sample: sample.tasks, most=(4, 100), left=8),
    "in_flight": Watched(title="turns under way", read=lambda sample: sample.in_flight, most=(2, 10), left=0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure's verdict."""

    name: str
    trend: Trend | None
    before: float | None
    most: float | None
    after: float | None
    problems: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        return asdict(self)


def judge_soak(samples: Sequence[Sample], steady: tuple[float, float], users: int) -> list[Finding]:
    """Judge every figure of a run with so many users; the load was even in `steady` (from, to; seconds).

    The first sample is from before the first user, the last one from when nobody had asked for a while.
    """
    return [_judge(name, watched, samples, steady, users) for name, watched in WATCHED.items()]


def _judge(name: str, watched: Watched, samples: Sequence[Sample], steady: tuple[float, float], users: int) -> Finding:
    seen: list[Point] = [(sample.at, value) for sample in samples if (value := watched.read(sample)) is not None]
    before, after = watched.read(samples[0]), watched.read(samples[-1])
    most = max((value for _, value in seen), default=None)
    begin, end = steady
    trend: Trend | None = None
    try:
        trend = find_trend([(at, value) for at, value in seen if begin <= at <= end])
        problems = list(_judge_trend(watched, trend))
    except TooShort as short:
        problems = [f"{watched.title}: {short}"]
    problems += [*_judge_most(watched, most, users), *_judge_rest(watched, before, after)]
    return Finding(name=name, trend=trend, before=before, most=most, after=after, problems=problems)


def _judge_trend(watched: Watched, trend: Trend) -> Iterator[str]:
    if watched.growth is not None and trend.is_growth and trend.per_hour > watched.growth:
        unit = f" {watched.unit}" if watched.unit else ""
        yield (
            f"{watched.title}: grows by {trend.per_hour:.1f}{unit} an hour ({trend.low:.1f} to {trend.high:.1f}); "
            f"{watched.growth:g} are allowed"
        )


def _judge_most(watched: Watched, most: float | None, users: int) -> Iterator[str]:
    if watched.most is None or most is None:
        return
    each, besides = watched.most
    if most > each * users + besides:
        yield f"{watched.title}: {most:g} at most; {users} users explain {each * users + besides:g}"


def _judge_rest(watched: Watched, before: float | None, after: float | None) -> Iterator[str]:
    if watched.left is None or after is None:
        return
    if after > (before or 0) + watched.left:
        yield f"{watched.title}: {after:g} at the end, {before or 0:g} at the beginning; {watched.left:g} more are allowed"
