"""gateway/contract/callables.py: other people's code cannot hurt the process that runs it."""

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn

import pytest

from gateway.contract.callables import QUICK, CallableFailed, Sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox()
    yield made
    await made.close()


def add(a: int, b: int) -> int:
    return a + b


async def add_slowly(a: int, b: int) -> int:
    await asyncio.sleep(0)
    return a + b


class Adder:
    def __call__(self, a: int, b: int) -> int:
        return a + b


class Unhashable(Adder):
    __hash__ = None  # type: ignore[assignment] # as a dataclass has none


class SlowAdder:
    async def __call__(self, a: int, b: int) -> int:
        await asyncio.sleep(0)
        return a + b


KINDS = {
    "plain": add,
    "async": add_slowly,
    "partial": functools.partial(add),
    "partial of async": functools.partial(add_slowly),
    "object": Adder(),
    "object that cannot be hashed": Unhashable(),
    "async object": SlowAdder(),
    "partial of async object": functools.partial(SlowAdder()),
    "method": Adder().__call__,
    "lambda that returns a coroutine": lambda a, b: add_slowly(a, b),  # noqa: PLW0108 - a plain callable
    "builtin": int.__add__,
}


@pytest.mark.parametrize("target", KINDS.values(), ids=KINDS.keys())
async def test_any_kind_of_callable_is_called(sandbox: Sandbox, target: Callable[..., Any]) -> None:
    assert await sandbox.call(target, 1, 2, timeout=5) == 3


async def test_callables_run_in_daemon_threads_and_async_ones_share_a_loop_beside_ours(sandbox: Sandbox) -> None:
    async def where() -> tuple[threading.Thread, asyncio.AbstractEventLoop]:
        return threading.current_thread(), asyncio.get_running_loop()

    plain = await sandbox.call(threading.current_thread, timeout=5)
    first = await sandbox.call(where, timeout=5)

    assert plain is not threading.current_thread()
    assert first[0] is not threading.current_thread()
    assert plain.daemon
    assert first[0].daemon
    assert first[1] is not asyncio.get_running_loop()
    assert await sandbox.call(where, timeout=5) == first


RAISED = [ValueError("SECRET"), SystemExit(3), KeyboardInterrupt(), GeneratorExit(), StopAsyncIteration()]


@pytest.mark.parametrize(
    "error", [*RAISED, StopIteration(), asyncio.CancelledError()], ids=lambda error: type(error).__name__
)
async def test_whatever_a_plain_one_raises_is_its_failure(sandbox: Sandbox, error: BaseException) -> None:
    def fail() -> NoReturn:
        raise error

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(fail, timeout=5)

    assert (str(caught.value), caught.value.timed_out) == (f"raised {type(error).__name__}", False)
    assert caught.value.__cause__ is error
    assert await sandbox.call(add, 1, 2, timeout=5) == 3


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
async def test_whatever_an_async_one_raises_is_its_failure(sandbox: Sandbox, error: BaseException) -> None:
    async def fail() -> NoReturn:
        await asyncio.sleep(0)
        raise error

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(fail, timeout=5)

    assert (str(caught.value), caught.value.timed_out) == (f"raised {type(error).__name__}", False)
    assert caught.value.__cause__ is error
    assert await sandbox.call(add_slowly, 1, 2, timeout=5) == 3


async def test_stop_iteration_of_an_async_one_is_python_s_runtime_error(sandbox: Sandbox) -> None:
    async def fail() -> NoReturn:
        raise StopIteration

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(fail, timeout=5)

    assert str(caught.value) == "raised RuntimeError"


async def test_cancelled_error_of_an_async_one_cancels_nobody_else(sandbox: Sandbox) -> None:
    async def fail() -> NoReturn:
        raise asyncio.CancelledError

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(fail, timeout=5)

    assert str(caught.value) == "raised CancelledError"


