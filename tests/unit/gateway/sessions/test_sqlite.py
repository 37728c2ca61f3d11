import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from gateway.contract.ports import StoreFailed
from gateway.sessions.sqlite import BATCH, PURGE_EVERY, SqliteStore
from tests.fakes import FakeClock


async def open_store(path: Path, clock: FakeClock | None = None) -> SqliteStore:
    store = SqliteStore(path, clock or FakeClock())
    await store.open()
    return store


async def test_a_value_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    clock = FakeClock()
    store = await open_store(tmp_path / "store.db", clock)
    await store.apply([("a", b"1", 10), ("b", b"2", 20), ("c", b"3", 20)])
    await store.apply([("c", None, 0)])
    await store.close()
    clock.advance(10)
    store = await open_store(tmp_path / "store.db", clock)
    assert [await store.get(key) for key in "abc"] == [None, b"2", None]
    await store.close()


class SetClock(FakeClock):
    """A clock whose time of day somebody sets."""

    offset = 0.0

    def time(self) -> float:
        return self.now + self.offset


@pytest.mark.parametrize("offset", [86_400.0, -86_400.0], ids=["forwards", "backwards"])
async def test_a_value_lasts_its_time_whatever_the_wall_clock_is_set_to(offset: float, tmp_path: Path) -> None:
    clock = SetClock()
    store = await open_store(tmp_path / "store.db", clock)
    await store.apply([("before", b"1", 10)])
    clock.offset = offset
    await store.apply([("after", b"2", 20)])
    clock.advance(9)
    assert [await store.get(key) for key in ("before", "after")] == [b"1", b"2"]
    clock.advance(1)
    assert [await store.get(key) for key in ("before", "after")] == [None, b"2"]
    await store.close()


async def test_what_is_asked_at_once_is_answered_in_the_order_of_asking(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "store.db")
    seen = []

    async def write_and_read(number: int) -> None:
        await store.apply([("a", b"%d" % number, 10)])
        seen.append(number)

    await asyncio.gather(*(write_and_read(number) for number in range(3 * BATCH)))
    assert seen == list(range(3 * BATCH))
    assert await store.get("a") == b"%d" % (3 * BATCH - 1)
    await store.close()


async def test_one_thread_does_all_of_it_and_ends(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    store = await open_store(tmp_path / "store.db")
    await asyncio.gather(*(store.apply([(str(number), b"x", 10)]) for number in range(200)))
    (made,) = set(threading.enumerate()) - before
    await store.close()
    async with asyncio.timeout(5):
        while made.is_alive():
            await asyncio.sleep(0.005)


async def test_closing_carries_out_what_was_asked_before(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "store.db")
    writing = [asyncio.ensure_future(store.apply([(str(number), b"x", 10)])) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*writing)
    store = await open_store(tmp_path / "store.db")
    assert await store.get("49") == b"x"
    await store.close()


async def test_what_is_over_leaves_the_file(tmp_path: Path) -> None:
    clock = FakeClock()
    store = await open_store(tmp_path / "store.db", clock)
    await store.apply([(str(number), b"x", 10) for number in range(2 * BATCH)])
    await store.apply([("stays", b"x", 1000)])
    clock.advance(PURGE_EVERY)
    for _ in range(4):
        assert await store.get("stays") == b"x"
    await store.close()
    connection = sqlite3.connect(tmp_path / "store.db")
    assert connection.execute("SELECT name FROM kept").fetchall() == [("stays",)]
    connection.close()


async def test_changes_are_made_all_or_none_and_the_store_goes_on(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "store.db")
    await store.apply([("a", b"1", 10)])
    with pytest.raises(StoreFailed, match=r"^SQLite: "):
        await store.apply([("a", b"2", 10), ("b", {"no": "bytes"}, 10)])  # type: ignore[list-item]  # on purpose
    assert await store.get("a") == b"1"
    await store.apply([("a", b"3", 10)])
    assert await store.get("a") == b"3"
    await store.close()


async def test_one_that_gives_up_disturbs_nobody(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "store.db")
    given_up = asyncio.ensure_future(store.apply([("a", b"1", 10)]))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait({given_up})
    assert await store.get("a") == b"1"
    await store.close()


async def test_a_file_in_use_is_refused_until_it_is_free(tmp_path: Path) -> None:
    first = await open_store(tmp_path / "store.db")
    second = SqliteStore(tmp_path / "store.db", FakeClock())
    with pytest.raises(StoreFailed, match="database is locked"):
        await second.open()
    await second.close()
    await first.close()
    await (await open_store(tmp_path / "store.db")).close()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"certainly no database, but long enough to be looked at" * 20)
    with pytest.raises(StoreFailed, match="not a database"):
        await open_store(tmp_path / "store.db")


async def test_a_closed_store_refuses(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.db", FakeClock())
    with pytest.raises(StoreFailed, match="not open"):
        await store.get("a")
    await store.open()
    await store.close()
    with pytest.raises(StoreFailed, match="not open"):
        await store.get("a")
