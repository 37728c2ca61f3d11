"""Other people's code: run it so that it cannot hurt the gateway.

Hooks and in-process function bots go through here. A plain callable runs in one of a few daemon threads; an async one runs on an
event loop beside the gateway's, so that not even one that blocks its loop holds up a turn of another conversation.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Final

from gateway.contract.pool import ThreadPool
from gateway.contract.threads import LoopThread, Outcome

_log = logging.getLogger(__name__)

MAX_THREADS: Final = 64
"""Plain callables at work at once; more wait, and their wait counts against their timeout."""


QUICK: Final = "__botbridge_quick__"
"""The attribute of a callable that may be called on the event loop itself: it only computes."""
QUICK_LIMIT: Final = 0.05
"""Seconds; a callable that has this mark and takes longer is taken for one without it from then on."""


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
        self._pool = ThreadPool(max_threads)
        self._async_callables = LoopThread()
        self._left_behind: set[asyncio.Future[Any]] = set()
        self._not_quick: dict[int, Callable[..., Any]] = {}

    async def call(self, target: Callable[..., Any], *arguments: Any, timeout: float) -> Any:  # noqa: ASYNC109 - the limit is part of what is asked
        """Call `target` and give back what it returns. Raise CallableFailed when it raises or takes over `timeout` seconds."""
        end = time.monotonic() + timeout
        if getattr(target, QUICK, False) and id(target) not in self._not_quick:
            outcome: Outcome | None = self._call_here(target, arguments, end)
        elif is_async(target):
            outcome = await self._await(lambda: target(*arguments), timeout)
        else:
            if self._pool.is_stuck:
                raise CallableFailed("was not called: too many before it have outlasted their time", timed_out=True)
            # The way of most hooks: without a coroutine between.
            call = self._pool.submit(target, arguments, timeout)
            outcome = None
            try:
                outcome = await call.outcome
            finally:
                if outcome is None:  # its time is over, or whoever waits for it has been cancelled
                    self._pool.abandon(call)
        if outcome is not None and outcome[0] is not None and inspect.isawaitable(outcome[0]):
            # An awaitable that a plain one returns is awaited as an async one is.
            awaitable = outcome[0]
            outcome = await self._await(lambda: awaitable, max(0.0, end - time.monotonic()))
        if outcome is None:
            raise CallableFailed(f"ran past its timeout of {timeout:g} s", timed_out=True)
        value, raised = outcome
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
        self._pool.close()

    def _call_here(self, target: Callable[..., Any], arguments: tuple[Any, ...], end: float) -> Outcome | None:
        """Call a quick one; None when it was not, and has used up all its time."""
        began = time.monotonic()
        value, raised = None, None
        try:
            value = target(*arguments)
        except BaseException as error:  # noqa: BLE001 - carried over to the caller
            raised = error
        ended = time.monotonic()
        if ended - began > QUICK_LIMIT:
            self._not_quick[id(target)] = target
            name = getattr(target, "__qualname__", type(target).__name__)
            _log.warning(
                "callable-not-quick: %s took %.0f ms, and goes through threads now", name, 1000 * (ended - began)
            )
        return (value, raised) if ended <= end else None

    async def _await(self, make: Callable[[], Awaitable[Any]], seconds: float) -> Outcome | None:
        """Await what `make` gives on the loop beside ours; None when its time is over."""
        work = asyncio.ensure_future(self._async_callables.run(make))
        try:
            done, _ = await asyncio.wait({work}, timeout=seconds)
        except asyncio.CancelledError:
            self._leave_behind(work)
            raise
        if not done:
            self._leave_behind(work)
            return None
        if work.cancelled():
            raise CallableFailed("raised CancelledError")
        return work.result()

    def _leave_behind(self, work: asyncio.Future[Any]) -> None:
        work.cancel()
        self._keep(work)
        self._keep(asyncio.ensure_future(self._async_callables.unblock()))

    def _keep(self, work: asyncio.Future[Any]) -> None:
        self._left_behind.add(work)
        work.add_done_callback(self._left_behind.discard)


def is_async(target: Callable[..., Any]) -> bool:
    """Say whether calling this gives an awaitable, as far as can be seen from outside."""
    try:
        return _is_async(target)
    except TypeError:  # a callable that cannot be hashed, and so not be remembered
        return _is_async.__wrapped__(target)


@lru_cache(maxsize=1024)
def _is_async(target: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(getattr(target, "__call__", None))  # noqa: B004
