"""gateway/contract/callables.py: other people's code is found by name, and cannot hurt the process that runs it."""

import asyncio
import functools
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from gateway.contract.callables import CallableFailed, CallableNotFound, Sandbox, load_callable

MODULE = """
import functools

def two(a, b): return a + b
async def slow(a, b): return a + b
def one(a): return a
def any_number(*args): return args
def with_default(a, b=1, *, c=2): return a
def with_required_keyword(a, b, *, c): return a
VALUE = 5

class Space:
    @staticmethod
    def inner(a, b): return a + b
    def __call__(self, a, b): return a + b

space = Space()
bound = functools.partial(lambda a, b, c: a + b + c, 1)

def __getattr__(name):
    if name == "trap":
        raise RuntimeError("SECRET")
    raise AttributeError(name)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Write a module that can be imported for one test."""
    written = []

    def write(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source)
        written.append(name)

    monkeypatch.syspath_prepend(tmp_path)
    write("acme_callables", MODULE)
    yield write
    for name in written:
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    "name", ["two", "slow", "any_number", "with_default", "Space.inner", "space", "bound", "space.__call__"]
)
async def test_callable_is_found(module: object, name: str) -> None:
    found = load_callable(f"acme_callables:{name}", arguments=2)

    assert callable(found)


def test_found_callable_is_the_module_s_own(module: object) -> None:
    assert load_callable("acme_callables:two", arguments=2)(1, 2) == 3


def test_callable_written_in_c_tells_no_signature() -> None:
    assert load_callable("builtins:max", arguments=2) is max


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("", "must look like module:function"),
        ("acme_callables", "must look like module:function"),
        ("acme_callables:", "must look like module:function"),
        (":two", "must look like module:function"),
        ("acme_missing:two", "no module named 'acme_missing'"),
        ("acme_callables.deeper:two", "no module named 'acme_callables.deeper'"),
        (".relative:two", "module '.relative' cannot be imported: TypeError"),
        ("acme_callables:three", "module 'acme_callables' has no 'three'"),
        ("acme_callables:Space.outer", "module 'acme_callables' has no 'Space.outer'"),
        ("acme_callables:two.", "module 'acme_callables' has no 'two.'"),
        ("acme_callables:two:three", "module 'acme_callables' has no 'two:three'"),
        ("acme_callables:trap", "module 'acme_callables' has no 'trap' that can be read: RuntimeError"),
        ("acme_callables:VALUE", "'acme_callables:VALUE' is not callable"),
        ("acme_callables:one", "'acme_callables:one' must take 2 arguments"),
        ("acme_callables:Space", "'acme_callables:Space' must take 2 arguments"),
        ("acme_callables:with_required_keyword", "'acme_callables:with_required_keyword' must take 2 arguments"),
    ],
)
def test_what_is_no_callable_is_named(module: object, target: str, problem: str) -> None:
    with pytest.raises(CallableNotFound) as caught:
        load_callable(target, arguments=2)

    assert str(caught.value) == problem


def test_one_argument_is_said_in_the_singular(module: object) -> None:
    with pytest.raises(CallableNotFound) as caught:
        load_callable("acme_callables:two", arguments=1)

    assert str(caught.value) == "'acme_callables:two' must take 1 argument"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import acme_not_installed", "no module named 'acme_not_installed'"),
        ("def", "module 'acme_broken' cannot be imported: SyntaxError"),
        ("1 / 0", "module 'acme_broken' cannot be imported: ZeroDivisionError"),
        ("raise SystemExit(3)", "module 'acme_broken' cannot be imported: SystemExit"),
        ("raise KeyboardInterrupt", "module 'acme_broken' cannot be imported: KeyboardInterrupt"),
    ],
)
def test_module_that_cannot_be_imported_is_named(module: Callable[[str, str], None], source: str, problem: str) -> None:
    module("acme_broken", source)

    with pytest.raises(CallableNotFound) as caught:
        load_callable("acme_broken:hook", arguments=2)

    assert str(caught.value) == problem


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