async def test_coroutine_that_a_plain_one_returned_fails(sandbox: Sandbox) -> None:
    async def fail() -> NoReturn:
        raise SystemExit

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(lambda: fail(), timeout=5)  # noqa: PLW0108 - a plain callable

    assert str(caught.value) == "raised SystemExit"


async def test_plain_one_that_hangs_is_left_at_its_timeout(sandbox: Sandbox) -> None:
    let_go = threading.Event()

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(let_go.wait, timeout=0.05)

    assert (str(caught.value), caught.value.timed_out) == ("ran past its timeout of 0.05 s", True)
    assert await sandbox.call(add, 1, 2, timeout=5) == 3
    let_go.set()


async def test_plain_one_does_not_block_the_loop(sandbox: Sandbox) -> None:
    # The loop is what sets the event that the thread waits for.
    let_go = threading.Event()
    waiting = asyncio.ensure_future(sandbox.call(let_go.wait, timeout=5))
    await asyncio.sleep(0)

    let_go.set()

    assert await waiting is True


async def test_async_one_is_cancelled_at_its_timeout(sandbox: Sandbox) -> None:
    cancelled = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(hang, timeout=0.05)

    assert caught.value.timed_out
    assert await asyncio.to_thread(cancelled.wait, 5)


async def test_async_one_that_swallows_its_cancellation_is_left_behind() -> None:
    sandbox = Sandbox()
    let_go, swallowed = threading.Event(), threading.Event()

    async def stubborn() -> str:
        while not let_go.is_set():
            try:
                await asyncio.sleep(0.001)
            except asyncio.CancelledError:
                swallowed.set()
        return "at last"

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(stubborn, timeout=0.05)

    assert caught.value.timed_out
    assert await asyncio.to_thread(swallowed.wait, 5)
    assert await sandbox.call(add_slowly, 1, 2, timeout=5) == 3
    let_go.set()
    await sandbox.close()


def spin(began: threading.Event, ended: threading.Event) -> None:
    try:
        began.set()
        while True:
            pass
    except Exception:  # noqa: BLE001 - this is what must not stand in the way
        return
    finally:
        ended.set()


async def test_plain_one_that_spins_is_cut_at_its_timeout(sandbox: Sandbox) -> None:
    began, ended = threading.Event(), threading.Event()

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(spin, began, ended, timeout=0.1)

    assert caught.value.timed_out
    assert await asyncio.to_thread(ended.wait, 10)


async def test_async_one_that_spins_is_cut_and_blocks_nobody(sandbox: Sandbox) -> None:
    began, ended = threading.Event(), threading.Event()

    async def spin_async() -> None:
        spin(began, ended)

    spinning = asyncio.ensure_future(sandbox.call(spin_async, timeout=0.2))
    # Our own loop goes on meanwhile, and so does a plain callable.
    assert await sandbox.call(began.wait, 5, timeout=5) is True
    assert not spinning.done()
    with pytest.raises(CallableFailed) as caught:
        await spinning

    assert caught.value.timed_out
    assert await asyncio.to_thread(ended.wait, 10)
    assert await sandbox.call(add_slowly, 1, 2, timeout=10) == 3


async def test_those_that_cannot_be_cut_do_not_pile_up() -> None:
    sandbox = Sandbox(max_threads=2)
    let_go = threading.Event()
    for _ in range(2):
        with pytest.raises(CallableFailed, match="ran past"):
            await sandbox.call(let_go.wait, timeout=0.02)

    with pytest.raises(CallableFailed, match="was not called"):
        await sandbox.call(add, 1, 2, timeout=5)

    let_go.set()
    async with asyncio.timeout(10):
        while True:
            try:
                assert await sandbox.call(add, 1, 2, timeout=5) == 3
                break
            except CallableFailed:
                await asyncio.sleep(0.01)
    await sandbox.close()


async def test_closing_with_nothing_left_behind_ends_at_once() -> None:
    sandbox = Sandbox()
    await sandbox.call(add, 1, 2, timeout=5)

    await sandbox.close()


