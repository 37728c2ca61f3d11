"""A store in one SQLite file, for one process: it survives the end of the process, however that comes.

All access happens on one thread with one connection. What has queued up while it was busy becomes one transaction, so that
many turns at once cost few commits.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from gateway.contract.ports import Change, Clock, StoreFailed

PURGE_EVERY: Final = 60.0
"""Seconds between two looks for what is over."""
BATCH: Final = 500
"""Jobs in one transaction, and values purged at a time."""

_SCHEMA: Final = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_expires ON kept (expires);
"""
# NORMAL: a commit has been handed to the operating system when it is acknowledged, so that no end of the process loses it;
# a power cut may lose the last moments, and damages nothing. FULL would wait for the disk at every commit.
# EXCLUSIVE: the order of events is kept in the process, so a second one must not serve from the same file.
_GET: Final = "SELECT value FROM kept WHERE name = ? AND expires > ?"
_SET: Final = "INSERT OR REPLACE INTO kept (name, value, expires) VALUES (?, ?, ?)"
_DELETE: Final = "DELETE FROM kept WHERE name = ?"
_PURGE: Final = "DELETE FROM kept WHERE name IN (SELECT name FROM kept WHERE expires <= ? LIMIT ?)"


class _Job:
    """One call of the loop's, carried out on the thread."""

    __slots__ = ("failed", "future", "result", "work")

    def __init__(self, work: Callable[[sqlite3.Connection], Any], future: "asyncio.Future[Any]") -> None:
        self.work = work
        self.future = future
        self.result: Any = None
        self.failed: Exception | None = None


class SqliteStore:
    """Keeps values in a file until their time is over.

    The file holds moments of the wall clock, which outlive the process. Within it they are told from the monotonic clock: a
    wall clock that is set while we run must neither forget answers before their time nor keep them for ever.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Future[None] | None = None
        self._purged = clock.monotonic()
        self._epoch = clock.time() - clock.monotonic()

    async def open(self) -> None:
        """Open the file, made if there is none. Raise StoreFailed when it cannot be used, also while another process does."""
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        self._ended = self._loop.create_future()
        threading.Thread(target=self._run, args=(opened, self._ended), name="sqlite-store", daemon=True).start()
        await opened

    async def close(self) -> None:
        """Carry out what is under way, then close the file."""
        if self._ended is not None:
            self._jobs.put(None)
            await asyncio.shield(self._ended)

    async def get(self, key: str) -> bytes | None:
        """Give the value, or None when there is none or its time is over."""
        now = self.now()

        def read(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute(_GET, (key, now)).fetchone()
            return None if row is None else bytes(row[0])

        value: bytes | None = await self.submit(read)
        return value

    async def apply(self, changes: Sequence[Change]) -> None:
        """Make these changes, all of them or none."""
        now = self.now()

        def write(connection: sqlite3.Connection) -> None:
            for key, value, ttl in changes:
                if value is None:
                    connection.execute(_DELETE, (key,))
                else:
                    connection.execute(_SET, (key, value, now + ttl))

        await self.submit(write)

    def now(self) -> float:
        """Give the moment, in the file's terms."""
        return self._epoch + self._clock.monotonic()

    def submit(self, work: Callable[[sqlite3.Connection], Any]) -> "asyncio.Future[Any]":
        """Have the thread do this, in one transaction with what else has queued up; the future gives what it returns.

        It must not commit. When it raises, all of the transaction has failed. Raise StoreFailed, also through the future.
        """
        if self._loop is None or self._ended is None or self._ended.done():
            raise StoreFailed("the store is not open")
        job = _Job(work, self._loop.create_future())
        self._jobs.put(job)
        return job.future

    # --- On the thread ------------------------------------------------------------------------------------------------

    def _run(self, opened: "asyncio.Future[None]", ended: "asyncio.Future[None]") -> None:
        """Open the file, serve jobs until told to end, close."""
        try:
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=0)
            try:
                connection.executescript(_SCHEMA)
                # With this lock mode the first write takes the lock for good: take it now, or tell that somebody has it.
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("COMMIT")
            except sqlite3.Error:
                connection.close()
                raise
        except sqlite3.Error as error:
            self._tell([(opened, None, _describe(error)), (ended, None, None)])
            return
        self._tell([(opened, None, None)])
        try:
            while (jobs := self._take()) is not None:
                self._work(connection, jobs)
        finally:
            connection.close()
            self._tell([(ended, None, None)])

    def _take(self) -> list[_Job] | None:
        """Wait for a job, and take along what has queued up behind it; None at the end."""
        first = self._jobs.get()
        if first is None:
            return None
        jobs = [first]
        try:
            while len(jobs) < BATCH and (job := self._jobs.get_nowait()) is not None:
                jobs.append(job)
            if len(jobs) < BATCH:
                self._jobs.put(None)  # the end, taken too early: put it back behind this batch
        except queue.Empty:
            pass
        return jobs

    def _work(self, connection: sqlite3.Connection, jobs: list[_Job]) -> None:
        """Carry out a batch in one transaction: what cannot be committed has failed for all of them."""
        try:
            connection.execute("BEGIN")
            for job in jobs:
                job.result = job.work(connection)
            self._purge(connection)
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told, and the thread goes on
            for job in jobs:
                job.failed = _describe(error)
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        self._tell([(job.future, job.result, job.failed) for job in jobs])

    def _purge(self, connection: sqlite3.Connection) -> None:
        if self._clock.monotonic() - self._purged >= PURGE_EVERY:
            removed = connection.execute(_PURGE, (self.now(), BATCH)).rowcount
            if removed < BATCH:
                self._purged = self._clock.monotonic()

    def _tell(self, outcomes: "list[tuple[asyncio.Future[Any], Any, Exception | None]]") -> None:
        assert self._loop is not None  # noqa: S101 - set before the thread began
        with suppress(RuntimeError):  # the loop is gone, and with it those who waited
            self._loop.call_soon_threadsafe(_settle, outcomes)


def _settle(outcomes: "list[tuple[asyncio.Future[Any], Any, Exception | None]]") -> None:
    for future, result, failed in outcomes:
        if future.done():
            continue  # given up meanwhile
        if failed is None:
            future.set_result(result)
        else:
            future.set_exception(failed)


def _describe(error: Exception) -> StoreFailed:
    """Say what SQLite says: it names no content."""
    failure = StoreFailed(f"SQLite: {error}")
    failure.__cause__ = error
    return failure
