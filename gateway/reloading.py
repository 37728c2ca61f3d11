"""Serve what the account files say when somebody asks for it, or when they have changed: all are valid, or nothing changes."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from config.loader import LoadedAccounts, load_accounts
from config.problems import ConfigProblems
from config.watch import AccountWatch
from gateway.telemetry.logging import get_logger

_log = get_logger("reload")


class Reloader:
    """Reads the account files again and hands them on; the log says whether they are served."""

    def __init__(
        self,
        directory: Path,
        serve: Callable[[LoadedAccounts], Awaitable[None]],
        watch: AccountWatch | None = None,
        *,
        known: LoadedAccounts | None = None,
    ) -> None:
        """Have `serve` called with accounts that are valid; without a `watch`, only when asked.

        What is `known`, because it is served, is not checked again as long as its file is as it was.
        """
        self._directory = directory
        self._serve = serve
        self._watch = watch
        self._known = known

    async def follow(self, asked: asyncio.Event) -> None:
        """Reload whenever `asked` is set or the files have changed, one reload after the other, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            if self._watch is not None:
                tasks.create_task(self._ask_on_change(self._watch, asked))
            while True:
                await asked.wait()
                asked.clear()
                await self._reload()

    async def _ask_on_change(self, watch: AccountWatch, asked: asyncio.Event) -> None:
        while True:
            try:
                await watch.wait()
            except Exception as fault:  # noqa: BLE001 - a look that fails is followed by another, not by the process's end
                _log.error("watch-failed", exc_info=fault)
            else:
                asked.set()

    async def _reload(self) -> None:
        try:
            if self._watch is not None:
                await self._watch.remember()
            accounts = await asyncio.to_thread(load_accounts, self._directory, os.environ, known=self._known)
            self._known = accounts
            await self._serve(accounts)
        except ConfigProblems as found:
            _log.error("reload-refused", problems=[str(problem) for problem in found.problems])
        except Exception as fault:  # noqa: BLE001 - a reload that fails must leave the old configuration serving
            _log.error("reload-failed", exc_info=fault)
