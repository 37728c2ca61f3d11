"""Metrics in Prometheus' format; several workers' are added up through files, which outlive a worker."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from gateway.telemetry.tally import BUCKETS, Series, Tally

_BOT: Final = ("account", "bot", "vendor")


@dataclass(frozen=True, slots=True)
class SharedMetrics:
    """Where the workers of one gateway keep their samples, and which of them this process is."""

    folder: Path
    worker: int
    """Its number, not its process id: the one that takes a dead one's place goes on counting where that one was."""

    def forget(self) -> None:
        """Drop what was true only while the worker lived, as its turns under way; call it when the worker is dead."""
        mark_process_dead(self.worker, self.folder)  # type: ignore[no-untyped-call] # prometheus_client has no types for it

    def use(self) -> None:
        """Have every metric that this process makes from now on live in the folder (costs 0.4 us more a sample)."""
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self.folder)
        values.ValueClass = values.MultiProcessValue(lambda: self.worker)  # type: ignore[no-untyped-call] # see above


class SizedStore(Protocol):
    """What can be seen of a memory store."""

    size: int
    evictions: int


class WatchedSessions(Protocol):
    """What can be seen of what is kept."""

    unreadable: int
    not_kept: int
    turns_lost: int

    @property
    def memory(self) -> SizedStore | None:
        """The memory store, where there is one."""


class Metrics:
    """All series of this process, or with `shared` of all workers."""

    def __init__(self, shared: SharedMetrics | None = None) -> None:
        self.registry = CollectorRegistry()
        self._shown = self.registry
        if shared is not None:
            shared.use()
            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown, str(shared.folder))  # type: ignore[no-untyped-call] # it registers itself
        self._refreshers: list[Callable[[], None]] = [self._refresh_circuits, self._refresh_tasks, self._carry_over]
        self._circuits_of: dict[tuple[str, str, str], Callable[[], bool]] = {}
        turns = Counter("botbridge_turns", "Turns, by how they ended.", (*_BOT, "outcome"), registry=self.registry)
        steps = Histogram(
            "botbridge_step_seconds",
            "Time that a step of a turn took.",
            (*_BOT, "step"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        retries = Counter("botbridge_vendor_retries", "Attempts after the first.", _BOT, registry=self.registry)
        in_flight = self._make_gauge("turns_in_flight", "Turns under way.", _BOT, mode="livesum")
        self._series = Series(turns, steps, retries, in_flight, shared=shared is not None)
        self._circuits = self._make_gauge("circuit_open", "1 while a bot's circuit is open.", _BOT, mode="livemax")
        self._tasks = self._make_gauge("tasks", "asyncio tasks that have not ended.", mode="livesum")
        self.failures = Counter(
            "botbridge_failures", "Failed turns, by error code.", (*_BOT, "code"), registry=self.registry
        )

    def for_bot(self, account: str, bot: str, vendor: str) -> Tally:
        """Give a bot's series; there are none of them yet."""
        return Tally(self._series, (account, bot, vendor))

    def watch_circuit(self, account: str, bot: str, vendor: str, is_open: Callable[[], bool]) -> None:
        """Show whether a bot's circuit is open: in any of the workers, where there are several."""
        self._circuits_of[account, bot, vendor] = is_open

    def forget_circuits(self) -> None:
        """Look at none of the circuits any more, which show as closed: their bots have been replaced."""
        for names in self._circuits_of:
            self._circuits.labels(*names).set(0)
        self._circuits_of.clear()

    def watch_store(self, store: "SizedStore") -> None:
        """Show a memory store's size and what it gave up for want of room."""
        size = self._make_gauge("store_bytes", "Bytes held by the memory store.", mode="livesum")
        self._refreshers.append(lambda: size.set(store.size))
        self._watch_count(
            "store_evictions", "Values the memory store gave up before their time.", lambda: store.evictions
        )

    def watch_sessions(self, sessions: "WatchedSessions") -> None:
        """Show what went wrong with what is kept, and a memory store's size."""
        problems: dict[str, tuple[str, Callable[[], int]]] = {
            "store_unreadable": ("Values dropped because they could not be read.", lambda: sessions.unreadable),
            "store_not_kept": ("Turns answered without keeping what they should have.", lambda: sessions.not_kept),
            "store_turns_lost": ("Turns that another process took over.", lambda: sessions.turns_lost),
        }
        for name, (meaning, count) in problems.items():
            self._watch_count(name, meaning, count)
        if sessions.memory is not None:
            self.watch_store(sessions.memory)

    def refresh(self) -> None:
        """Look at what is watched. Workers do so every second, since one that is asked cannot look into another."""
        for refresh in self._refreshers:
            refresh()

    async def render(self) -> bytes:
        """Write all series as text: this process's as they are, other workers' counts a moment old, the rest up to a second."""
        self.refresh()
        # Off the loop: it reads the workers' files, and with hundreds of bots it takes a while.
        return await asyncio.to_thread(generate_latest, self._shown)

    def _make_gauge(
        self,
        name: str,
        meaning: str,
        labels: tuple[str, ...] = (),
        *,
        mode: Literal["sum", "livesum", "livemax"],
    ) -> Gauge:
        """Make a gauge; `mode` is how workers' values become one: `live…` leaves out those of the dead."""
        return Gauge(f"botbridge_{name}", meaning, labels, registry=self.registry, multiprocess_mode=mode)

    def _watch_count(self, name: str, meaning: str, count: Callable[[], int]) -> None:
        gauge = self._make_gauge(name, meaning, mode="sum")
        seen = 0

        def refresh() -> None:
            # What came on top: the gauge may hold what a worker counted that died.
            nonlocal seen
            now = count()
            gauge.inc(now - seen)
            seen = now

        self._refreshers.append(refresh)

    def _carry_over(self) -> None:
        self._series.carry_over()

    def _refresh_tasks(self) -> None:
        self._tasks.set(len(asyncio.all_tasks()))

    def _refresh_circuits(self) -> None:
        for names, is_open in self._circuits_of.items():
            self._circuits.labels(*names).set(is_open())
