"""One suite for the archives of all stores, as the gateway sees them; what ends by time is in test_*_archive.py."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gateway.clock import SystemClock
from gateway.contract.ports import Add, Append, Archive, Entry, Forget, Put, Shelf
from gateway.sessions.backends import StoreSettings, make_sessions

DAY = 86_400.0


@pytest.fixture(params=[None, "a key of the store"], ids=["plain", "encrypted"])
async def archive(request: pytest.FixtureRequest, store: str) -> AsyncIterator[Archive]:
    sessions = make_sessions(StoreSettings(url=store, key=request.param), SystemClock())
    await sessions.backend.open()
    yield sessions.archive
    await sessions.backend.close()


@pytest.fixture
def write(archive: Archive) -> Callable[..., Any]:
    steps = iter(range(1000))

    async def write(*entries: Entry) -> None:
        await archive.write(entries, once=f"step {next(steps)}")

    return write


async def test_counts_add_up(archive: Archive, write: Any) -> None:
    await write(Add("a", {"x": 1, "y": 2}, DAY), Add("b", {"x": 10}, DAY))
    await write(Add("a", {"y": 3, "z": 4}, DAY))
    assert await archive.read_counts(["a", "none", "b", "a"]) == [
        {"x": 1, "y": 5, "z": 4},
        {},
        {"x": 10},
        {"x": 1, "y": 5, "z": 4},
    ]


async def test_counts_that_are_written_at_once_all_count(archive: Archive) -> None:
    await asyncio.gather(*(archive.write([Add("a", {"x": 1}, DAY)], once=f"{number}") for number in range(100)))
    assert await archive.read_counts(["a"]) == [{"x": 100}]


async def test_a_list_gives_its_newest_first(archive: Archive, write: Any) -> None:
    await write(Append("a", [b"1", b"2"], DAY, 10), Append("b", [b"0"], DAY, 10))
    await write(Append("a", [b"3"], DAY, 10))
    assert await archive.read_lists(["a", "none", "b"], newest=2) == [[b"3", b"2"], [], [b"0"]]
    assert await archive.read_lists(["a"], newest=100) == [[b"3", b"2", b"1"]]


async def test_a_list_keeps_no_more_than_its_limit(archive: Archive, write: Any) -> None:
    await write(Append("a", [b"%d" % number for number in range(7)], DAY, 3))
    assert await archive.read_lists(["a"], newest=9) == [[b"6", b"5", b"4"]]
    await write(Append("a", [b"7"], DAY, 3))
    assert await archive.read_lists(["a"], newest=9) == [[b"7", b"6", b"5"]]


async def test_a_list_is_forgotten(archive: Archive, write: Any) -> None:
    await write(Append("a", [b"1"], DAY, 3), Append("b", [b"2"], DAY, 3))
    await write(Forget("a"), Forget("none"))
    assert await archive.read_lists(["a", "b"], newest=9) == [[], [b"2"]]
    await write(Append("a", [b"3"], DAY, 3))
    assert await archive.read_lists(["a"], newest=9) == [[b"3"]]


async def test_a_map_has_what_was_put_last(archive: Archive, write: Any) -> None:
    await write(Put("a", "x", b"1", DAY), Put("a", "y", b"2", DAY), Put("b", "x", b"3", DAY))
    await write(Put("a", "x", b"4", DAY), Put("a", "y", None), Put("a", "none", None), Put("none", "x", None))
    assert await archive.read_maps(["a", "b", "none"]) == [{"x": b"4"}, {"x": b"3"}, {}]
    await write(Put("b", "x", None))
    assert await archive.read_maps(["b"]) == [{}]


async def test_counts_lists_and_maps_of_one_name_are_three_things(archive: Archive, write: Any) -> None:
    await write(Add("a", {"x": 1}, DAY), Append("a", [b"1"], DAY, 3), Put("a", "x", b"2", DAY))
    await write(Forget("a"))
    assert await archive.read_counts(["a"]) == [{"x": 1}]
    assert await archive.read_lists(["a"], newest=9) == [[]]
    assert await archive.read_maps(["a"]) == [{"x": b"2"}]


async def test_nothing_is_read_and_written_without_names(archive: Archive, write: Any) -> None:
    await write()
    assert await archive.read_counts([]) == []
    assert await archive.read_lists([], newest=9) == []
    assert await archive.read_maps([]) == []


def fill(name: str, size: int, times: int, shelf: Shelf) -> Append:
    return Append(name, [b"%d" % number + b"x" * (size - 1) for number in range(times)], DAY, 100, shelf)


async def test_the_largest_list_of_a_shelf_gives_its_oldest(archive: Archive, write: Any) -> None:
    shelf, other = Shelf("s", 5000), Shelf("t", 5000)
    await write(fill("small", 800, 1, shelf), fill("elsewhere", 800, 6, other), fill("large", 800, 4, shelf))
    await write(fill("small", 800, 2, shelf))
    # An entry costs what it takes, sealed: 800 bytes and up to 30 more; six of them fit.
    small, large, elsewhere = await archive.read_lists(["small", "large", "elsewhere"], newest=99)
    assert [entry[:1] for entry in small] == [b"1", b"0", b"0"]
    assert [entry[:1] for entry in large] == [b"3", b"2", b"1"]
    assert len(elsewhere) == 6


async def test_a_shelf_does_not_count_what_is_gone(archive: Archive, write: Any) -> None:
    shelf = Shelf("s", 5000)
    await write(fill("a", 500, 8, shelf))
    await write(Forget("a"))
    await write(fill("b", 500, 9, shelf))
    assert [len(found) for found in await archive.read_lists(["a", "b"], newest=99)] == [0, 9]
    await write(fill("a", 500, 8, shelf))
    held = [len(found) for found in await archive.read_lists(["a", "b"], newest=99)]
    assert sum(held) in {9, 10}
    assert min(held) >= 4


async def test_an_entry_without_room_is_not_kept(archive: Archive, write: Any) -> None:
    shelf = Shelf("s", 1000)
    await write(fill("a", 100, 2, shelf))
    await write(Append("b", [b"x" * 1001], DAY, 100, shelf))
    kept, refused = await archive.read_lists(["a", "b"], newest=99)
    assert (len(kept), refused) == (2, [])
    await write(fill("b", 100, 1, shelf))
    assert [len(found) for found in await archive.read_lists(["a", "b"], newest=99)] == [2, 1]


async def test_names_and_fields_may_hold_any_text(archive: Archive, write: Any) -> None:
    name, field = "a/ü:'\"\n%*?[", "ß '\\ \x00"
    await write(Add(name, {field: 1}, DAY), Append(name, [b"\x00\xff"], DAY, 3), Put(name, field, b"\x00\xff", DAY))
    assert await archive.read_counts([name]) == [{field: 1}]
    assert await archive.read_lists([name], newest=9) == [[b"\x00\xff"]]
    assert await archive.read_maps([name]) == [{field: b"\x00\xff"}]
