"""What is particular to the file; everything else in test_archives.py."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.ports import Add, Append, Forget, Put, Shelf, StoreFailed
from gateway.sessions.sqlite import BATCH, PURGE_EVERY, SqliteStore
from gateway.sessions.sqlite_archive import SqliteArchive
from tests.fakes import FakeClock


@asynccontextmanager
async def opened(path: Path, clock: FakeClock) -> AsyncIterator[SqliteArchive]:
    store = SqliteStore(path / "store.db", clock)
    await store.open()
    try:
        yield SqliteArchive(store, clock)
    finally:
        await store.close()


def look(path: Path, what: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path / "store.db")
    try:
        return connection.execute(what).fetchall()
    finally:
        connection.close()


async def test_it_outlives_the_process(tmp_path: Path) -> None:
    clock = FakeClock()
    async with opened(tmp_path, clock) as archive:
        await archive.write([Add("a", {"x": 1}, 10), Append("a", [b"1"], 20, 9), Put("a", "x", b"1", 30)], once="1")
    clock.advance(5)
    async with opened(tmp_path, clock) as archive:
        assert await archive.read_counts(["a"]) == [{"x": 1}]
        assert await archive.read_lists(["a"], newest=9) == [[b"1"]]
        assert await archive.read_maps(["a"]) == [{"x": b"1"}]
        clock.advance(5)
        assert await archive.read_counts(["a"]) == [{}]
        clock.advance(10)
        assert await archive.read_lists(["a"], newest=9) == [[]]
        clock.advance(10)
        assert await archive.read_maps(["a"]) == [{}]


async def test_a_file_has_no_tables_for_it_before_it_is_used(tmp_path: Path) -> None:
    async with opened(tmp_path, FakeClock()):
        pass
    assert look(tmp_path, "SELECT name FROM sqlite_master WHERE type = 'table'") == [("kept",)]


async def test_what_is_over_leaves_the_file(tmp_path: Path) -> None:
    clock = FakeClock()
    many = range(2 * BATCH)
    async with opened(tmp_path, clock) as archive:
        await archive.write([Add(f"{number}", {"x": 1}, 10) for number in many], once="1")
        await archive.write(
            [Append("a", [b"x"] * 50, 10, 100), Put("a", "x", b"1", 10), Put("a", "y", b"1", 99)], once="2"
        )
        clock.advance(PURGE_EVERY)
        for number in range(4):
            await archive.write([Put("a", "z", b"1", 1000)], once=f"{number}")
    assert look(tmp_path, "SELECT COUNT(*) FROM counts") == [(0,)]
    assert look(tmp_path, "SELECT COUNT(*) FROM entries") == [(0,)]
    assert look(tmp_path, "SELECT field FROM fields ORDER BY field") == [("y",), ("z",)]


async def test_a_step_is_taken_whole_or_not_at_all_and_the_turns_beside_it_go_on(tmp_path: Path) -> None:
    clock = FakeClock()
    store = SqliteStore(tmp_path / "store.db", clock)
    await store.open()
    archive = SqliteArchive(store, clock)
    await archive.write([Add("a", {"x": 1}, 10)], once="1")
    wrong = Append("a", ["no bytes", object()], 10, 9)  # type: ignore[list-item] # on purpose
    turn, step, after = await asyncio.gather(
        store.apply([("conversation", b"kept", 10)]),
        archive.write([Add("a", {"x": 1}, 10), wrong], once="2"),
        store.apply([("another", b"kept", 10)]),
        return_exceptions=True,
    )
    assert (turn, after) == (None, None)
    assert isinstance(step, StoreFailed)
    assert str(step).startswith("SQLite: ")
    assert await store.get("conversation") == await store.get("another") == b"kept"
    assert await archive.read_counts(["a"]) == [{"x": 1}]
    assert await archive.read_lists(["a"], newest=9) == [[]]
    await store.close()


async def test_damaged_counts_begin_anew(tmp_path: Path) -> None:
    clock = FakeClock()
    async with opened(tmp_path, clock) as archive:
        await archive.write([Add("a", {"x": 1}, 1000)], once="1")
    connection = sqlite3.connect(tmp_path / "store.db")
    connection.execute("UPDATE counts SET value = X'00'")
    connection.commit()
    connection.close()
    async with opened(tmp_path, clock) as archive:
        assert await archive.read_counts(["a"]) == [{}]
        await archive.write([Add("a", {"x": 2}, 1000)], once="2")
        assert await archive.read_counts(["a"]) == [{"x": 2}]


async def test_a_forgotten_list_leaves_its_shelf(tmp_path: Path) -> None:
    async with opened(tmp_path, FakeClock()) as archive:
        await archive.write([Append("a", [b"x" * 10], 10, 9, Shelf("s", 10)), Forget("a")], once="1")
    assert look(tmp_path, "SELECT COUNT(*) FROM entries") == [(0,)]


async def test_a_closed_store_refuses(tmp_path: Path) -> None:
    async with opened(tmp_path, FakeClock()) as archive:
        pass
    with pytest.raises(StoreFailed, match="not open"):
        await archive.read_counts(["a"])
