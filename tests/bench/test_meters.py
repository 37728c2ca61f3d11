"""CPU time, memory and counters of a process and its children."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.wire import loads
from load.bench.meters import Counter, list_tree, read_count, read_cpu, read_memory, read_tree_cpu

REPORTS = loads((Path(__file__).parents[1] / "data" / "bench" / "perf.json").read_bytes())
WORK = "sum(number * number for number in range(300_000))"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "{WORK}; print(1, flush=True); input()"], stdin=subprocess.PIPE)
for line in sys.stdin:
    {WORK}
    print(2, flush=True)
child.communicate(b"\\n")
"""


@asynccontextmanager
async def parent() -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a process that has a child; both have worked when it is there."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        await say(process)
        yield process
    finally:
        await process.communicate(b"")


async def say(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    await process.stdout.readline()


async def read_both(process: asyncio.subprocess.Process) -> None:
    """Wait until parent and child have each said something."""
    assert process.stdout is not None
    await process.stdout.readline()


async def test_children_count() -> None:
    async with parent() as process:
        await read_both(process)
        tree = list_tree(process.pid)
        cpu = read_tree_cpu(process.pid)

        assert tree[0] == process.pid
        assert len(tree) == len(cpu) == 2
        assert all(0.005 < one < 10 for one in cpu.values())
        assert read_memory(process.pid) > read_memory(tree[1]) > 3


async def test_cpu_time_grows_with_work_and_not_with_waiting() -> None:
    async with parent() as process:
        await read_both(process)
        before = read_cpu(process.pid)
        waited = read_cpu(process.pid) - before
        await say(process)
        worked = read_cpu(process.pid) - before

    assert waited < 0.005 < worked


def test_the_cpu_clock_is_that_of_the_process() -> None:
    times = os.times()

    assert read_cpu(os.getpid()) == pytest.approx(times.user + times.system, abs=0.05)


@pytest.mark.parametrize("case", REPORTS, ids=lambda case: case["name"])
def test_perfs_report_is_read(case: dict[str, Any]) -> None:
    assert read_count(case["report"]) == case["count"]


@pytest.mark.skipif(shutil.which("perf") is None, reason="perf is not installed")
async def test_a_counter_counts_while_it_is_attached() -> None:
    async with parent() as process:
        await read_both(process)
        before = read_cpu(process.pid)
        async with Counter(process.pid, "task-clock") as counter:
            await say(process)
        spent = (read_cpu(process.pid) - before) * 1000

    assert counter.count == pytest.approx(spent, rel=0.1, abs=1)


@pytest.mark.skipif(shutil.which("perf") is None, reason="perf is not installed")
async def test_a_counter_that_perf_does_not_know_counts_nothing() -> None:
    async with parent() as process, Counter(process.pid, "no-such-event") as counter:
        pass

    assert counter.count is None
