import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from gateway.contract.ports import StoreFailed
from gateway.sessions.conveyor import BATCH, Conveyor
from tests.redis_server import RedisServer

APPEND = "return redis.call('RPUSH', KEYS[1], ARGV[1])"
BROKEN = "return redis.call('NO-SUCH-COMMAND', KEYS[1])"


@pytest.fixture
async def conveyor(redis: Any, running_redis: RedisServer) -> AsyncIterator[Conveyor]:
    async with redis_client(running_redis) as client:
        opened = Conveyor(client, (APPEND, BROKEN))
        opened.open()
        yield opened
        await opened.close()


def redis_client(server: RedisServer) -> "redis.asyncio.Redis":
    return redis.asyncio.Redis.from_url(server.url, driver_info=None, retry=Retry(NoBackoff(), 0), socket_timeout=0.2)


async def test_calls_are_carried_out_in_the_order_of_handing_in(conveyor: Conveyor, redis: Any) -> None:
    calls = [conveyor.submit(APPEND, ["list"], [number]) for number in range(3 * BATCH)]
    assert await asyncio.gather(*calls) == list(range(1, 3 * BATCH + 1))
    assert [int(item) for item in redis.lrange("list", 0, -1)] == list(range(3 * BATCH))


async def test_many_calls_are_few_round_trips(conveyor: Conveyor, redis: Any) -> None:
    await conveyor.submit(APPEND, ["list"], [0])
    before = redis.info("stats")["total_reads_processed"]
    await asyncio.gather(*(conveyor.submit(APPEND, ["list"], [number]) for number in range(BATCH)))
    # Ours, and the two questions of this test; a large batch may be read in a few pieces.
    assert redis.info("stats")["total_reads_processed"] - before < 10


async def test_a_call_that_fails_fails_alone(conveyor: Conveyor) -> None:
    one, two, three = (conveyor.submit(script, ["list"], [1]) for script in (APPEND, BROKEN, APPEND))
    assert (await one, await three) == (1, 2)
    with pytest.raises(StoreFailed, match=r"^Redis: ResponseError$"):
        await two


async def test_a_call_that_nobody_waits_for_is_carried_out(conveyor: Conveyor, redis: Any) -> None:
    conveyor.submit(APPEND, ["list"], [1]).cancel()
    assert await conveyor.submit(APPEND, ["list"], [2]) == 2


async def test_closing_carries_out_what_was_handed_in_and_takes_nothing_more(
    redis: Any, running_redis: RedisServer
) -> None:
    async with redis_client(running_redis) as client:
        conveyor = Conveyor(client, (APPEND,))
        with pytest.raises(StoreFailed, match="not open"):
            await conveyor.submit(APPEND, ["list"], [0])
        conveyor.open()
        calls = [conveyor.submit(APPEND, ["list"], [number]) for number in range(10)]
        await conveyor.close()
        assert [call.result() for call in calls] == list(range(1, 11))
        with pytest.raises(StoreFailed, match="not open"):
            await conveyor.submit(APPEND, ["list"], [0])


async def test_after_a_failure_it_carries_on(own_redis: RedisServer) -> None:
    async with redis_client(own_redis) as client:
        conveyor = Conveyor(client, (APPEND,))
        conveyor.open()
        assert await conveyor.submit(APPEND, ["list"], [0]) == 1
        own_redis.freeze()
        with pytest.raises(StoreFailed, match=r"^Redis: TimeoutError$"):
            await conveyor.submit(APPEND, ["list"], [1])
        own_redis.thaw()
        async with asyncio.timeout(5):
            # What timed out may have been carried out all the same.
            assert await conveyor.submit(APPEND, ["list"], [2]) in {2, 3}
        await conveyor.close()
