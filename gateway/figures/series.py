"""One bot's figures over a window of time, from its buckets in the archive."""

from collections.abc import Sequence

from gateway.contract.ports import Archive
from gateway.contract.types import Json
from gateway.figures.buckets import COUNTED, read_bins
from gateway.figures.histogram import read_percentiles
from gateway.figures.names import WINDOWS, BotKey, name_bucket
from gateway.figures.parts import read_in_parts
from gateway.figures.states import Stretch, cut, measure_uptime
from gateway.figures.times import write_time


async def read_figures(archive: Archive, bot: BotKey, window: int, stretches: Sequence[Stretch], now: float) -> Json:
    """Give FIGURES: a point for each bucket of the window, of which the last one is under way at `now`.

    `window` is one of WINDOWS. Raise StoreFailed.
    """
    resolution = WINDOWS[window]
    end = int(now) // resolution + 1
    numbers = range(end - window // resolution, end)
    buckets = await read_in_parts(archive.read_counts, [name_bucket(bot, resolution, number) for number in numbers])
    bins = [read_bins(counts) for counts in buckets]
    percentiles = [list(read_percentiles(each, 0.5, 0.95, 0.99)) for each in bins]
    series: Json = {name: [counts.get(name, 0) for counts in buckets] for name in COUNTED}
    totals = {name: sum(points) for name, points in series.items()}
    for position, name in enumerate(("p50Ms", "p95Ms", "p99Ms")):
        series[name] = [point[position] for point in percentiles]
    begins = numbers[0] * resolution
    return {
        "window": window,
        "resolution": resolution,
        "begins": begins * 1000,
        "series": series,
        "totals": totals,
        "latency": _measure_latency(bins),
        "uptime": measure_uptime(stretches, begins, now),
        "states": [
            {
                "state": stretch.state,
                "since": write_time(stretch.since),
                "until": None if stretch.until is None else write_time(stretch.until),
            }
            for stretch in cut(stretches, begins)
        ],
    }


def _measure_latency(bins: Sequence[dict[int, int]]) -> Json:
    total: dict[int, int] = {}
    for each in bins:
        for number, count in each.items():
            total[number] = total.get(number, 0) + count
    names = ("p50Ms", "p90Ms", "p95Ms", "p99Ms", "maxMs")
    return dict(zip(names, read_percentiles(total, 0.5, 0.9, 0.95, 0.99, 1.0), strict=True))
