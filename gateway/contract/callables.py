"""Other people's code: find it by name, and run it so that it cannot hurt the gateway.

Hooks and in-process function bots go through here. A plain callable runs in a daemon thread of its own, so that it blocks
neither the event loop nor the end of the process; an async one runs as a task of its own, so that one that swallows its
cancellation is left behind at its timeout.
"""

import asyncio
import contextlib
import importlib
import inspect
import threading
from collections.abc import Callable
from typing import Any, Final

MAX_THREADS: Final = 64
"""Plain callables at work at once; more wait, and their wait counts against their timeout."""


class CallableNotFound(ValueError):
    """A `module:function` that does not name a callable; the message says why."""


class CallableFailed(Exception):
    """A callable raised (`__cause__` has it) or ran past its timeout."""

    def __init__(self, problem: str, *, timed_out: bool = False) -> None:
        super().__init__(problem)
        self.timed_out = timed_out


def load_callable(target: str, *, arguments: int) -> Callable[..., Any]:
    """Import `module:function` and check that it takes that many arguments. Raise CallableNotFound."""
    module_name, colon, attribute = target.partition(":")
    if not (module_name and colon and attribute):
        raise CallableNotFound("must look like module:function")
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise CallableNotFound(f"no module named {error.name!r}") from error
    except BaseException as error:
        # Whatever somebody's module does at import, SystemExit too, is a fault of the account file, not of the process.
        raise CallableNotFound(f"module {module_name!r} cannot be imported: {type(error).__name__}") from error
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise CallableNotFound(f"module {module_name!r} has no {attribute!r}") from None
        except BaseException as error:
            # A module's own __getattr__, or a property, may do anything too.
            problem = f"module {module_name!r} has no {attribute!r} that can be read: {type(error).__name__}"
            raise CallableNotFound(problem) from error
    if not callable(found):
        raise CallableNotFound(f"{target!r} is not callable")
    try:
        inspect.signature(found).bind(*([None] * arguments))
    except TypeError:
        raise CallableNotFound(f"{target!r} must take {arguments} argument{'s' if arguments > 1 else ''}") from None
    except ValueError:
        pass  # a callable written in C tells no signature; calling it will show
    loaded: Callable[..., Any] = found
    return loaded


class Sandbox:
    """Runs callables with a timeout. Make one per process, in a running loop, and close it at the end."""

    def __init__(self, *, max_threads: int = MAX_THREADS) -> None:
        self._threads = asyncio.Semaphore(max_threads)
        self._left_behind: set[asyncio.Future[Any]] = set()

    async def call(self, target: Callable[..., Any], *arguments: Any, timeout: float) -> Any:  # noqa: ASYNC109 - the limit is part of what is asked
        """Call `target` and give back what it returns. Raise CallableFailed when it raises or takes over `timeout` seconds."""
        work = asyncio.ensure_future(self._run(target, arguments))
        try:
            done, _ = await asyncio.wait({work}, timeout=timeout)
        except asyncio.CancelledError:
            self._leave_behind(work)
            raise
        if not done:
            self._leave_behind(work)
            raise CallableFailed(f"ran past its timeout of {timeout:g} s", timed_out=True)
        if work.cancelled():
            raise CallableFailed("raised CancelledError")
        value, raised = work.result()
        if raised is not None:
            raise CallableFailed(f"raised {type(raised).__name__}") from raised
        return value

    async def close(self) -> None:
        """Cancel what was left behind and still runs; what refuses to end is not waited for."""
        for work in list(self._left_behind):
            work.cancel()
        if self._left_behind:
            await asyncio.wait(self._left_behind, timeout=0.1)

    def _leave_behind(self, work: asyncio.Future[Any]) -> None:
        work.cancel()
        self._left_behind.add(work)
        work.add_done_callback(self._left_behind.discard)

    async def _run(self, target: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, BaseException | None]:
        """Give back (value, exception): SystemExit raised through a task would end the loop."""
        try:
            if _is_async(target):
                return await target(*arguments), None
            async with self._threads:
                value, raised = await _in_thread(target, arguments)
            if raised is None and inspect.isawaitable(value):
                value = await value
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it raises is its failure, SystemExit too
            return None, error
        return value, raised


def _is_async(target: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(getattr(target, "__call__", None))  # noqa: B004


async def _in_thread(target: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, BaseException | None]:
    """Run a plain callable in a daemon thread; asyncio's own pool would keep the process alive for a hung one."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()

    def report(value: Any, raised: BaseException | None) -> None:
        if not outcome.done():
            outcome.set_result((value, raised))

    def work() -> None:
        value, raised = None, None
        try:
            value = target(*arguments)
        except BaseException as error:  # noqa: BLE001 - carried over to the caller
            raised = error
        with contextlib.suppress(RuntimeError):  # the loop has closed meanwhile: nobody waits any more
            loop.call_soon_threadsafe(report, value, raised)

    threading.Thread(target=work, name=f"callable {getattr(target, '__qualname__', target)}", daemon=True).start()
    return await outcome
