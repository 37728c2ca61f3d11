import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest

from gateway.ingress.key_sets import KeySet, KeySets
from tests.app_tokens import KEY, OTHER_KEY, Sentinel, open_sentinel
from tests.fakes import FakeClock


@pytest.fixture
async def sentinel() -> AsyncIterator[Sentinel]:
    async with open_sentinel() as up:
        up.publish(appjwt_1=KEY)
        yield up


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def keys(sentinel: Sentinel, http: aiohttp.ClientSession, clock: FakeClock) -> AsyncIterator[KeySet]:
    made = KeySet(sentinel.url, http, clock)
    yield made
    await made.close()


async def finds(keys: KeySet, kid: str | None) -> int | None:
    key = await keys.find(kid)
    return None if key is None else key.public_numbers().n


N = KEY.public_key().public_numbers().n
OTHER_N = OTHER_KEY.public_key().public_numbers().n


async def test_a_set_is_fetched_once_for_all_who_come_together(keys: KeySet, sentinel: Sentinel) -> None:
    assert await asyncio.gather(*(finds(keys, "appjwt-1") for _ in range(20))) == [N] * 20
    assert sentinel.fetched == 1


async def test_a_set_is_kept_and_fetched_again_when_it_is_old(
    keys: KeySet, sentinel: Sentinel, clock: FakeClock
) -> None:
    assert await finds(keys, "appjwt-1") == N
    clock.advance(239)
    assert (await finds(keys, "appjwt-1"), sentinel.fetched) == (N, 1)
    clock.advance(61)
    sentinel.publish(appjwt_2=OTHER_KEY)
    assert (await finds(keys, "appjwt-1"), sentinel.fetched) == (None, 2)
    assert (await finds(keys, "appjwt-2"), sentinel.fetched) == (OTHER_N, 2)


async def test_a_set_in_use_is_fetched_early_and_nobody_waits(
    keys: KeySet, sentinel: Sentinel, clock: FakeClock
) -> None:
    assert await finds(keys, "appjwt-1") == N
    sentinel.publish(appjwt_2=OTHER_KEY)
    clock.advance(241)
    # Answered from the old set, though the new one has it no more.
    assert (await finds(keys, "appjwt-1"), sentinel.fetched) == (N, 1)
    async with asyncio.timeout(5):
        while await finds(keys, "appjwt-2") is None:
            await asyncio.sleep(0.001)
    assert sentinel.fetched == 2


async def test_an_unknown_key_has_the_set_fetched_again_and_not_oftener_than_every_few_seconds(
    keys: KeySet, sentinel: Sentinel, clock: FakeClock
) -> None:
    assert await finds(keys, "appjwt-1") == N
    clock.advance(10)
    sentinel.publish(appjwt_1=KEY, appjwt_2=OTHER_KEY)
    assert await asyncio.gather(*(finds(keys, "appjwt-2") for _ in range(5))) == [OTHER_N] * 5
    assert sentinel.fetched == 2
    for _ in range(10):
        assert await finds(keys, "forged") is None
        assert await finds(keys, "appjwt-1") == N
    assert sentinel.fetched == 2
    clock.advance(5)
    assert await finds(keys, "forged") is None
    assert sentinel.fetched == 3


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, None), (302, None), (200, b"nonsense"), (200, b"[]"), (200, b'{"keys":{}}'), (200, b" " * 300_000)],
)
async def test_while_no_set_can_be_had_the_old_one_is_used_for_an_hour(
    status: int, body: bytes | None, keys: KeySet, sentinel: Sentinel, clock: FakeClock
) -> None:
    assert await finds(keys, "appjwt-1") == N
    sentinel.status, sentinel.body = status, body
    clock.advance(3599)
    assert (await finds(keys, "appjwt-1"), sentinel.fetched) == (N, 2)
    assert (await finds(keys, "appjwt-1"), sentinel.fetched) == (N, 2)
    clock.advance(1)
    assert await finds(keys, "appjwt-1") is None
    sentinel.status, sentinel.body = 200, None
    clock.advance(5)
    assert await finds(keys, "appjwt-1") == N


async def test_where_nobody_listens_there_is_no_key(http: aiohttp.ClientSession, clock: FakeClock) -> None:
    async with open_sentinel() as gone:
        url = gone.url
    assert await finds(KeySet(url, http, clock), "appjwt-1") is None


async def test_a_token_that_names_no_key_has_none(keys: KeySet, sentinel: Sentinel) -> None:
    assert await finds(keys, None) is None
    assert sentinel.fetched == 0


@pytest.mark.parametrize(
    "changed",
    [{"use": "enc"}, {"kty": "EC"}, {"n": "!"}, {"n": 1}, {"e": ""}, {"kid": 1}, {"kty": "oct", "k": "c2VjcmV0"}],
)
async def test_keys_that_cannot_be_used_are_passed_over(
    changed: dict[str, Any], keys: KeySet, sentinel: Sentinel
) -> None:
    good = sentinel.keys[0]
    sentinel.body = orjson.dumps({"keys": [{**good, "kid": "other", **changed}, 7, None, {}, good]})
    assert await finds(keys, "appjwt-1") == N
    assert await finds(keys, "other") is None


async def test_sets_are_fetched_beforehand_and_once_for_all_accounts(
    http: aiohttp.ClientSession, clock: FakeClock, sentinel: Sentinel
) -> None:
    sets = KeySets(http, clock)
    assert sets.at(sentinel.url) is sets.at(sentinel.url)
    async with asyncio.timeout(5):
        while not sentinel.fetched:
            await asyncio.sleep(0.001)
    assert await finds(sets.at(sentinel.url), "appjwt-1") == N
    assert sentinel.fetched == 1
    await sets.close()
