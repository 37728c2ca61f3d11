import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from config.loader import LoadedAccounts
from gateway.app import ServeSettings
from gateway.telemetry.metrics import SharedMetrics
from gateway.workers.channel import Start
from gateway.workers.process import WorkerFailed
from gateway.workers.supervisor import GRACE, Supervisor, WorkersFailed
from tests.fakes import FakeClock

CASES = orjson.loads((Path(__file__).parents[3] / "data" / "workers" / "lives.json").read_bytes())
FIRST, SECOND = LoadedAccounts(()), LoadedAccounts(())
"""Equal, and told apart by which they are."""


class Workshop:
    """Makes workers that live as long as the test says: by port, which stands for the place, one life after the other.

    A life is its seconds, or the reason why the worker does not start. After the last one the next worker lives for good.
    """

    def __init__(self, clock: FakeClock, lives: dict[int, list[Any]], metrics: Path | None = None) -> None:
        self.clock = clock
        self.lives = lives
        self.made: list[FakeWorker] = []
        self.metrics = metrics
        self.urls: list[str] = []

    def supervise(self) -> Supervisor:
        places = [
            ServeSettings(
                config=Path("accounts"),
                port=port,
                drain_timeout=3,
                shared_metrics=SharedMetrics(self.metrics, port) if self.metrics else None,
            )
            for port in self.lives
        ]
        return Supervisor(places, FIRST, spawn=self.spawn, clock=self.clock, log_level="error")

    async def spawn(self) -> "FakeWorker":
        worker = FakeWorker(self, pid=len(self.made))
        self.made.append(worker)
        return worker

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0)


class FakeWorker:
    """A worker that serves when the test lets it, and keeps what it was sent."""

    def __init__(self, workshop: Workshop, pid: int) -> None:
        self.pid = pid
        self._workshop = workshop
        self._life: Any = None
        self.sent: list[Any] = []
        self.ended: list[float] = []
        self.obeys = True

    def send(self, message: Start | LoadedAccounts) -> None:
        self.sent.append(message)
        if isinstance(message, Start):
            lives = self._workshop.lives[message.settings.port]
            self._life = lives.pop(0) if lives else None

    async def until_ready(self) -> str:
        await asyncio.sleep(0)
        if isinstance(self._life, str):
            raise WorkerFailed(self._life)
        return "http://127.0.0.1:1"

    async def wait(self) -> int:
        if self._life is None:
            await asyncio.get_running_loop().create_future()
        # Once all serve: who dies before is another case.
        await self._workshop.until(lambda: bool(self._workshop.urls))
        self._workshop.clock.advance(self._life)
        return -9

    async def end(self, patience: float) -> bool:
        self.ended.append(patience)
        return self.obeys


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_place_is_filled_again(case: dict[str, Any]) -> None:
    clock = FakeClock()
    workshop = Workshop(clock, {1: list(case["lives"]), 2: list(case.get("other", []))})
    begun = len(case["lives"]) + len(case.get("other", []))
    running = asyncio.ensure_future(workshop.supervise().run(workshop.urls.append))
    failed = None
    if "failed" in case:
        with pytest.raises(WorkersFailed) as raised:
            await running
        failed = str(raised.value)
    else:
        # The last one of each place, that lives for good.
        await workshop.until(lambda: len(workshop.made) == begun + 2 and len(workshop.made[-1].sent) == 1)
        running.cancel()
        await asyncio.wait({running})
    assert failed == case.get("failed")
    if "pauses" in case:  # where only one of the two dies, since they have one clock
        assert clock.slept == pytest.approx(case["pauses"])
    assert workshop.urls == ([] if case["lives"][0] == case.get("failed") else ["http://127.0.0.1:1"])
    assert [worker.ended for worker in workshop.made] == [[3 + GRACE]] * len(workshop.made)


async def test_accounts_go_to_those_who_live_and_to_those_who_come(tmp_path: Path) -> None:
    clock = FakeClock()
    workshop = Workshop(clock, {1: [], 2: [5]})
    supervisor = workshop.supervise()
    running = asyncio.ensure_future(supervisor.run(lambda _url: None))
    await workshop.until(lambda: len(workshop.made) == 2 and all(worker.sent for worker in workshop.made))
    await supervisor.serve_accounts(SECOND)
    workshop.urls.append("let the one die that may")
    await workshop.until(lambda: len(workshop.made) == 3 and bool(workshop.made[2].sent))
    running.cancel()
    await asyncio.wait({running})
    told = [[m.accounts if isinstance(m, Start) else m for m in worker.sent] for worker in workshop.made]
    assert [[accounts is SECOND for accounts in each] for each in told] == [[False, True], [False, True], [True]]
    assert {message.log_level for worker in workshop.made for message in worker.sent if isinstance(message, Start)} == {
        "error"
    }


async def test_a_dead_worker_s_gauges_are_dropped_and_its_counters_kept(tmp_path: Path) -> None:
    for name in ("gauge_livesum_1.db", "gauge_livesum_2.db", "gauge_sum_1.db", "counter_1.db"):
        (tmp_path / name).write_bytes(b"")
    workshop = Workshop(FakeClock(), {1: [5], 2: []}, metrics=tmp_path)
    running = asyncio.ensure_future(workshop.supervise().run(workshop.urls.append))
    await workshop.until(lambda: len(workshop.made) == 3)
    left = sorted(await asyncio.to_thread(os.listdir, tmp_path))
    running.cancel()
    await asyncio.wait({running})
    assert left == ["counter_1.db", "gauge_livesum_2.db", "gauge_sum_1.db"]
