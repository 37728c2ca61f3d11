"""What a run cost the gateway: CPU and memory of its process."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from load.users.watch import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What the gateway's process used during a run."""

    cpu_us_per_event: float | None
    events_per_core_second: float | None
    """What one core would carry at that price."""
    share_of_core: float
    """Mean, of one core."""
    rss_before: float
    rss_after: float
    """MiB."""
    mib_per_1000_conversations: float | None
    """Growth of the resident memory once the first turns have warmed the process up."""
    store_bytes_per_conversation: float | None
    """What the memory store holds at the end, for each conversation that was held."""

    def plain(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        return asdict(self)


WARM: Final = 0.25
"""Share of the turns after which the process counts as warm."""


def measure_gateway(samples: Sequence[Sample], summary: Mapping[str, Any]) -> Gateway:
    """Measure from just before the first user to just after the last."""
    first, last = samples[0], samples[-1]
    used, seconds = last.cpu - first.cpu, last.at - first.at
    cost = used / summary["events"] * 1e6 if summary["events"] else None
    held = summary["conversations"]
    return Gateway(
        cpu_us_per_event=None if cost is None else round(cost),
        events_per_core_second=None if not cost else round(1e6 / cost),
        share_of_core=round(used / seconds, 3),
        rss_before=round(first.rss, 1),
        rss_after=round(last.rss, 1),
        mib_per_1000_conversations=_measure_growth(samples, held),
        store_bytes_per_conversation=None if last.store_bytes is None or not held else round(last.store_bytes / held),
    )


def _measure_growth(samples: Sequence[Sample], conversations: int) -> float | None:
    """Measure by turns, of which conversations have the same number all the time, since these are not counted on the way."""
    seen = [(sample.turns, sample.rss) for sample in samples if sample.turns is not None]
    total = seen[-1][0] if seen else 0.0
    warm = [(turns, rss) for turns, rss in seen if turns >= WARM * total]
    if not conversations or len(warm) < 2 or warm[0][0] == total:
        return None
    (first_turns, first_rss), (_, last_rss) = warm[0], warm[-1]
    held = conversations * (total - first_turns) / total
    return round((last_rss - first_rss) / held * 1000, 2)
