import asyncio
from contextlib import ExitStack

import pytest

from gateway.contract.errors import RequestRefused
from gateway.resilience.limiter import Gate, Limiter, LimitPolicy
from tests.fakes import FakeClock


def test_no_limit_lets_everything_through() -> None:
    limiter = Limiter(LimitPolicy(), FakeClock())
    with ExitStack() as held:
        for _ in range(1000):
            held.enter_context(limiter.admit())


def test_in_flight_is_held_until_the_turn_ends() -> None:
    limiter = Limiter(LimitPolicy(in_flight=2), FakeClock())
    with limiter.admit():
        with limiter.admit(), pytest.raises(RequestRefused) as refused, limiter.admit():
            pass
        assert (refused.value.status, refused.value.code, refused.value.retry_after, refused.value.retryable) == (
            429,
            "botbridge.error.rate-limited",
            1.0,
            True,
        )
        with limiter.admit():
            pass


def test_the_rate_refills_with_time() -> None:
    clock = FakeClock()
    limiter = Limiter(LimitPolicy(per_second=2), clock)
    for _ in range(2):
        with limiter.admit():
            pass
    with pytest.raises(RequestRefused) as refused, limiter.admit():
        pass
    assert refused.value.retry_after == 0.5
    clock.advance(0.5)
    with limiter.admit():
        pass


def test_a_rate_below_one_still_lets_turns_through() -> None:
    clock = FakeClock()
    limiter = Limiter(LimitPolicy(per_second=0.5), clock)
    clock.advance(2)
    with limiter.admit():
        pass
    with pytest.raises(RequestRefused) as refused, limiter.admit():
        pass
    assert refused.value.retry_after == 2


def test_a_turn_needs_a_place_in_the_bot_s_limits_and_in_its_account_s() -> None:
    clock = FakeClock()
    account = Limiter(LimitPolicy(in_flight=2), clock, whose="account")
    one, two = (Limiter(LimitPolicy(in_flight=2), clock, within=account) for _ in range(2))
    with one.admit(), two.admit(), pytest.raises(RequestRefused, match="The account has as many turns"), two.admit():
        pass
    with two.admit(), two.admit(), pytest.raises(RequestRefused, match="The account"), two.admit():
        pass
    with account.admit(), account.admit():
        pass


async def test_a_slow_vendor_leaves_room_for_the_others() -> None:
    gate = Gate(10, vendor_share=0.5)
    with ExitStack() as held:
        for _ in range(5):
            held.enter_context(gate.admit_vendor("slow"))
        with pytest.raises(RequestRefused) as refused, gate.admit_vendor("slow"):
            pass
        assert (refused.value.status, refused.value.code) == (503, "botbridge.error.overloaded")
        with gate.admit_vendor("quick"):
            pass
    with gate.admit_vendor("slow"):
        pass


async def test_the_gate_has_a_ceiling() -> None:
    gate = Gate(1)
    with gate.admit(), pytest.raises(RequestRefused) as refused, gate.admit():
        pass
    assert (refused.value.status, refused.value.code) == (503, "botbridge.error.overloaded")
    with gate.admit():
        pass


async def test_draining_refuses_what_is_new_and_waits_for_what_is_under_way() -> None:
    gate = Gate(10)
    with gate.admit():
        draining = asyncio.ensure_future(gate.drain(30))
        await asyncio.sleep(0)
        assert gate.draining
        assert not draining.done()
        with pytest.raises(RequestRefused), gate.admit():
            pass
    assert await draining is True


async def test_draining_gives_up_at_its_timeout() -> None:
    gate = Gate(10)
    with gate.admit():
        assert await gate.drain(0.01) is False
