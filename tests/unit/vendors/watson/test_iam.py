"""Tokens: one fetch for all, early, off the loop. The emulator's `sleep` is the gate behind which it holds an answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulators.faults import Fault
from emulators.watson import WatsonEmulator
from gateway.contract.errors import FailureKind
from tests.fakes import FakeClock
from vendors.watson.errors import TokenFailure
from vendors.watson.iam import PAUSE, TokenSource


class Gate:
    """Holds an answer back until it is opened, and tells when one has come to it."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self, _: float) -> None:
        self.reached.set()
        await self.opened.wait()


@pytest.fixture
async def gate() -> Gate:
    return Gate()


@pytest.fixture
async def iam(gate: Gate) -> AsyncIterator[WatsonEmulator]:
    async with WatsonEmulator(sleep=gate) as emulator:
        yield emulator


@pytest.fixture
async def source(iam: WatsonEmulator, clock: FakeClock) -> AsyncIterator[TokenSource]:
    tokens = TokenSource("watson-emulator", f"{iam.url}/any/where/identity/token", clock=clock)
    yield tokens
    await tokens.close()


def hold(iam: WatsonEmulator) -> None:
    iam.faults.add(Fault(kind="delay", delay=1, stage="token", times=1))


def body(**answer: object) -> Fault:
    return Fault(kind="body", body=answer, stage="token", times=1)


async def test_the_whole_token_url_is_called_as_ibm_wants_it(iam: WatsonEmulator, source: TokenSource) -> None:
    await source.get(timeout=5)
    (request,) = iam.requests
    assert (request.method, request.path) == ("POST", "/any/where/identity/token")
    assert request.body == {
        "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
        "apikey": "watson-emulator",
        "response_type": "cloud_iam",
    }


async def test_a_token_url_of_another_name_is_not_completed(iam: WatsonEmulator, clock: FakeClock) -> None:
    tokens = TokenSource("watson-emulator", f"{iam.url}/oauth", clock=clock)
    with pytest.raises(TokenFailure):
        await tokens.get(timeout=5)
    await tokens.close()
    assert [request.path for request in iam.requests] == ["/oauth"]


async def test_peeking_gives_what_is_good_and_fetches_nothing(
    iam: WatsonEmulator, source: TokenSource, clock: FakeClock
) -> None:
    assert source.peek(timeout=5) is None
    token = await source.get(timeout=5)
    assert source.peek(timeout=5) == token
    source.reject(token)
    assert source.peek(timeout=5) is None
    await source.get(timeout=5)
    clock.advance(3600)
    assert source.peek(timeout=5) is None
    assert len(iam.requests) == 2


async def test_a_good_token_serves_again(iam: WatsonEmulator, source: TokenSource, clock: FakeClock) -> None:
    first = await source.get(timeout=5)
    clock.advance(0.79 * 3600)
    assert await source.get(timeout=5) == first
    assert len(iam.requests) == 1


async def test_a_hundred_wait_for_one_fetch_and_the_loop_goes_on(
    iam: WatsonEmulator, source: TokenSource, gate: Gate
) -> None:
    hold(iam)
    waiting = [asyncio.ensure_future(source.get(timeout=5)) for _ in range(100)]
    # The emulator lives in this very loop: were it blocked, the gate would never be reached.
    await gate.reached.wait()
    assert not any(task.done() for task in waiting)
    gate.opened.set()
    assert len(set(await asyncio.gather(*waiting))) == 1
    assert len(iam.requests) == 1


async def test_an_old_token_serves_while_the_new_one_is_under_way(
    iam: WatsonEmulator, source: TokenSource, clock: FakeClock, gate: Gate
) -> None:
    old = await source.get(timeout=5)
    hold(iam)
    clock.advance(0.81 * 3600)
    assert [await source.get(timeout=5) for _ in range(3)] == [old] * 3
    await gate.reached.wait()
    assert await source.get(timeout=5) == old
    gate.opened.set()
    assert source._flight is not None
    new = await source._flight
    assert new != old
    assert await source.get(timeout=5) == new
    assert len(iam.requests) == 2


async def test_a_renewal_that_fails_is_tried_again_later_and_fails_no_turn(
    iam: WatsonEmulator, source: TokenSource, clock: FakeClock
) -> None:
    old = await source.get(timeout=5)
    iam.faults.add(Fault(status=500, stage="token", times=1))
    clock.advance(0.81 * 3600)
    assert await source.get(timeout=5) == old
    assert source._flight is not None
    await asyncio.wait({source._flight})
    assert await source.get(timeout=5) == old
    assert len(iam.requests) == 2
    clock.advance(PAUSE)
    assert await source.get(timeout=5) == old
    assert await source._flight != old
    assert len(iam.requests) == 3


async def test_a_token_about_to_die_is_waited_out(iam: WatsonEmulator, source: TokenSource, clock: FakeClock) -> None:
    old = await source.get(timeout=5)
    clock.advance(3591)
    assert await source.get(timeout=5) != old
    assert len(iam.requests) == 2


