"""Threads for other people's code, which can be cut.

Python cannot end a thread from outside, but it can raise an exception in one: code that spins, or waits in Python, ends with
it. Code that waits in C (a sleep, a socket) ends when that wait does. Threads are daemons, so that none holds up the process.
"""

import asyncio
import ctypes
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future as ThreadFuture
from typing import Any, Final, TypeAlias

Outcome: TypeAlias = tuple[Any, BaseException | None]
"""What came of a call: the value, or what was raised."""

ANSWER_IN: Final = 0.1
"""Seconds in which the loop of async callables answers when nobody blocks it."""


class Cut(BaseException):
    """Raised in a thread that has used up its time; no `except Exception` of the code in it stands in the way."""


def cut(thread: threading.Thread) -> None:
    """Raise Cut in a thread at its next step in Python."""
    if thread.is_alive() and thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Cut))


class LoopThread:
    """An event loop in a thread of its own, for async callables: one that blocks its loop does not block the gateway's."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def run(self, make: Callable[[], Awaitable[Any]]) -> Outcome:
        """Await what `make` gives, on the other loop. Cancelling the wait cancels it there."""
        future: ThreadFuture[Outcome] = asyncio.run_coroutine_threadsafe(_guard(make), self._start())
        return await asyncio.wrap_future(future)

    async def unblock(self) -> None:
        """Cut whoever keeps the loop from answering."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        answered: ThreadFuture[None] = ThreadFuture()
        loop.call_soon_threadsafe(answered.set_result, None)
        done, _ = await asyncio.wait({asyncio.wrap_future(answered)}, timeout=ANSWER_IN)
        if not done:
            cut(thread)

    def close(self) -> None:
        """Stop the loop; what still runs in it ends with the process."""
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._loop = self._thread = None

    def _start(self) -> asyncio.AbstractEventLoop:
        """Give the loop, a new one when there is none or the old one's thread has died."""
        if self._loop is None or self._thread is None or not self._thread.is_alive():
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_serve, args=(self._loop,), name="async callables", daemon=True)
            self._thread.start()
        return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
        _cancel_all(loop)
    except Cut:
        pass  # aimed at a callable that had just come back: the next call starts another loop
    finally:
        loop.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=ANSWER_IN))


async def _guard(make: Callable[[], Awaitable[Any]]) -> Outcome:
    """Turn whatever is raised into a value: SystemExit raised through a task would end the loop."""
    try:
        return await make(), None
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001 - carried over to the caller
        return None, error
