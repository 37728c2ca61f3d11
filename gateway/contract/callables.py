"""Other people's code: run it so that it cannot hurt the gateway.

Hooks and in-process function bots go through here. A plain callable runs in a daemon thread of its own; an async one runs on an
event loop beside the gateway's, so that not even one that blocks its loop holds up a turn of another conversation.
"""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Any, Final

from gateway.contract.threads import LoopThread, Outcome, ThreadCall, cut

MAX_THREADS: Final = 64
"""Plain callables at work at once; more wait, and their wait counts against their timeout."""


class CallableFailed(Exception):
    """A callable raised (`__cause__` has it) or ran past its timeout."""

    def __init__(self, problem: str, *, timed_out: bool = False) -> None:
        super().__init__(problem)
        self.timed_out = timed_out


class Sandbox:
    """Runs callables with a timeout. Make one per process, in a running loop, and close it at the end.

    A callable that outlasts its time is cut: cancelled where it awaits, interrupted where it spins. One that cannot be cut
    is left behind; when `max_threads` plain ones are, no more are called, so that they cannot pile up.
    """

    def __init__(self, *, max_threads: int = MAX_THREADS) -> None:
        self._max_threads = max_threads
        self._threads = asyncio.Semaphore(max_threads)
        self._async_callables = LoopThread()
        self._left_behind: set[asyncio.Future[Any]] = set()
        self._stuck: set[Thread] = set()

    async def call(self, target: Callable[..., Any], *arguments: Any, timeout: float) -> Any:  # noqa: ASYNC109 - the limit is part of what is asked
        """Call `target` and give back what it returns. Raise CallableFailed when it raises or takes over `timeout` seconds."""
        call = _Call(target, arguments)
        work = asyncio.ensure_future(self._run(call))
        try:
            done, _ = await asyncio.wait({work}, timeout=timeout)
        except asyncio.CancelledError:
            self._leave_behind(work, call)
            raise
        if not done:
            self._leave_behind(work, call)
            raise CallableFailed(f"ran past its timeout of {timeout:g} s", timed_out=True)
        if work.cancelled():
            raise CallableFailed("raised CancelledError")
        value, raised = work.result()
        if isinstance(raised, TooManyStuck):
            raise CallableFailed("was not called: too many before it have outlasted their time", timed_out=True)
        if raised is not None:
            raise CallableFailed(f"raised {type(raised).__name__}") from raised
        return value

    async def close(self) -> None:
        """Cancel what was left behind and still runs; what refuses to end is not waited for."""
        for work in list(self._left_behind):
            work.cancel()
        if self._left_behind:
            await asyncio.wait(self._left_behind, timeout=0.1)
        self._async_callables.close()

    def _leave_behind(self, work: asyncio.Future[Any], call: "_Call") -> None:
        work.cancel()
        if call.thread is not None:
            cut(call.thread)
            self._stuck = {thread for thread in self._stuck if thread.is_alive()} | {call.thread}
        self._keep(work)
        if call.is_async:
            self._keep(asyncio.ensure_future(self._async_callables.unblock()))

    def _keep(self, work: asyncio.Future[Any]) -> None:
        self._left_behind.add(work)
        work.add_done_callback(self._left_behind.discard)

    async def _run(self, call: "_Call") -> Outcome:
        """Run a callable where it can hurt nobody; an awaitable that a plain one returns is awaited as an async one is."""
        if _is_async(call.target):
            call.is_async = True
            return await self._async_callables.run(lambda: call.target(*call.arguments))
        async with self._threads:
            if sum(thread.is_alive() for thread in self._stuck) >= self._max_threads:
                return None, TooManyStuck()
            in_thread = ThreadCall(call.target, call.arguments)
            call.thread = in_thread.thread
            value, raised = await in_thread.run()
            call.thread = None
        if raised is None and inspect.isawaitable(value):
            call.is_async = True
            return await self._async_callables.run(lambda: value)
        return value, raised


class TooManyStuck(Exception):
    """As many callables as may run at once have outlasted their time and cannot be cut."""


@dataclass(slots=True)
class _Call:
    """A call under way, and where it runs now."""

    target: Callable[..., Any]
    arguments: tuple[Any, ...]
    thread: Thread | None = None
    is_async: bool = False


def _is_async(target: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(getattr(target, "__call__", None))  # noqa: B004
