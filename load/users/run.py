"""Send load to a deployment of one's own, and judge what came of it: `make load` (docs/load.md)."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp

from gateway.contract.wire import dumps, loads
from load.bench.processes import ROOT
from load.users.deployment import Deployment, open_deployment
from load.users.gateway_cost import Gateway, measure_gateway
from load.users.gateway_log import copy_problems
from load.users.profile import load_profile
from load.users.verdict import judge_ledger
from load.users.watch import Sample, Watch

T = TypeVar("T")

LOCUST: Final = str(Path(sys.executable).with_name("locust"))
LOCUSTFILE: Final = ROOT / "load" / "locustfile.py"
RESULTS: Final = ROOT / "load" / "results"
GRACE: Final = 60.0
"""Seconds that a run may take beyond its profile: start, end, and the reports."""
TELL_EVERY: Final = 10
"""Looks between two lines about how it goes."""


class LoadFailed(Exception):
    """A run that came to no result; the message says where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to run."""

    profile: str
    results: Path
    """Folder for reports, made when it is missing."""
    users: int | None = None
    seconds: float | None = None
    seed: int = 1
    serve: Sequence[str] = ()
    """Further options of `botbridge serve`."""
    settle: int = 0
    """Seconds to go on looking at the gateway once nobody asks it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    summary: dict[str, Any]
    """What locust counted, and what the vendors' ledger and the gateway's process add; `problems` is what is not good enough."""
    gateway: Gateway
    samples: list[Sample]
    """From just before the first user to the end of the settling."""
    ended: int
    """How many of the samples were taken until the last user had gone."""

    @property
    def problems(self) -> list[str]:
        """What is not good enough."""
        found: list[str] = self.summary["problems"]
        return found


def run_to_end(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; when this process is told to end, all that it started ends first. Exit with 143 then."""

    async def guarded() -> T:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is one
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await main

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)


async def run_load(order: Order, tell: Callable[[str], None]) -> Outcome:
    """Start everything, run locust, end everything. Raise LoadFailed, GatewayGone, NotStarted, ConfigProblems."""
    profile = await asyncio.to_thread(load_profile, order.profile, {})
    try:
        order.results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LoadFailed(f"there can be no reports in {order.results}: {error.strerror}") from None
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        async with open_deployment(folder, order.profile, seed=order.seed, serve=order.serve) as deployment:
            async with aiohttp.ClientSession() as client:
                watch = Watch(deployment.pid, deployment.url, client)
                await watch.look(scrape=True)
                await _run_locust(_locust_options(order, deployment, folder), order, watch, tell)
                await watch.look(scrape=True)
                ended = len(watch.samples)
                for _ in range(order.settle):
                    await asyncio.sleep(1)
                    await watch.look()
                await watch.look(scrape=True)
            answered = folder / "answered.json"
            papers = [folder / "summary.json", answered]
            if not all(paper.exists() for paper in papers):
                raise LoadFailed(f"locust did not come to an end: see {order.results / 'locust.log'}")
        # Both have ended: the ledger is written.
        await asyncio.to_thread(copy_problems, deployment.log, order.results / "gateway.log")
        summary = loads((folder / "summary.json").read_bytes())
        ledger = loads(deployment.ledger.read_bytes())
        gateway = measure_gateway(watch.samples[:ended], summary)
        summary = judge_ledger(summary, loads(answered.read_bytes()), ledger, profile.limits)
    summary = {"profile": order.profile, **summary, "gateway": gateway.plain()}
    await asyncio.to_thread((order.results / "summary.json").write_bytes, dumps(summary))
    return Outcome(summary=summary, gateway=gateway, samples=watch.samples, ended=ended)


def _locust_options(order: Order, deployment: Deployment, folder: Path) -> list[str]:
    return [
        *("-f", str(LOCUSTFILE), "--headless", "--only-summary", "--host", deployment.url, "--profile", order.profile),
        *("--targets", str(deployment.targets), "--seed", str(order.seed)),
        *("--summary", str(folder / "summary.json"), "--answered", str(folder / "answered.json")),
        *("--html", str(order.results / "report.html"), "--csv", str(order.results / "locust"), "--csv-full-history"),
        *(() if order.users is None else ("--users", str(order.users))),
        *(() if order.seconds is None else ("--run-time", f"{order.seconds:.0f}s")),
    ]


async def _run_locust(options: list[str], order: Order, watch: Watch, tell: Callable[[str], None]) -> None:
    """Run locust to its end, and look at the gateway once a second meanwhile."""
    seconds = order.seconds or (await asyncio.to_thread(load_profile, order.profile, {})).seconds
    with (order.results / "locust.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(LOCUST, *options, cwd=ROOT, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(seconds + GRACE):
                while not await _has_ended(process):
                    await _look_and_tell(watch, seconds, tell)
        except TimeoutError:
            raise LoadFailed(f"locust took {GRACE:.0f} seconds longer than it should") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _has_ended(process: asyncio.subprocess.Process) -> bool:
    """Wait a second for a process to end."""
    try:
        async with asyncio.timeout(1):
            await process.wait()
    except TimeoutError:
        return False
    return True


async def _look_and_tell(watch: Watch, seconds: float, tell: Callable[[str], None]) -> None:
    sample = await watch.look()
    before = watch.samples[max(0, len(watch.samples) - 1 - TELL_EVERY)]
    if len(watch.samples) % TELL_EVERY == 0:
        share = (sample.cpu - before.cpu) / (sample.at - before.at)
        tell(f"{sample.at:4.0f} of {seconds:.0f} s: the gateway has {share:.0%} of a core, {sample.rss:.0f} MiB")
