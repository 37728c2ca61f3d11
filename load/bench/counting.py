"""How many instructions an event takes: callgrind counts them, on machines that do not, and whoever else uses the cores.

The process runs in valgrind, some fifty times as slowly. What is counted is what it does itself, not what the system does for it,
and valgrind knows no SHA instructions: a hash takes more of its own than of a processor's.
"""

import asyncio
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from load.bench.client import Crowd
from load.bench.subjects import FLOOR, GATEWAY, HOOKS, QUICK, Stage, find_subjects

COUNTED: Final = (FLOOR, GATEWAY, HOOKS, QUICK)
"""The subjects that are one process: the others are worth counting only with Redis, or with threads' idle looks."""
AT_ONCE: Final = 2
"""Subjects that are counted side by side: their counts do not mind."""
EVENTS: Final = 300
WARM_UP: Final = (300, 100)
"""Events before: so many uncounted ones, which go faster, and so many that are thrown away."""
IN_FLIGHT: Final = 16
_TOTAL: Final = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


class NotCounted(Exception):
    """callgrind did not do as it was told."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What an event takes."""

    row: str
    subject: str
    instructions: float


def has_callgrind() -> bool:
    """Say whether valgrind is there (apt-get install valgrind)."""
    return shutil.which("valgrind") is not None and shutil.which("callgrind_control") is not None


async def count(stage: Stage, subjects: Sequence[str] = COUNTED) -> list[Counted]:
    """Count the instructions of an event for each of a row's subjects. Raise NotCounted, WrongAnswer, NotStarted."""
    free = asyncio.Semaphore(AT_ONCE)

    async def count_one(name: str) -> Counted:
        async with free:
            return Counted(stage.row.name, name, await _count_subject(stage, name))

    async with asyncio.TaskGroup() as group:
        counting = [group.create_task(count_one(name)) for name in subjects]
    return [one.result() for one in counting]


async def _count_subject(stage: Stage, name: str) -> float:
    file = stage.directory / f"{name}.callgrind"
    under = (
        "valgrind",
        "--tool=callgrind",
        "--instr-atstart=no",
        "--dump-line=no",
        f"--callgrind-out-file={file}",
        sys.executable,
    )
    run = find_subjects(stage)[name]
    async with run(replace(stage, under=under)) as subject, Crowd(subject.target) as crowd:
        await crowd.drive(WARM_UP[0], IN_FLIGHT)
        await _tell(subject.pid, "--instr=on")
        await crowd.drive(WARM_UP[1], IN_FLIGHT)
        await _tell(subject.pid, "--dump")
        await crowd.drive(EVENTS, IN_FLIGHT)
        await _tell(subject.pid, "--dump")
        await _tell(subject.pid, "--instr=off")  # so that it ends soon
    return read_total(await asyncio.to_thread(Path(f"{file}.2").read_text, "utf-8", "replace")) / EVENTS


async def _tell(pid: int, order: str) -> None:
    telling = await asyncio.create_subprocess_exec(
        "callgrind_control",
        order,
        str(pid),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await telling.communicate()
    if telling.returncode:
        raise NotCounted(f"callgrind_control {order}: {told.decode().strip()}")


def read_total(dump: str) -> float:
    """Read how many instructions a dump of callgrind's is about. Raise NotCounted."""
    found = _TOTAL.search(dump)
    if found is None:
        raise NotCounted("a dump of callgrind's tells no total")
    return float(found[1])
