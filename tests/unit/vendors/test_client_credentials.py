"""Tokens from the emulated sentinel, over real sockets; time is the test's own."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from emulators.faults import Fault
from emulators.liveperson import LivePersonEmulator
from emulators.sentinel import INVOKER
from gateway.contract.errors import FailureKind
from tests.fakes import FakeClock
from vendors.client_credentials import PAUSE, TokenFailure, TokenSource

LIFE = 3600


@pytest.fixture
async def sentinel() -> AsyncIterator[LivePersonEmulator]:
    async with LivePersonEmulator() as emulator:
        yield emulator


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def tokens(sentinel: LivePersonEmulator, clock: FakeClock) -> AsyncIterator[TokenSource]:
    async with aiohttp.ClientSession() as http:
        yield make(sentinel, http, clock)


def make(sentinel: LivePersonEmulator, http: aiohttp.ClientSession, clock: FakeClock, secret: str = "") -> TokenSource:
    url = URL(sentinel.token_url("1"))
    return TokenSource(url, INVOKER.client_id, secret or INVOKER.client_secret, http=http, clock=clock)


async def fail(tokens: TokenSource, *, seconds: float = 10) -> TokenFailure:
    with pytest.raises(TokenFailure) as caught:
        await tokens.get(timeout=seconds)
    return caught.value


async def test_a_token_is_asked_for_by_a_form(tokens: TokenSource, sentinel: LivePersonEmulator) -> None:
    token = await tokens.get(timeout=10)
    [asked] = sentinel.requests
    assert (asked.method, asked.path, asked.body) == (
        "POST",
        "/sentinel/api/v2/account/1/app/token",
        {"grant_type": "client_credentials", "client_id": INVOKER.client_id, "client_secret": INVOKER.client_secret},
    )
    assert sentinel.sentinel.check(f"Bearer {token}", "1", INVOKER.scope, sentinel.clock())["azp"] == INVOKER.client_id


@pytest.mark.parametrize(
    ("age", "fetches"),
    [(0, 1), (0.79 * LIFE, 1), (0.81 * LIFE, 2), (LIFE - 9, 2), (LIFE + 1, 2)],
    ids=["new", "not yet old", "old", "about to die", "dead"],
)
async def test_a_token_is_kept_and_renewed_early(
    age: float, fetches: int, tokens: TokenSource, sentinel: LivePersonEmulator, clock: FakeClock
) -> None:
    first = await tokens.get(timeout=10)
    clock.advance(age)
    second = await tokens.get(timeout=10)
    assert (len(sentinel.requests), second == first) == (fetches, fetches == 1)
    assert await tokens.get(timeout=10) == second
    assert len(sentinel.requests) == fetches


async def test_one_fetch_serves_all_who_wait(tokens: TokenSource, sentinel: LivePersonEmulator) -> None:
    given = await asyncio.gather(*(tokens.get(timeout=10) for _ in range(20)))
    assert (len(set(given)), len(sentinel.requests)) == (1, 1)


async def test_one_failure_serves_all_who_wait(tokens: TokenSource, sentinel: LivePersonEmulator) -> None:
    sentinel.faults.add(Fault(status=503, stage="token", times=1))
    failures: list[Any] = await asyncio.gather(*(tokens.get(timeout=10) for _ in range(20)), return_exceptions=True)
    assert [(failure.kind, failure.status) for failure in failures] == [(FailureKind.UNAVAILABLE, 503)] * 20
    assert len(sentinel.requests) == 1
    assert await tokens.get(timeout=10)


async def test_while_one_renews_the_others_take_the_old_one(sentinel: LivePersonEmulator, clock: FakeClock) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def wait(_seconds: float) -> None:
        arrived.set()
        await go.wait()

    sentinel.sleep = wait
    async with aiohttp.ClientSession() as http:
        tokens = make(sentinel, http, clock)
        old = await tokens.get(timeout=10)
        clock.advance(0.9 * LIFE)
        sentinel.faults.add(Fault(kind="delay", delay=1, stage="token", times=1))
        renewing = asyncio.ensure_future(tokens.get(timeout=100))
        await arrived.wait()
        others = [await tokens.get(timeout=10) for _ in range(3)]
        go.set()
        new = await renewing
        assert (others, new != old, await tokens.get(timeout=10)) == ([old] * 3, True, new)


async def test_a_good_token_outlives_failing_renewals(
    tokens: TokenSource, sentinel: LivePersonEmulator, clock: FakeClock
) -> None:
    old = await tokens.get(timeout=10)
    clock.advance(0.9 * LIFE)
    sentinel.faults.add(Fault(status=500, stage="token"))
    assert [await tokens.get(timeout=10) for _ in range(3)] == [old] * 3
    assert len(sentinel.requests) == 2  # one renewal, and then a pause
    clock.advance(PAUSE)
    sentinel.clear()
    assert await tokens.get(timeout=10) != old


async def test_a_rejected_token_is_not_given_again(tokens: TokenSource) -> None:
    first = await tokens.get(timeout=10)
    tokens.reject(first)
    second = await tokens.get(timeout=10)
    tokens.reject(first)  # late: a newer one has taken its place
    assert (second != first, await tokens.get(timeout=10)) == (True, second)


@pytest.mark.parametrize(
    ("fault", "kind", "what", "status", "retry_after"),
    [
        ({"status": 400}, FailureKind.DENIED, "the token endpoint answered with an error", 400, None),
        ({"status": 401}, FailureKind.DENIED, "the token endpoint answered with an error", 401, None),
        ({"status": 403}, FailureKind.DENIED, "the token endpoint answered with an error", 403, None),
        (
            {"status": 429, "headers": {"Retry-After": "7"}},
            FailureKind.THROTTLED,
            "the token endpoint answered with an error",
            429,
            7.0,
        ),
        ({"status": 500}, FailureKind.UNAVAILABLE, "the token endpoint answered with an error", 500, None),
        ({"kind": "garbage"}, FailureKind.DENIED, "no token in the token endpoint's answer", 200, None),
        ({"kind": "empty"}, FailureKind.DENIED, "no token in the token endpoint's answer", 200, None),
        ({"kind": "body", "body": []}, FailureKind.DENIED, "no token in the token endpoint's answer", 200, None),
        (
            {"kind": "body", "body": {"access_token": "a\nb"}},
            FailureKind.DENIED,
            "no token in the token endpoint's answer",
            200,
            None,
        ),
        ({"kind": "cut"}, FailureKind.NOT_SENT, "no token: the connection broke (ServerDisconnectedError)", None, None),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
async def test_no_token_is_had_and_later_one_is(
    fault: dict[str, Any],
    kind: FailureKind,
    what: str,
    status: int | None,
    retry_after: float | None,
    tokens: TokenSource,
    sentinel: LivePersonEmulator,
) -> None:
    sentinel.faults.add(Fault(**fault, stage="token", times=1))
    failure = await fail(tokens)
    assert (failure.kind, failure.what, failure.status, failure.retry_after) == (kind, what, status, retry_after)
    assert await tokens.get(timeout=10)


async def test_an_endpoint_that_is_silent_costs_no_more_than_the_time_given(
    tokens: TokenSource, sentinel: LivePersonEmulator
) -> None:
    sentinel.faults.add(Fault(kind="hang", stage="token", times=1))
    assert (await fail(tokens, seconds=0.1)).kind is FailureKind.NOT_SENT
    assert await tokens.get(timeout=10)


async def test_a_wrong_secret_is_denied(sentinel: LivePersonEmulator, clock: FakeClock) -> None:
    async with aiohttp.ClientSession() as http:
        failure = await fail(make(sentinel, http, clock, secret="wrong"))
    assert (failure.kind, failure.status) == (FailureKind.DENIED, 401)


@pytest.mark.parametrize(
    ("life", "kept"), [("100", 80), (100, 80), (0, 0), (None, 48), (-5, 48), (True, 48), ("soon", 48)]
)
async def test_a_life_that_is_not_stated_is_short(
    life: object, kept: float, tokens: TokenSource, sentinel: LivePersonEmulator, clock: FakeClock
) -> None:
    body = {"access_token": "t", "expires_in": life}
    sentinel.faults.add(Fault(kind="body", body=body, stage="token", times=1))
    assert await tokens.get(timeout=10) == "t"
    clock.advance(max(0, kept - 1))
    assert (await tokens.get(timeout=10) == "t") is (kept > 0)
    clock.advance(2)
    assert await tokens.get(timeout=10) != "t"
