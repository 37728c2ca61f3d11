"""What a run cost the gateway: CPU and memory of its process."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

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
    store_bytes_per_conversation: float | None
    """What the memory store holds at the end, for each conversation that was held."""

    def plain(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        return asdict(self)


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
        store_bytes_per_conversation=None if last.store_bytes is None or not held else round(last.store_bytes / held),
    )
