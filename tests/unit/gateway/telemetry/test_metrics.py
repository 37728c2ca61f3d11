import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import values

from gateway.sessions.backends import StoreSettings, make_sessions
from gateway.sessions.memory import MemoryStore
from gateway.telemetry.metrics import Metrics, SharedMetrics
from gateway.telemetry.tally import OUTCOMES
from tests.fakes import FakeClock


async def test_a_bot_has_no_series_before_its_first_turn() -> None:
    metrics = Metrics()
    metrics.for_bot("1", "b", "lex-v2")
    assert 'bot="b"' not in (await metrics.render()).decode()


async def test_a_bot_s_series_are_at_zero_while_its_first_turn_is_under_way() -> None:
    metrics = Metrics()
    metrics.for_bot("1", "b", "lex-v2").begin()
    text = await metrics.render()
    assert read(text, "botbridge_turns_total") == {f"1 b {outcome} lex-v2": 0 for outcome in OUTCOMES}
    assert read(text, "botbridge_vendor_retries_total") == {"1 b lex-v2": 0}
    assert read(text, "botbridge_turns_in_flight") == {"1 b lex-v2": 1}
    assert read(text, "botbridge_step_seconds_count") == {}


async def test_circuits_that_are_not_watched_any_more_show_as_closed() -> None:
    metrics = Metrics()
    metrics.watch_circuit("1", "b", "lex-v2", lambda: True)
    metrics.refresh()
    metrics.forget_circuits()
    assert read(await metrics.render(), "botbridge_circuit_open") == {"1 b lex-v2": 0}
    metrics.watch_circuit("1", "b", "lex-v2", lambda: True)
    assert read(await metrics.render(), "botbridge_circuit_open") == {"1 b lex-v2": 1}


async def test_the_tasks_are_counted_when_somebody_asks() -> None:
    metrics = Metrics()
    gone = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(gone.wait())
        before = await metrics.render()
        gone.set()
    assert read(before, "botbridge_tasks") == {"": len(asyncio.all_tasks()) + 3}


async def test_the_store_is_looked_at_when_somebody_asks() -> None:
    metrics, store = Metrics(), MemoryStore(FakeClock(), capacity=10)
    metrics.watch_store(store)
    await store.apply([("a", b"12345", 1), ("b", b"12345", 1)])
    text = (await metrics.render()).decode()
    assert "botbridge_store_bytes 6.0" in text
    assert "botbridge_store_evictions 1.0" in text


@pytest.mark.parametrize(("url", "shows_size"), [("memory", True), ("redis://localhost", False)])
async def test_what_went_wrong_with_what_is_kept_is_shown(url: str, shows_size: bool) -> None:
    metrics, sessions = Metrics(), make_sessions(StoreSettings(url=url), FakeClock())
    metrics.watch_sessions(sessions)
    sessions.unreadable, sessions.not_kept, sessions.turns_lost = 1, 2, 3
    text = (await metrics.render()).decode()
    for line in ("unreadable 1.0", "not_kept 2.0", "turns_lost 3.0"):
        assert f"botbridge_store_{line}\n" in text
    assert ("botbridge_store_bytes 0.0\n" in text) is shows_size


class Worker:
    """One worker's metrics and what they watch: all that it makes must be made before another worker is."""

    def __init__(self, shared: SharedMetrics) -> None:
        self.unreadable = self.not_kept = self.turns_lost = 0
        self.memory = None
        self.is_open = False
        self.metrics = Metrics(shared)
        self.metrics.watch_sessions(self)
        self.metrics.watch_circuit("1", "b", "lex-v2", lambda: self.is_open)
        self.bot = self.metrics.for_bot("1", "b", "lex-v2")
        self.metrics._series.steps.labels("1", "b", "lex-v2", "total")
        self.bot.begin()  # and it is under way for as long as the worker lives
        self.metrics.refresh()

    def take_turns(self, count: int) -> None:
        for _ in range(count):
            self.bot.begin()
            self.bot.end("answered", {"total": 0.03}, attempts=2)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], SharedMetrics]:
    """Make a worker's place; this process can be several workers, one after the other, and is none in the end."""
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    return lambda worker: SharedMetrics(tmp_path, worker)


def read(text: bytes, name: str) -> dict[str, float]:
    """Read a metric's samples: their labels' values, joined -> value."""
    lines = [line for line in text.decode().splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    return {" ".join(re.findall(r'="([^"]*)"', line)): float(line.rpartition(" ")[2]) for line in lines}


async def test_workers_add_up_and_the_dead_are_not_forgotten(place: Callable[[int], SharedMetrics]) -> None:
    first, second = Worker(place(0)), Worker(place(1))
    for worker, turns in ((first, 3), (second, 4)):
        worker.take_turns(turns)
        worker.not_kept = 2
    first.is_open = True
    first.metrics.refresh()
    second.metrics.refresh()
    for worker in (first, second):
        text = await worker.metrics.render()
        assert read(text, "botbridge_turns_total")["1 b answered lex-v2"] == 7
        assert read(text, "botbridge_step_seconds_count")["1 b total lex-v2"] == 7
        assert read(text, "botbridge_step_seconds_bucket")["1 b 0.025 total lex-v2"] == 0
        assert read(text, "botbridge_step_seconds_bucket")["1 b 0.05 total lex-v2"] == 7
        assert read(text, "botbridge_vendor_retries_total") == {"1 b lex-v2": 7}
        assert read(text, "botbridge_turns_in_flight") == {"1 b lex-v2": 2}
        assert read(text, "botbridge_circuit_open") == {"1 b lex-v2": 1}
        assert read(text, "botbridge_store_not_kept") == {"": 4}

    place(0).forget()
    text = await second.metrics.render()
    assert read(text, "botbridge_turns_total")["1 b answered lex-v2"] == 7
    assert read(text, "botbridge_turns_in_flight") == {"1 b lex-v2": 1}
    assert read(text, "botbridge_circuit_open") == {"1 b lex-v2": 0}

    again = Worker(place(0))
    again.take_turns(1)
    again.not_kept = 1
    text = await again.metrics.render()
    assert read(text, "botbridge_turns_total")["1 b answered lex-v2"] == 8
    assert read(text, "botbridge_turns_in_flight") == {"1 b lex-v2": 2}
    assert read(text, "botbridge_circuit_open") == {"1 b lex-v2": 0}
    assert read(text, "botbridge_store_not_kept") == {"": 5}


async def test_a_process_alone_keeps_its_metrics_in_memory() -> None:
    metrics = Metrics()
    metrics.for_bot("1", "b", "lex-v2").begin()
    circuit = [True]
    metrics.watch_circuit("1", "b", "lex-v2", lambda: circuit[0])
    assert read(await metrics.render(), "botbridge_circuit_open") == {"1 b lex-v2": 1}
    circuit[0] = False
    assert read(await metrics.render(), "botbridge_circuit_open") == {"1 b lex-v2": 0}
    assert values.ValueClass is values.MutexValue
