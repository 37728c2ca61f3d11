"""gateway/contract/pool.py: one thread for quick calls, more for slow ones, none in the end."""

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator

import pytest

from gateway.contract.pool import LOOK, ThreadPool


@pytest.fixture
async def pool() -> AsyncIterator[ThreadPool]:
    made = ThreadPool(8)
    yield made
    made.close()


async def until(pool: ThreadPool, threads: int) -> None:
    """Wait until the pool has so many threads."""
    async with asyncio.timeout(20):
        while len(pool._workers) != threads:
            await asyncio.sleep(0.005)


async def test_quick_calls_share_one_thread() -> None:
    pool = ThreadPool(8, look=30)  # however busy the machine is
    calls = [pool.submit(threading.current_thread, (), 20) for _ in range(200)]
    outcomes = [await call.outcome for call in calls]
    assert {outcome[1] for outcome in outcomes if outcome is not None} == {None}
    assert len({outcome[0] for outcome in outcomes if outcome is not None}) == 1
    pool.close()


async def test_a_quick_call_does_not_wait_for_a_slow_one(pool: ThreadPool) -> None:
    let_go = threading.Event()
    slow = pool.submit(let_go.wait, (), 20)
    quick = [pool.submit(int, ("7",), 20) for _ in range(10)]
    for call in quick:
        assert await call.outcome == (7, None)
    assert not slow.outcome.done()
    let_go.set()
    assert await slow.outcome == (True, None)


async def test_as_many_slow_calls_as_there_may_be_threads_run_at_once(pool: ThreadPool) -> None:
    barrier = threading.Barrier(8)
    calls = [pool.submit(barrier.wait, (20,), 20) for _ in range(8)]
    assert sorted([outcome[0] for call in calls if (outcome := await call.outcome) is not None]) == list(range(8))


async def test_threads_go_when_they_are_not_needed() -> None:
    pool = ThreadPool(8, kept=0.02, idle=0.05)
    barrier = threading.Barrier(8)
    for call in [pool.submit(barrier.wait, (20,), 20) for _ in range(8)]:
        await call.outcome
    await until(pool, 0)
    assert await pool.submit(int, ("7",), 20).outcome == (7, None)
    await until(pool, 0)
    assert pool._leaving == 0


async def test_threads_go_when_they_are_not_needed_though_quick_calls_go_on_coming() -> None:
    pool = ThreadPool(8, kept=0.02)
    barrier = threading.Barrier(8)
    for call in [pool.submit(barrier.wait, (20,), 20) for _ in range(8)]:
        await call.outcome
    async with asyncio.timeout(20):
        while len(pool._workers) > 1:
            assert await pool.submit(int, ("7",), 20).outcome == (7, None)
    assert (pool._leaving, pool._needed) == (0, 1)
    pool.close()


async def test_calls_that_wait_for_a_processor_get_no_more_threads(pool: ThreadPool) -> None:
    usual = sys.getswitchinterval()
    assert await pool.submit(int, ("7",), 20).outcome == (7, None)
    sys.setswitchinterval(20)  # no thread runs but ours until we wait
    try:
        calls = [pool.submit(int, ("7",), 20) for _ in range(20)]
        until = time.monotonic() + 5 * LOOK
        while time.monotonic() < until:
            pass
        for call in calls:
            assert await call.outcome == (7, None)
    finally:
        sys.setswitchinterval(usual)
    assert len(pool._workers) == 1


async def test_a_call_s_time_counts_from_when_it_was_submitted_and_goes_on_when_the_pool_is_closed() -> None:
    pool, let_go = ThreadPool(1), threading.Event()
    calls = [pool.submit(let_go.wait, (), seconds) for seconds in (0.001, 0.05, 0.06, 0.07)]
    assert await calls[0].outcome is None
    assert await calls[1].outcome is None
    pool.close()
    assert [await call.outcome for call in calls[2:]] == [None, None]
    for call in calls:
        pool.abandon(call)
    let_go.set()


async def test_nothing_is_kept_of_calls_that_have_ended(pool: ThreadPool) -> None:
    calls = [pool.submit(int, ("7",), 20) for _ in range(10)]
    for call in calls:
        await call.outcome
    never = pool.submit(threading.Event().wait, (20,), 0.001)
    assert await never.outcome is None
    pool.abandon(never)
    assert not pool._calls


async def test_a_thread_that_was_cut_goes_and_another_takes_its_place(pool: ThreadPool) -> None:
    began = threading.Event()

    def spin() -> None:
        began.set()
        while True:
            pass

    call = pool.submit(spin, (), 20)
    assert await asyncio.to_thread(began.wait, 20)
    (worker,) = pool._workers
    pool.abandon(call)
    await asyncio.to_thread(worker.thread.join, 20)
    assert not worker.thread.is_alive()
    assert not call.outcome.done()
    assert await pool.submit(int, ("7",), 20).outcome == (7, None)
    assert worker not in pool._workers


async def test_one_that_is_abandoned_before_it_begins_is_not_called() -> None:
    pool, let_go, called = ThreadPool(1), threading.Event(), threading.Event()
    first = pool.submit(let_go.wait, (), 20)
    second = pool.submit(called.set, (), 20)
    pool.abandon(second)
    let_go.set()
    assert await first.outcome == (True, None)
    assert await pool.submit(int, ("7",), 20).outcome == (7, None)
    assert not called.is_set()
    pool.close()


async def test_cutting_at_any_moment_loses_no_other_call(pool: ThreadPool) -> None:
    """A cut that comes when its call has just ended must hit neither the next one nor the queue."""
    for number in range(300):
        call = pool.submit(sum, (range(number * 10),), 20)
        if number % 3:
            await asyncio.sleep(0)
        pool.abandon(call)
        assert await asyncio.wait_for(pool.submit(int, ("7",), 20).outcome, 20) == (7, None)
    async with asyncio.timeout(20):
        while pool._stuck and any(thread.is_alive() for thread in pool._stuck):
            await asyncio.sleep(0.005)
    assert not pool.is_stuck


async def test_closing_ends_the_threads() -> None:
    pool = ThreadPool(4)
    await pool.submit(int, ("7",), 20).outcome
    threads = [worker.thread for worker in pool._workers]
    pool.close()
    for thread in threads:
        await asyncio.to_thread(thread.join, 20)
    assert not any(thread.is_alive() for thread in threads)
