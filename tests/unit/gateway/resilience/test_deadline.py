import asyncio

import pytest

from gateway.clock import SystemClock
from gateway.resilience.deadline import Deadline, TimeLimit
from tests.fakes import FakeClock


def test_left_counts_down_and_stops_at_zero() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 5)
    assert deadline.left() == 5
    clock.advance(3)
    assert deadline.left() == 2
    clock.advance(3)
    assert deadline.left() == 0
    assert deadline.total == 5


def limit(seconds: float) -> TimeLimit:
    return Deadline(SystemClock(), seconds).limit()


async def test_a_limit_that_is_over_ends_what_is_waited_for() -> None:
    with pytest.raises(TimeoutError) as raised, limit(0.001):
        await asyncio.Event().wait()
    assert isinstance(raised.value.__cause__, asyncio.CancelledError)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_one_that_has_been_left_cancels_nothing() -> None:
    with limit(0.001) as short:
        pass
    await asyncio.sleep(0.005)
    assert not short.is_over


async def test_one_that_pauses_cancels_nothing_until_it_goes_on() -> None:
    async def work(short: TimeLimit) -> None:
        with short:
            short.pause()
            await asyncio.sleep(0.005)
            assert not short.is_over
            short.resume()
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await work(limit(0.001))


async def test_what_is_made_of_its_cancellation_goes_on_and_the_task_is_as_before() -> None:
    async def work() -> None:
        with limit(0.001) as short:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise ValueError(f"all: {short.is_all}") from None

    with pytest.raises(ValueError, match="all: True"):
        await work()
    await asyncio.sleep(0)  # a cancellation that had been left over would end the test here


@pytest.mark.parametrize("also_late", [False, True])
async def test_a_cancellation_from_elsewhere_stays_one(*, also_late: bool) -> None:
    limits: list[TimeLimit] = []
    all_of_it: list[bool] = []

    async def work() -> None:
        with limit(60) as long:
            limits.append(long)
            try:
                await asyncio.Event().wait()
            finally:
                all_of_it.append(long.is_all)

    task = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    task.cancel()
    if also_late:
        limits[0]._expire()
    await asyncio.wait({task})
    assert task.cancelled()
    assert all_of_it == [False]
