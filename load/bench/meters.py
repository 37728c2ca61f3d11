"""Read what a process and its children have used: CPU time, instructions, memory.

CPU time comes from the process's CPU clock, which counts what /proc/PID/stat counts, every thread included, without rounding it
to ticks of 10 ms.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

PROC: Final = Path("/proc")
EVENT: Final = "instructions"


def list_tree(pid: int) -> list[int]:
    """List a process and its descendants."""
    return [pid, *(one for child in _list_children(pid) for one in list_tree(child))]


def read_cpu(pid: int) -> float:
    """Give the CPU seconds of one process so far, user and system, threads that have ended included."""
    # The kernel's number of the clock CPUCLOCK_SCHED of a process (see clock_getcpuclockid(3)).
    return time.clock_gettime((~pid << 3) | 2)


def read_tree_cpu(pid: int) -> dict[int, float]:
    """Give the CPU seconds of a process and each of its descendants, by process id."""
    return {one: read_cpu(one) for one in list_tree(pid)}


def read_memory(pid: int) -> float:
    """Give the resident MiB of a process and its descendants."""
    return sum(_read_kib(one) for one in list_tree(pid)) / 1024


def has_instructions() -> bool:
    """Say whether this machine counts instructions: virtual ones mostly do not."""
    if shutil.which("perf") is None:
        return False
    tried = subprocess.run(_perf(EVENT, ["true"]), capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    return read_count(tried.stderr) is not None


def read_count(report: str) -> float | None:
    """Read the counter from `perf stat -x,`; None where it was not counted."""
    for line in report.splitlines():
        value = line.partition(",")[0]
        if value and value.replace(".", "", 1).isdigit():
            return float(value)
    return None


class Counter:
    """A perf counter of a process and its descendants, from entry to exit; `count` is there after it, None where it failed."""

    def __init__(self, pid: int, event: str = EVENT) -> None:
        self._pids = ",".join(str(one) for one in list_tree(pid))
        self._event = event
        self.count: float | None = None

    async def __aenter__(self) -> Self:
        """Attach, and begin to count."""
        read_orders, self._orders = os.pipe()
        self._answers, write_answers = os.pipe()
        # Attaching takes a while; so perf starts without counting, and is told to when it is ready.
        options = ["-p", self._pids, "--delay", "-1", "--control", f"fd:{read_orders},{write_answers}"]
        try:
            self._perf = await asyncio.create_subprocess_exec(
                *_perf(self._event, options), stderr=asyncio.subprocess.PIPE, pass_fds=(read_orders, write_answers)
            )
        finally:
            os.close(read_orders)
            os.close(write_answers)
        await self._tell("enable")
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Stop counting, and detach."""
        await self._tell("disable")
        with contextlib.suppress(ProcessLookupError):  # it ends by itself when it does not know the event
            self._perf.send_signal(signal.SIGINT)
        _, report = await self._perf.communicate()
        self.count = read_count(report.decode())
        os.close(self._orders)
        os.close(self._answers)

    async def _tell(self, order: str) -> None:
        """Give an order, and wait until it has been carried out, or perf has ended."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._orders, f"{order}\n".encode())
        await asyncio.to_thread(os.read, self._answers, 16)


def _perf(event: str, rest: list[str]) -> list[str]:
    return ["perf", "stat", "-x,", "-e", event, *rest]


def _list_children(pid: int) -> Iterator[int]:
    for task in (PROC / str(pid) / "task").iterdir():
        yield from (int(child) for child in (task / "children").read_text("ascii").split())


def _read_kib(pid: int) -> int:
    status = (PROC / str(pid) / "status").read_text("ascii", "replace")
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)
