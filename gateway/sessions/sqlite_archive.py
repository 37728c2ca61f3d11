"""The archive in a SQLite store's file, on its one thread and connection; its tables are made when it is first used."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from gateway.contract.ports import Add, Append, Clock, Entry, Forget, Put, Shelf, StoreFailed
from gateway.contract.wire import WireError, dumps, loads
from gateway.sessions.sqlite import BATCH, PURGE_EVERY, SqliteStore

_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL NOT NULL)
    WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS counts_expires ON counts (expires)",
    # The number is the order of arrival: AUTOINCREMENT, so that none is given twice.
    """CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, shelf TEXT,
    value BLOB NOT NULL, expires REAL NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS entries_name ON entries (name, number)",
    "CREATE INDEX IF NOT EXISTS entries_shelf ON entries (shelf) WHERE shelf IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS entries_expires ON entries (expires)",
    """CREATE TABLE IF NOT EXISTS fields (name TEXT NOT NULL, field TEXT NOT NULL, value BLOB NOT NULL,
    expires REAL NOT NULL, PRIMARY KEY (name, field)) WITHOUT ROWID""",
)
_GET_COUNTS: Final = "SELECT value FROM counts WHERE name = ? AND expires > ?"
_SET_COUNTS: Final = "INSERT OR REPLACE INTO counts (name, value, expires) VALUES (?, ?, ?)"
_APPEND: Final = "INSERT INTO entries (name, shelf, value, expires) VALUES (?, ?, ?, ?)"
_TRIM: Final = (
    "DELETE FROM entries WHERE name = ?1 AND number <="
    " (SELECT number FROM entries WHERE name = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)"
)
_SHELF: Final = "SELECT name, SUM(LENGTH(value)) AS size FROM entries WHERE shelf = ? GROUP BY name ORDER BY size DESC"
_OLDEST: Final = "SELECT number, LENGTH(value) FROM entries WHERE name = ? ORDER BY number LIMIT 1"
_NEWEST: Final = "SELECT value FROM entries WHERE name = ? AND expires > ? ORDER BY number DESC LIMIT ?"
_PUT: Final = "INSERT OR REPLACE INTO fields (name, field, value, expires) VALUES (?, ?, ?, ?)"
_FIELDS: Final = "SELECT field, value FROM fields WHERE name = ? AND expires > ?"
_PURGE: Final = (
    "DELETE FROM counts WHERE name IN (SELECT name FROM counts WHERE expires <= ? LIMIT ?)",
    "DELETE FROM entries WHERE number IN (SELECT number FROM entries WHERE expires <= ? LIMIT ?)",
    "DELETE FROM fields WHERE (name, field) IN (SELECT name, field FROM fields WHERE expires <= ? LIMIT ?)",
)

Result = TypeVar("Result")


class SqliteArchive:
    """See `gateway.contract.ports.Archive`. What a step has written is kept once it is written, as conversations are."""

    def __init__(self, store: SqliteStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._purged = clock.monotonic()

    async def write(self, entries: Sequence[Entry], *, once: str) -> None:  # noqa: ARG002 - what failed was rolled back
        """Write all of them in one transaction. Raise StoreFailed."""
        now = self._store.now()

        def work(connection: sqlite3.Connection) -> None:
            for entry in entries:
                _write(connection, entry, now)
            self._purge(connection, now)

        await self._do(work)

    async def read_counts(self, names: Sequence[str]) -> list[dict[str, int]]:
        """Give the counts under each name. Raise StoreFailed."""
        now = self._store.now()
        return await self._do(lambda connection: [_get_counts(connection, name, now) for name in names])

    async def read_lists(self, names: Sequence[str], *, newest: int) -> list[list[bytes]]:
        """Give the newest entries under each name, newest first. Raise StoreFailed."""
        now = self._store.now()
        return await self._do(
            lambda connection: [
                [bytes(value) for (value,) in connection.execute(_NEWEST, (name, now, newest))] for name in names
            ]
        )

    async def read_maps(self, names: Sequence[str]) -> list[dict[str, bytes]]:
        """Give the fields under each name. Raise StoreFailed."""
        now = self._store.now()
        return await self._do(
            lambda connection: [
                {field: bytes(value) for field, value in connection.execute(_FIELDS, (name, now))} for name in names
            ]
        )

    async def _do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Have the thread do this. What fails is undone by itself: turns in the same transaction do not fail with it."""

        def apart(connection: sqlite3.Connection) -> Result | sqlite3.Error:
            connection.execute("SAVEPOINT archive")
            try:
                for statement in _SCHEMA:  # a few microseconds, once the tables are there
                    connection.execute(statement)
                return work(connection)
            except sqlite3.Error as error:
                connection.execute("ROLLBACK TO archive")
                return error
            finally:
                connection.execute("RELEASE archive")

        result = await self._store.submit(apart)
        if isinstance(result, sqlite3.Error):
            raise StoreFailed(f"SQLite: {result}") from result
        done: Result = result
        return done

    # --- On the store's thread ----------------------------------------------------------------------------------------

    def _purge(self, connection: sqlite3.Connection, now: float) -> None:
        """Delete what is over, BATCH rows of each table at a time."""
        if self._clock.monotonic() - self._purged < PURGE_EVERY:
            return
        removed = [connection.execute(purge, (now, BATCH)).rowcount for purge in _PURGE]
        if max(removed) < BATCH:
            self._purged = self._clock.monotonic()


def _write(connection: sqlite3.Connection, entry: Entry, now: float) -> None:
    match entry:
        case Add(name, counts, ttl):
            kept = _get_counts(connection, name, now)
            for field, number in counts.items():
                kept[field] = kept.get(field, 0) + number
            connection.execute(_SET_COUNTS, (name, dumps(kept), now + ttl))
        case Append(name, values, ttl, limit, shelf):
            rows = [(name, shelf and shelf.name, value, now + ttl) for value in values]
            connection.executemany(_APPEND, rows)
            connection.execute(_TRIM, (name, limit))
            if shelf is not None:
                _make_room(connection, shelf)
        case Put(name, field, None):
            connection.execute("DELETE FROM fields WHERE name = ? AND field = ?", (name, field))
        case Put(name, field, value, ttl):
            connection.execute(_PUT, (name, field, value, now + ttl))
        case Forget(name):
            connection.execute("DELETE FROM entries WHERE name = ?", (name,))


def _get_counts(connection: sqlite3.Connection, name: str, now: float) -> dict[str, int]:
    row = connection.execute(_GET_COUNTS, (name, now)).fetchone()
    if row is None:
        return {}
    try:
        counts: dict[str, int] = loads(bytes(row[0]))
    except WireError:
        return {}  # damaged: what was counted is lost, and the next turns count anew
    return counts


def _make_room(connection: sqlite3.Connection, shelf: Shelf) -> None:
    """Have the largest list of a shelf give its oldest entries until all of them fit."""
    sizes: dict[str, int] = dict(connection.execute(_SHELF, (shelf.name,)))
    while sum(sizes.values()) > shelf.room:
        largest = max(sizes, key=lambda name: sizes[name])
        number, size = connection.execute(_OLDEST, (largest,)).fetchone()
        connection.execute("DELETE FROM entries WHERE number = ?", (number,))
        sizes[largest] -= size
