"""Whether an event costs the same however many are under way, however many accounts are served, and how two workers do."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from load.bench.client import Crowd
from load.bench.connection import Target
from load.bench.events import events_path, make_requests
from load.bench.lag import set_delay
from load.bench.meters import read_memory, read_tree_cpu
from load.bench.rows import ROWS, make_bot, write_account
from load.bench.subjects import Stage, Subject, run_floor, run_gateway, run_server

IN_FLIGHT: Final = (10, 100, 1000, 5000)
ACCOUNTS: Final = (1, 200, 2000)
RAMP: Final = 2500
"""Events a second that begin, until as many are under way as should be."""
PACE: Final = 4000
"""Events a second that the vendor's delay allows for: beyond what one core does, so that the process is always busy."""
MAX_GROWTH: Final = 1.25
"""From the cheapest to the dearest, at most."""
MAX_START: Final = 3.0
"""Seconds for 2,000 accounts."""
MIN_SPEED_UP: Final = 1.8


@dataclass(frozen=True, slots=True)
class InFlight:
    """Cost of an event with so many under way."""

    subject: str
    in_flight: int
    cpu_us: list[float]
    """Per event, by round."""
    mib: float
    failed: int
    """Events without the right answer: on a busy machine turns can run out of their time."""

    @property
    def median_us(self) -> float:
        """Give the median."""
        return median(self.cpu_us)


@dataclass(frozen=True, slots=True)
class Accounts:
    """A gateway that serves so many accounts."""

    accounts: int
    bots: int
    start_seconds: float
    """From the process's start to its first line."""
    mib_started: float
    first_us: float
    """CPU per event while each bot's client is made on its first event."""
    cpu_us: float
    """CPU per event afterwards, over all accounts in turns."""
    mib: float


@dataclass(frozen=True, slots=True)
class Workers:
    """Several workers, with conversations in Redis."""

    workers: int
    cpu_us: float
    """Per event, of all workers and the supervisor."""
    busiest: float
    """Share of the busiest worker in the workers' CPU time: the system deals connections out, not events."""
    per_second: float

    @property
    def capacity(self) -> float:
        """Give the events a second when the busiest worker has used up a core of its own."""
        return 1e6 / (self.cpu_us * self.busiest)


async def measure_in_flight(
    stage: Stage, tell: Callable[[str], None], *, levels: Sequence[int] = IN_FLIGHT, rounds: int = 3, events: int = 3000
) -> list[InFlight]:
    """Drive floor and gateway with more and more under way. The vendor takes the longer, the more there are.

    Not in turns: connections that wait for their turn end, and making thousands of them anew would be measured.
    """
    found = []
    for level in levels:
        await set_delay(stage.vendor.url, level / PACE)
        for running in (run_floor(stage), run_gateway(stage, conversations=3 * max(levels))):
            async with running as subject, Crowd(subject.target, tolerant=True) as crowd:
                tell(f"{level} in flight: {subject.name}")
                await crowd.drive(max(500, level), level, within=level / RAMP)
                cpu_us = [await _drive(subject, crowd, max(events, 2 * level), level) for _ in range(rounds)]
                one = InFlight(subject.name, level, cpu_us, read_memory(subject.pid), len(crowd.failures))
            found.append(one)
    await set_delay(stage.vendor.url, 0)
    return found


async def measure_accounts(
    stage: Stage, tell: Callable[[str], None], *, numbers: Sequence[int] = ACCOUNTS, events: int = 4000
) -> list[Accounts]:
    """Serve more and more accounts, each with a bot of every vendor; the events go to the row's bot of each in turns.

    They are events of as many conversations whatever the accounts: a conversation of long ago costs more than one just seen.
    """
    found = []
    conversations = max(*numbers, 500)
    for number in numbers:
        tell(f"{number} accounts")
        config = stage.directory / f"accounts-{number}"
        bots = {row.name: make_bot(row, stage.vendor, stage.google) for row in ROWS if not row.is_grpc}
        await asyncio.to_thread(write_accounts, config, number, bots)
        began = perf_counter()
        async with run_server(config, log=stage.directory / "accounts.log") as (pid, url):
            started, mib = perf_counter() - began, read_memory(pid)
            paths = [events_path(name_account(one), stage.row.name) for one in range(number)]
            target = Target(url, make_requests(paths, conversations=conversations), stage.recording.answer)
            subject = Subject("gateway", pid, target)
            async with Crowd(target) as crowd:
                first = await _drive(subject, crowd, max(number, 500), 64)
                await crowd.drive(conversations, 64)
                cpu = median([await _drive(subject, crowd, events, 64) for _ in range(3)])
            found.append(Accounts(number, number * len(bots), started, mib, first, cpu, read_memory(pid)))
    return found


def name_account(number: int) -> str:
    """Name one of many accounts."""
    return f"{10_000_000 + number}"


def write_accounts(directory: Path, number: int, bots: dict[str, Any]) -> None:
    """Write so many account files that differ in the account's name alone."""
    first = name_account(0)
    write_account(directory, bots, first)
    text = (directory / f"{first}.yaml").read_text("utf-8")
    for one in range(1, number):
        name = name_account(one)
        (directory / f"{name}.yaml").write_text(text.replace(first, name), encoding="utf-8")


async def measure_workers(
    stage: Stage, tell: Callable[[str], None], *, events: int = 4000, in_flight: int = 256
) -> list[Workers]:
    """Drive one worker, then two, with conversations in Redis."""
    assert stage.redis is not None  # noqa: S101 - the caller has looked
    found = []
    for number in (1, 2):
        tell(f"{number} workers")
        options = ("--store", stage.redis, "--workers", str(number))
        async with run_gateway(stage, *options, name=f"{number} workers") as subject, Crowd(subject.target) as crowd:
            await crowd.drive(1000, in_flight)
            before = read_tree_cpu(subject.pid)
            seconds = await crowd.drive(events, in_flight)
            spent = [cpu - before[pid] for pid, cpu in read_tree_cpu(subject.pid).items()]
            serving = sorted(spent)[-number:]
            found.append(Workers(number, sum(spent) / events * 1e6, max(serving) / sum(serving), events / seconds))
    return found


async def _drive(subject: Subject, crowd: Crowd, events: int, in_flight: int) -> float:
    """Give the CPU microseconds per event."""
    before = sum(read_tree_cpu(subject.pid).values())
    await crowd.drive(events, in_flight, within=in_flight / RAMP)
    return (sum(read_tree_cpu(subject.pid).values()) - before) / events * 1e6
