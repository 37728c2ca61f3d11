"""What ends by time or for want of room; everything else in test_archives.py."""

import pytest

from gateway.contract.ports import Add, Append, Put, Shelf
from gateway.sessions.memory_archive import SWEEP_EVERY, MemoryArchive
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def test_everything_ends_in_its_time(clock: FakeClock) -> None:
    archive = MemoryArchive(clock)
    await archive.write(
        [Add("a", {"x": 1}, 10), Append("a", [b"1"], 20, 9), Put("a", "x", b"1", 30), Put("a", "y", b"2", 40)], once="1"
    )
    clock.advance(10)
    await archive.write([Append("a", [b"2"], 20, 9)], once="2")
    assert await archive.read_counts(["a"]) == [{}]
    assert await archive.read_lists(["a"], newest=9) == [[b"2", b"1"]]
    clock.advance(10)
    assert await archive.read_lists(["a"], newest=9) == [[b"2"]]
    assert await archive.read_maps(["a"]) == [{"x": b"1", "y": b"2"}]
    clock.advance(10)
    assert await archive.read_lists(["a"], newest=9) == [[]]
    assert await archive.read_maps(["a"]) == [{"y": b"2"}]


async def test_adding_prolongs(clock: FakeClock) -> None:
    archive = MemoryArchive(clock)
    await archive.write([Add("a", {"x": 1}, 10)], once="1")
    clock.advance(9)
    await archive.write([Add("a", {"x": 1}, 10)], once="2")
    clock.advance(9)
    assert await archive.read_counts(["a"]) == [{"x": 2}]


async def test_what_is_over_takes_no_room(clock: FakeClock) -> None:
    archive = MemoryArchive(clock)
    for number in range(50):
        name = f"{number}"
        await archive.write(
            [Add(name, {"x": 1}, 10), Append(name, [b"1"], 10, 9, Shelf("s", 1000)), Put(name, "x", b"1", 10)],
            once=name,
        )
    clock.advance(SWEEP_EVERY)
    await archive.write([Add("last", {"x": 1}, 10)], once="last")
    assert (len(archive._lists), archive._size, archive._maps, len(archive._counts)) == (0, 0, {}, 1)


async def test_the_list_that_was_longest_not_written_makes_room(clock: FakeClock) -> None:
    archive = MemoryArchive(clock, lists_room=1000)
    for name in "abc":
        await archive.write([Append(name, [b"x" * 300], 100, 9)], once=name)
    await archive.write([Append("a", [b"y" * 200], 100, 9)], once="more")
    found = await archive.read_lists(list("abc"), newest=9)
    assert [len(entries) for entries in found] == [2, 0, 1]


async def test_the_shortest_lived_counts_make_room(clock: FakeClock) -> None:
    archive = MemoryArchive(clock, counts_room=40)
    await archive.write([Add("week", {"x": 1}, 1000), Add("hour", {"x": 1}, 100), Add("day", {"x": 1}, 500)], once="1")
    await archive.write([Add("more", {"x": 1}, 500)], once="2")
    assert await archive.read_counts(["week", "hour", "day", "more"]) == [{"x": 1}, {}, {"x": 1}, {"x": 1}]
