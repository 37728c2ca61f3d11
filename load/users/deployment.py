"""Start a deployment to send load to: emulated vendors and a gateway, each a process of its own on a free port, and end both."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.contract.wire import loads
from load.bench.processes import BOTBRIDGE, run
from load.users.accounts import write_deployment
from load.users.profile import load_profile

READY: Final = "listening on "


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What runs, and where its papers are."""

    url: str
    pid: int
    """Of the gateway; with several workers, of their supervisor."""
    targets: Path
    ledger: Path
    """Written by the vendors when they end."""
    log: Path
    """The gateway's, from the level info on."""


@asynccontextmanager
async def open_deployment(
    folder: Path, profile_name: str, *, seed: int = 1, serve: Sequence[str] = ()
) -> AsyncIterator[Deployment]:
    """Start the deployment that a profile describes; `serve` are further options of `botbridge serve`. Raise NotStarted."""
    own = load_profile(profile_name, {}).own
    ledger, log = folder / "ledger.json", folder / "gateway.log"
    vendors = (sys.executable, "-m", "load.users.vendors", "--profile", profile_name, "--ledger", str(ledger))
    async with run(*vendors, "--seed", str(seed), log=folder / "vendors.log") as (_, line):
        targets = write_deployment(folder, loads(line), own.accounts)
        options = ("--config", str(folder / "accounts"), "--port", "0", *own.serve, *serve)
        async with run(BOTBRIDGE, "serve", *options, log=log, first=READY) as (pid, url):
            yield Deployment(url=url, pid=pid, targets=targets, ledger=ledger, log=log)
