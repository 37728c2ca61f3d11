"""Look at a running gateway from outside: what the system tells of its processes, and what its own metrics tell."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import psutil
from prometheus_client.parser import text_string_to_metric_families

MIB: Final = 1024 * 1024
SCRAPE_EVERY: Final = 10
"""Looks between two at the metrics: writing them costs the gateway what a hundred turns cost."""
METRICS: Final = {
    "tasks": "botbridge_tasks",
    "store_bytes": "botbridge_store_bytes",
    "in_flight": "botbridge_turns_in_flight",
    "turns": "botbridge_turns_total",
}
"""Figure -> metric, all its series added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was seen at one moment; of several workers the sum."""

    at: float
    """Seconds since the watch began."""
    cpu: float
    """Seconds of CPU so far, user and system."""
    rss: float
    """Resident MiB."""
    files: int
    """Open file descriptors, sockets included."""
    threads: int
    clients: int
    """Connections from whoever asks the gateway."""
    vendors: int
    """Connections to vendors."""
    half_closed: int
    """Connections that the other side has ended and the gateway has not."""
    tasks: float | None = None
    """asyncio tasks; this and the rest are None between two looks at the metrics."""
    store_bytes: float | None = None
    in_flight: float | None = None
    turns: float | None = None
    """Turns so far, however they ended."""


class GatewayGone(Exception):
    """The gateway that was looked at has ended, or does not answer any more."""


class Watch:
    """Looks at one gateway, workers included."""

    def __init__(self, pid: int, url: str, client: aiohttp.ClientSession) -> None:
        self._process = psutil.Process(pid)
        self._port = int(url.rpartition(":")[2])
        self._url = f"{url}/metrics"
        self._client = client
        self._began = time.monotonic()
        self.samples: list[Sample] = []

    async def look(self, *, scrape: bool | None = None) -> Sample:
        """Take a sample and keep it. `scrape` says whether to read the metrics too; every so often without it.

        Raise GatewayGone.
        """
        if scrape is None:
            scrape = len(self.samples) % SCRAPE_EVERY == 0
        try:
            gauges = await self._read_metrics() if scrape else {}
            sample = await asyncio.to_thread(self._look, gauges)
        except (psutil.Error, aiohttp.ClientError, TimeoutError) as error:
            raise GatewayGone(
                f"the gateway ended, or stopped answering, during the run ({type(error).__name__})"
            ) from None
        self.samples.append(sample)
        return sample

    def _look(self, gauges: dict[str, float]) -> Sample:
        at = time.monotonic() - self._began
        processes = [self._process, *self._process.children(recursive=True)]
        found: Counter[str] = Counter()
        cpu = rss = 0.0
        for process in processes:
            with process.oneshot():
                times = process.cpu_times()
                cpu += times.user + times.system
                rss += process.memory_info().rss / MIB
                found["files"] += process.num_fds()
                found["threads"] += process.num_threads()
            found.update(name_connections(process.net_connections("tcp"), self._port))
        return Sample(
            at=at,
            cpu=cpu,
            rss=rss,
            files=found["files"],
            threads=found["threads"],
            clients=found["clients"],
            vendors=found["vendors"],
            half_closed=found["half_closed"],
            **gauges,
        )

    async def _read_metrics(self) -> dict[str, float]:
        async with self._client.get(self._url) as answer:
            text = await answer.text()
        return await asyncio.to_thread(read_metrics, text)


def read_metrics(text: str) -> dict[str, float]:
    """Read METRICS from metrics in Prometheus' format; what the gateway does not show is left out."""
    sums: Counter[str] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            sums[sample.name] += sample.value  # type: ignore[assignment] # a Counter adds up whatever can be added
    return {name: float(sums[metric]) for name, metric in METRICS.items() if metric in sums}


def name_connections(connections: Iterable[Any], port: int) -> Iterator[str]:
    """Say of each TCP connection (as psutil describes it) whose it is; `port` is the gateway's own."""
    for connection in connections:
        match connection.status:
            case psutil.CONN_ESTABLISHED:
                yield "clients" if connection.laddr.port == port else "vendors"
            case psutil.CONN_CLOSE_WAIT:
                yield "half_closed"
