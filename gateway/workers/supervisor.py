"""Keep a number of workers serving: start them, put another in the place of one that died, end them all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from config.loader import LoadedAccounts
from gateway.app import ServeSettings
from gateway.contract.ports import Clock
from gateway.telemetry.logging import get_logger
from gateway.workers.channel import Start
from gateway.workers.process import Worker, WorkerFailed, describe_code

STEADY: Final = 10.0
"""Seconds of life after which a worker's death is no sign that the next one will die as well."""
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
"""Seconds before a dead worker's place is filled; doubled from one short-lived worker to the next."""
STARTS: Final = 5
"""Workers in one place that may fail in a row to start, while no other serves, before the supervisor gives up."""
GRACE: Final = 10.0
"""Seconds beyond its drain timeout that a worker has to end before it is killed."""

_log = get_logger("supervisor")


class WorkersFailed(Exception):
    """There is no keeping workers alive; the message says why."""


class Supervisor:
    """Owns the workers' processes. Cancelling `run` has them drain and end."""

    def __init__(
        self,
        places: Sequence[ServeSettings],
        accounts: LoadedAccounts,
        *,
        spawn: Callable[[], Awaitable[Worker]],
        clock: Clock,
        log_level: str = "info",
    ) -> None:
        """Fill each of `places` with a worker that `spawn` makes."""
        self._places = places
        self._accounts = accounts
        self._spawn = spawn
        self._clock = clock
        self._log_level = log_level
        self._workers: dict[int, Worker] = {}
        """By place: those that have been told what to serve."""
        self._serving: dict[int, str] = {}
        """By place: the URL of those that accept connections."""
        self._announce: Callable[[str], None] | None = None

    async def run(self, announce: Callable[[str], None]) -> None:
        """Keep every place filled; `announce` gets the URL once, when all accept connections.

        Raise WorkersFailed when a first worker cannot start, or when none is left and none starts any more.
        """
        self._announce = announce
        try:
            async with asyncio.TaskGroup() as tasks:
                for place in range(len(self._places)):
                    tasks.create_task(self._keep_filled(place))
        except* WorkersFailed as failed:
            first = failed.exceptions[0]
            raise first from None

    async def serve_accounts(self, accounts: LoadedAccounts) -> None:
        """Have every worker serve these from now on, and each that comes later."""
        self._accounts = accounts
        for worker in self._workers.values():
            worker.send(accounts)

    async def _keep_filled(self, place: int) -> None:
        short_lived = failed_starts = 0
        while True:
            began = self._clock.monotonic()
            reason = await self._run_worker(place)
            short_lived = 0 if self._clock.monotonic() - began >= STEADY else short_lived + 1
            failed_starts = 0 if reason is None else failed_starts + 1
            if reason is not None and (self._announce is not None or self._is_over(failed_starts)):
                raise WorkersFailed(reason)
            pause = min(FIRST_PAUSE * 2 ** (short_lived - 1), LONGEST_PAUSE) if short_lived else 0.0
            if reason is not None:
                _log.error("worker-not-started", place=place, reason=reason, again_in=pause)
            await self._clock.sleep(pause)

    def _is_over(self, failed_starts: int) -> bool:
        """Whether to give up: never as long as somebody serves, since those who do need no restart."""
        return failed_starts >= STARTS and not self._serving

    async def _run_worker(self, place: int) -> str | None:
        """Fill a place until its worker ends; give the reason when it did not even start to serve."""
        settings = self._places[place]
        worker = await self._spawn()
        try:
            # No await between these: accounts that come later are sent after the first ones.
            worker.send(Start(settings, self._accounts, self._log_level))
            self._workers[place] = worker
            self._note_serving(place, await worker.until_ready())
            code = await worker.wait()
            _log.error("worker-ended", place=place, worker=worker.pid, how=describe_code(code))
        except WorkerFailed as failed:
            return str(failed)
        finally:
            self._serving.pop(place, None)
            self._workers.pop(place, None)
            if not await worker.end(settings.drain_timeout + GRACE):
                _log.error("worker-killed", place=place, worker=worker.pid)
            if settings.shared_metrics is not None:
                settings.shared_metrics.forget()
        return None

    def _note_serving(self, place: int, url: str) -> None:
        self._serving[place] = url
        if self._announce is None:
            _log.info("worker-restarted", place=place, worker=self._workers[place].pid)
        elif len(self._serving) == len(self._places):
            announce, self._announce = self._announce, None
            announce(url)
