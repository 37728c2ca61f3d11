import asyncio

import pytest

from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.resilience.deadline import Deadline
from gateway.resilience.retry import RetryPolicy, call_again
from tests.fakes import FakeClock

CODE = PREFIX + "aivendor.lex.send-query"


class Vendor:
    """Fails as told, then answers; remembers how long each attempt was given."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.given: list[float] = []

    async def __call__(self, seconds: float) -> str:
        self.given.append(seconds)
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def fail(kind: FailureKind, *, retry_after: float | None = None, retries: int | None = -1) -> VendorFailure:
    return VendorFailure(kind, CODE, "failed", retry_after=retry_after, retries=retries)


async def call(vendor: Vendor, clock: FakeClock, *, total: float = 25, attempts: int = 3) -> str:
    deadline = Deadline(clock, total)
    try:
        return await vendor(min(10, deadline.left()))
    except VendorFailure as failure:
        return await call_again(
            failure,
            vendor,
            policy=RetryPolicy(attempts=attempts, initial=0.2, maximum=2.0),
            attempt_timeout=10,
            deadline=deadline,
            clock=clock,
        )


@pytest.mark.parametrize("kind", [FailureKind.NOT_SENT, FailureKind.THROTTLED, FailureKind.UNAVAILABLE])
async def test_what_the_vendor_never_read_is_tried_again(kind: FailureKind) -> None:
    clock, vendor = FakeClock(), Vendor(fail(kind), fail(kind))
    assert await call(vendor, clock) == "answer"
    assert len(vendor.given) == 3
    assert len(clock.slept) == 2


@pytest.mark.parametrize(
    "kind",
    [
        FailureKind.SERVER_FAULT,
        FailureKind.TIMED_OUT,
        FailureKind.CUT,
        FailureKind.REFUSED,
        FailureKind.DENIED,
        FailureKind.UNUSABLE,
        FailureKind.REPORTED,
    ],
)
async def test_what_the_vendor_may_have_taken_or_refused_is_not_tried_again(kind: FailureKind) -> None:
    clock, vendor = FakeClock(), Vendor(fail(kind))
    with pytest.raises(VendorFailure):
        await call(vendor, clock)
    assert len(vendor.given) == 1
    assert clock.slept == []


async def test_the_last_failure_is_raised_when_attempts_are_spent() -> None:
    last = fail(FailureKind.UNAVAILABLE)
    vendor = Vendor(fail(FailureKind.THROTTLED), last, fail(FailureKind.CUT))
    with pytest.raises(VendorFailure) as raised:
        await call(vendor, FakeClock(), attempts=2)
    assert raised.value is last
    assert len(vendor.given) == 2


async def test_a_conflict_is_tried_again_once() -> None:
    vendor = Vendor(*[fail(FailureKind.CONFLICT) for _ in range(3)])
    with pytest.raises(VendorFailure):
        await call(vendor, FakeClock(), attempts=5)
    assert len(vendor.given) == 2


async def test_a_vendor_table_overrides_its_kind() -> None:
    once = Vendor(*[fail(FailureKind.SERVER_FAULT, retries=1) for _ in range(3)])
    with pytest.raises(VendorFailure):
        await call(once, FakeClock(), attempts=5)
    assert len(once.given) == 2
    never = Vendor(fail(FailureKind.THROTTLED, retries=0))
    with pytest.raises(VendorFailure):
        await call(never, FakeClock())
    assert len(never.given) == 1


async def test_waits_grow_with_full_jitter_below_the_maximum() -> None:
    limits = [0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    for _ in range(50):
        clock, vendor = FakeClock(), Vendor(*[fail(FailureKind.UNAVAILABLE) for _ in limits])
        await call(vendor, clock, attempts=7)
        assert all(0 <= slept <= limit for slept, limit in zip(clock.slept, limits, strict=True))


async def test_retry_after_is_waited_out_when_it_fits() -> None:
    clock, vendor = FakeClock(), Vendor(fail(FailureKind.THROTTLED, retry_after=7))
    assert await call(vendor, clock) == "answer"
    assert clock.slept == [7]


async def test_retry_after_that_does_not_fit_ends_the_turn_at_once() -> None:
    clock, vendor = FakeClock(), Vendor(fail(FailureKind.THROTTLED, retry_after=25))
    with pytest.raises(VendorFailure):
        await call(vendor, clock)
    assert len(vendor.given) == 1
    assert clock.slept == []


async def test_an_attempt_gets_what_is_left_of_the_deadline() -> None:
    clock, vendor = FakeClock(), Vendor(fail(FailureKind.THROTTLED, retry_after=9))
    await call(vendor, clock, total=12)
    assert vendor.given == [10, 3]


async def test_cancellation_and_foreign_errors_pass_through() -> None:
    for error in (asyncio.CancelledError(), KeyError("x")):
        vendor = Vendor(error)
        with pytest.raises(type(error)):
            await call(vendor, FakeClock())
        assert len(vendor.given) == 1
