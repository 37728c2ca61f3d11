"""One of several workers: serves what its supervisor gives it, until that one says so or dies."""

import asyncio
import os
import shutil
import signal
import socket
import sys

from config.importing import make_importable
from config.loader import LoadedAccounts
from gateway.app import Server, catch, raise_open_files, spare_the_collector
from gateway.cli.options import run_async
from gateway.contract.ports import StoreFailed
from gateway.telemetry.logging import configure_logging, get_logger, name_process
from gateway.telemetry.metrics import Metrics
from gateway.workers.channel import Channel, NotReady, Ready, Start

REFRESH_METRICS = 1.0
"""Seconds between two looks at what other workers cannot see of this one."""

_log = get_logger("worker")


def main() -> None:
    """Run one worker; the only argument is the number of the file that leads to its supervisor."""
    # A terminal sends these to every process of the gateway; the supervisor tells its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    end = socket.socket(fileno=int(sys.argv[1]))
    end.set_inheritable(False)  # what a hook starts must not keep a dead worker's end open
    sys.exit(run_async(_work(end)))


async def _work(end: socket.socket) -> int:
    """Serve, and give the exit code."""
    channel = await Channel.open(end)
    start = await channel.receive()
    if not isinstance(start, Start):
        return 1  # the supervisor has died
    settings = start.settings
    configure_logging(start.log_level)
    name_process(pid=os.getpid())  # every line of this worker's log tells which one it is
    make_importable(settings.config)
    raise_open_files()
    try:
        await _serve(start, channel)
    except StoreFailed as error:
        reason = f"cannot use the store: {error}"
    except OSError as error:
        reason = f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}"
    else:
        if channel.is_over and settings.shared_metrics is not None:
            # Nobody else is left to clear up; workers that drain a little longer do without.
            await asyncio.to_thread(shutil.rmtree, settings.shared_metrics.folder, ignore_errors=True)
        return 0
    channel.send(NotReady(reason))
    await channel.flush()
    return 1


async def _serve(start: Start, channel: Channel) -> None:
    stop = catch(signal.SIGTERM)
    async with Server(start.accounts, start.settings) as server:
        spare_the_collector()
        channel.send(Ready(server.url))
        async with asyncio.TaskGroup() as tasks:
            beside = [
                tasks.create_task(_follow(channel, server, stop)),
                tasks.create_task(_refresh(server.runtime.metrics)),
            ]
            await stop.wait()
            for task in beside:
                task.cancel()
        await server.drain()


async def _follow(channel: Channel, server: Server, stop: asyncio.Event) -> None:
    """Serve the accounts that the supervisor sends; end when it has gone."""
    while (message := await channel.receive()) is not None:
        if isinstance(message, LoadedAccounts):
            try:
                await server.serve_accounts(message)
            except Exception as fault:  # noqa: BLE001 - what cannot be served must leave the old configuration serving
                _log.error("reload-failed", exc_info=fault)
    _log.error("supervisor-gone")
    stop.set()


async def _refresh(metrics: Metrics) -> None:
    while True:
        metrics.refresh()
        await asyncio.sleep(REFRESH_METRICS)