async def test_a_rejected_token_is_replaced_once(iam: WatsonEmulator, source: TokenSource) -> None:
    old = await source.get(timeout=5)
    source.reject(old)
    new = await source.get(timeout=5)
    source.reject(old)  # another turn of the same moment comes to tell as well
    assert await source.get(timeout=5) == new
    assert len(iam.requests) == 2


async def test_a_waiter_gives_up_in_time_and_the_fetch_goes_on(
    iam: WatsonEmulator, source: TokenSource, gate: Gate
) -> None:
    hold(iam)
    patient = asyncio.ensure_future(source.get(timeout=5))
    await gate.reached.wait()
    with pytest.raises(TokenFailure, match="did not answer in time"):
        await source.get(timeout=0.05)
    gate.opened.set()
    assert await patient
    assert len(iam.requests) == 1


async def test_a_cancelled_waiter_leaves_the_fetch_to_the_others(
    iam: WatsonEmulator, source: TokenSource, gate: Gate
) -> None:
    hold(iam)
    hasty, patient = (asyncio.ensure_future(source.get(timeout=5)) for _ in range(2))
    await gate.reached.wait()
    hasty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hasty
    gate.opened.set()
    assert await patient
    assert len(iam.requests) == 1


async def test_whoever_joins_a_fetch_without_luck_makes_one_of_their_own(
    iam: WatsonEmulator, source: TokenSource, gate: Gate
) -> None:
    iam.faults.add(Fault(kind="cut", delay=1, stage="token", times=1))
    first, second, third = (asyncio.ensure_future(source.get(timeout=5)) for _ in range(3))
    await gate.reached.wait()
    gate.opened.set()
    with pytest.raises(TokenFailure) as caught:
        await first
    assert caught.value.kind is FailureKind.NOT_SENT
    assert await second == await third
    assert len(iam.requests) == 2


async def test_a_wrong_key_is_denied_and_named_by_no_word_of_ibms(iam: WatsonEmulator, clock: FakeClock) -> None:
    tokens = TokenSource("wrong", f"{iam.url}/identity/token", clock=clock)
    with pytest.raises(TokenFailure) as caught:
        await tokens.get(timeout=5)
    await tokens.close()
    assert (caught.value.kind, caught.value.what) == (FailureKind.DENIED, "the token endpoint answered with an error")


async def test_an_endpoint_that_is_not_there_is_not_sent(clock: FakeClock) -> None:
    tokens = TokenSource("key", "http://127.0.0.1:1/identity/token", clock=clock)
    with pytest.raises(TokenFailure) as caught:
        await tokens.get(timeout=5)
    await tokens.close()
    assert caught.value.kind is FailureKind.NOT_SENT


async def test_a_redirect_does_not_get_the_key(iam: WatsonEmulator, source: TokenSource) -> None:
    elsewhere = f"{iam.url}/elsewhere"
    iam.faults.add(Fault(status=307, headers={"Location": elsewhere}, stage="token", times=1))
    with pytest.raises(TokenFailure) as caught:
        await source.get(timeout=5)
    assert caught.value.kind is FailureKind.DENIED
    assert len(iam.requests) == 1


async def test_a_token_that_says_when_it_ends_lives_until_then(
    iam: WatsonEmulator, source: TokenSource, clock: FakeClock
) -> None:
    iam.faults.add(body(access_token="t-1", expiration=clock.time() + 100))
    assert [await source.get(timeout=5), await source.get(timeout=5)] == ["t-1", "t-1"]
    clock.advance(91)
    assert await source.get(timeout=5) != "t-1"


@pytest.mark.parametrize("lifetime", [None, "3600", True, -1, {}], ids=repr)
async def test_a_token_of_unknown_life_serves_once(iam: WatsonEmulator, source: TokenSource, lifetime: object) -> None:
    iam.faults.add(body(access_token="t-1", expires_in=lifetime))
    iam.faults.add(body(access_token="t-2", expires_in=lifetime))
    assert [await source.get(timeout=5), await source.get(timeout=5)] == ["t-1", "t-2"]


@pytest.mark.parametrize("token", [None, "", 7, "two\nlines", "ümlaut"], ids=repr)
async def test_what_cannot_be_a_token_is_none(iam: WatsonEmulator, source: TokenSource, token: object) -> None:
    iam.faults.add(body(access_token=token, expires_in=3600))
    with pytest.raises(TokenFailure) as caught:
        await source.get(timeout=5)
    assert (caught.value.kind, caught.value.what) == (FailureKind.DENIED, "no token in the answer")
    assert await source.get(timeout=5)


async def test_closing_ends_a_fetch_under_way(iam: WatsonEmulator, source: TokenSource, gate: Gate) -> None:
    hold(iam)
    waiting = asyncio.ensure_future(source.get(timeout=5))
    await gate.reached.wait()
    await source.close()
    with pytest.raises(TokenFailure, match="closed"):
        await waiting
    gate.opened.set()
    assert await source.get(timeout=5)  # a turn that was under way when its bot was replaced
