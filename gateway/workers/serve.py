"""`botbridge serve --workers N`: the composition root of the supervising process."""

import asyncio
import signal
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from config.loader import LoadedAccounts
from config.watch import AccountWatch
from gateway.app import ServeSettings, catch, spare_the_collector
from gateway.clock import SystemClock
from gateway.reloading import Reloader
from gateway.telemetry.logging import get_logger
from gateway.telemetry.metrics import SharedMetrics
from gateway.workers.port import reserve_port
from gateway.workers.process import WorkerProcess
from gateway.workers.supervisor import Supervisor, WorkersFailed

_log = get_logger("supervisor")


async def serve_with_workers(
    settings: ServeSettings,
    accounts: LoadedAccounts,
    announce: Callable[[str], None],
    *,
    workers: int,
    log_level: str,
    watch: AccountWatch | None = None,
) -> None:
    """Have workers serve until SIGTERM or SIGINT, then have them drain. `announce` gets the URL once all of them accept.

    SIGHUP, or what `watch` sees, reloads the account files: they are read here, once, and every worker is given the same.
    Raise OSError when the port is in use, WorkersFailed when workers cannot be kept alive.
    """
    spare_the_collector()
    stop, hang_up = catch(signal.SIGTERM, signal.SIGINT), catch(signal.SIGHUP)
    with (
        reserve_port(settings.host, settings.port) as port,
        tempfile.TemporaryDirectory(prefix="botbridge-", ignore_cleanup_errors=True) as folder,
    ):
        places = [
            replace(settings, port=port, shared_metrics=SharedMetrics(Path(folder), place)) for place in range(workers)
        ]
        supervisor = Supervisor(places, accounts, spawn=WorkerProcess.spawn, clock=SystemClock(), log_level=log_level)
        reloader = Reloader(settings.config, supervisor.serve_accounts, watch, known=accounts)
        try:
            async with asyncio.TaskGroup() as tasks:
                work = [
                    tasks.create_task(supervisor.run(announce)),
                    tasks.create_task(reloader.follow(hang_up)),
                ]
                await stop.wait()
                _log.info("stopping", workers=workers)
                for task in work:
                    task.cancel()
        except* WorkersFailed as failed:
            raise failed.exceptions[0] from None