async def test_caller_that_is_cancelled_takes_its_callable_along(sandbox: Sandbox) -> None:
    began, cancelled = threading.Event(), threading.Event()

    async def hang() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    calling = asyncio.ensure_future(sandbox.call(hang, timeout=5))
    assert await asyncio.to_thread(began.wait, 5)
    calling.cancel()

    with pytest.raises(asyncio.CancelledError):
        await calling
    assert await asyncio.to_thread(cancelled.wait, 5)


async def test_threads_are_limited_and_the_wait_counts_against_the_timeout() -> None:
    sandbox = Sandbox(max_threads=1)
    let_go = threading.Event()
    first = asyncio.ensure_future(sandbox.call(let_go.wait, timeout=5))
    await asyncio.sleep(0)

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(add, 1, 2, timeout=0.05)
    let_go.set()

    assert caught.value.timed_out
    assert await first is True
    assert await sandbox.call(add, 1, 2, timeout=5) == 3
    await sandbox.close()


async def test_async_ones_need_no_thread() -> None:
    sandbox = Sandbox(max_threads=1)
    let_go = threading.Event()
    first = asyncio.ensure_future(sandbox.call(let_go.wait, timeout=5))
    await asyncio.sleep(0)

    assert await sandbox.call(add_slowly, 1, 2, timeout=5) == 3
    let_go.set()
    await first
    await sandbox.close()


def test_thread_that_ends_after_its_loop_hurts_nobody() -> None:
    let_go, ended = threading.Event(), threading.Event()

    def hang() -> None:
        try:
            let_go.wait()
        finally:
            ended.set()

    async def leave() -> None:
        sandbox = Sandbox()
        with pytest.raises(CallableFailed):
            await sandbox.call(hang, timeout=0.05)
        await sandbox.close()

    asyncio.run(leave())
    let_go.set()

    assert ended.wait(5)


def marked(function: Callable[..., Any]) -> Callable[..., Any]:
    setattr(function, QUICK, True)
    return function


async def test_a_quick_one_is_called_where_its_caller_is(sandbox: Sandbox) -> None:
    @marked
    def where() -> threading.Thread:
        return threading.current_thread()

    assert await sandbox.call(where, timeout=5) is threading.current_thread()


async def test_a_quick_one_that_returns_a_coroutine_is_awaited_beside_our_loop(sandbox: Sandbox) -> None:
    add_later = marked(lambda a, b: add_slowly(a, b))  # noqa: PLW0108 - a plain callable

    assert await sandbox.call(add_later, 1, 2, timeout=5) == 3


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
async def test_whatever_a_quick_one_raises_is_its_failure(sandbox: Sandbox, error: BaseException) -> None:
    @marked
    def fail() -> NoReturn:
        raise error

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(fail, timeout=5)

    assert (str(caught.value), caught.value.timed_out) == (f"raised {type(error).__name__}", False)
    assert caught.value.__cause__ is error


async def test_a_quick_one_that_takes_long_is_told_and_goes_through_threads(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[threading.Thread] = []
    until = threading.Event()

    @marked
    def dawdle() -> str:
        seen.append(threading.current_thread())
        until.wait(0.06 if len(seen) == 1 else 0)
        return "done"

    assert [await sandbox.call(dawdle, timeout=5) for _ in range(2)] == ["done", "done"]
    assert seen[0] is threading.current_thread()
    assert seen[1] is not threading.current_thread()
    (record,) = caplog.records
    assert "callable-not-quick" in record.message
    assert "dawdle took" in record.message


async def test_a_quick_one_that_has_used_up_its_time_has_failed(sandbox: Sandbox) -> None:
    until = threading.Event()

    @marked
    def dawdle() -> None:
        until.wait(0.02)

    with pytest.raises(CallableFailed) as caught:
        await sandbox.call(dawdle, timeout=0.01)

    assert (str(caught.value), caught.value.timed_out) == ("ran past its timeout of 0.01 s", True)
