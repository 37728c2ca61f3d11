"""What is particular to Redis; everything else in test_archives.py."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.clock import SystemClock
from gateway.contract.ports import Add, Append, Entry, Put, Shelf, StoreFailed
from gateway.sessions.redis import RedisBackend
from gateway.sessions.redis_archive import RedisArchive
from tests.redis_server import RedisServer
from tests.unit.gateway.sessions.conftest import until

DAY = 86_400.0


async def open_backend(url: str) -> RedisBackend:
    backend = RedisBackend(url, SystemClock(), session_ttl=86400, repeat_ttl=600)
    await backend.open()
    return backend


@pytest.fixture
async def archive(redis: Any, running_redis: RedisServer) -> AsyncIterator[RedisArchive]:
    backend = await open_backend(running_redis.url)
    yield backend.archive
    await backend.close()


async def test_a_step_that_is_tried_again_is_taken_once(archive: RedisArchive) -> None:
    step: list[Entry] = [Add("a", {"x": 1}, DAY), Append("a", [b"1"], DAY, 9)]
    for _ in range(3):
        await archive.write(step, once="the step")
    await archive.write(step, once="another")
    assert await archive.read_counts(["a"]) == [{"x": 2}]
    assert await archive.read_lists(["a"], newest=9) == [[b"1", b"1"]]


async def test_processes_add_to_the_same_counts(archive: RedisArchive, running_redis: RedisServer) -> None:
    others = [await open_backend(running_redis.url) for _ in range(2)]
    archives = [archive, *(other.archive for other in others)]
    await asyncio.gather(
        *(
            one.write([Add("a", {"x": 1}, DAY)], once=f"{place}/{n}")
            for place, one in enumerate(archives)
            for n in range(50)
        )
    )
    assert await others[0].archive.read_counts(["a"]) == [{"x": 150}]
    for other in others:
        await other.close()


async def test_keys_live_as_long_as_what_is_in_them(archive: RedisArchive, redis: Any) -> None:
    await archive.write(
        [
            Add("a", {"x": 1}, 100),
            Append("a", [b"1"], 200, 9, Shelf("s", 1000)),
            Put("a", "x", b"1", 300),
            Put("a", "y", b"1", 30),
        ],
        once="1",
    )
    lives = {key.decode(): redis.pttl(key) for key in redis.scan_iter()}
    process = next(key for key in lives if key.startswith("botbridge:process:"))
    assert {key: (left + 999) // 1000 for key, left in lives.items() if key != process} == {
        "botbridge:counts:a": 100,
        "botbridge:list:a": 200,
        "botbridge:shelf:s": 200,
        "botbridge:map:a": 300,
        "botbridge:once:1": 600,
    }


async def test_entries_and_fields_end_one_by_one(archive: RedisArchive, redis: Any) -> None:
    await archive.write([Append("a", [b"old"], 0.001, 9), Put("a", "old", b"1", 0.001)], once="1")
    await archive.write([Append("a", [b"new"], DAY, 9), Put("a", "new", b"2", DAY)], once="2")
    begun = redis.time()
    await until(lambda: redis.time() > (begun[0], begun[1] + 2000))
    assert await archive.read_lists(["a"], newest=9) == [[b"new"]]
    assert await archive.read_maps(["a"]) == [{"new": b"2"}]
    # The next one to append drops what is over.
    await archive.write([Append("a", [b"newer"], DAY, 9)], once="3")
    assert redis.llen("botbridge:list:a") == 2


async def test_a_shelf_forgets_lists_that_have_ended(archive: RedisArchive, redis: Any) -> None:
    shelf = Shelf("s", 1000)
    await archive.write([Append("a", [b"x" * 900], DAY, 9, shelf)], once="1")
    redis.delete("botbridge:list:a")
    await archive.write([Append("b", [b"x" * 900], DAY, 9, shelf)], once="2")
    assert await archive.read_lists(["b"], newest=9) == [[b"x" * 900]]
    assert redis.zrange("botbridge:shelf:s", 0, -1, withscores=True) == [(b"botbridge:list:b", 900.0)]


async def test_a_redis_that_has_gone_fails_what_is_asked_and_is_used_again(own_redis: RedisServer) -> None:
    backend = await open_backend(own_redis.url)
    own_redis.stop()
    with pytest.raises(StoreFailed, match=r"^Redis: \w+$"):
        await backend.archive.write([Add("a", {"x": 1}, DAY)], once="1")
    own_redis.start()
    await backend.archive.write([Add("a", {"x": 1}, DAY)], once="1")
    assert await backend.archive.read_counts(["a"]) == [{"x": 1}]
    await backend.close()
