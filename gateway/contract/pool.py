"""A pool of threads for plain callables: one thread while they are quick, more while some of them take their time.

A thread made for each call, or woken for each, costs several times what a quick hook does. So calls stand in one queue, which
one thread works off; when all threads have been busy with one call each for PATIENCE seconds, or calls have waited for so long,
others join them. They go when they are not needed. Everything runs on the event loop but for what is said to run on a thread.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from gateway.contract.threads import Cut, Outcome, cut

PATIENCE: Final = 0.01
"""Seconds that a quick call may have to wait behind a slow one."""
KEPT: Final = 2.0
"""Seconds that threads are kept after they have been needed, so that they do not come and go."""
IDLE: Final = 10.0
"""Seconds without a call after which the last thread goes too."""


class Call:
    """One plain callable, called on one of a pool's threads."""

    __slots__ = ("_is_abandoned", "_thread", "arguments", "has_begun", "outcome", "submitted", "target", "was_cut")

    def __init__(
        self, target: Callable[..., Any], arguments: tuple[Any, ...], outcome: "asyncio.Future[Outcome | None]"
    ) -> None:
        self.target = target
        self.arguments = arguments
        self.outcome = outcome
        """What came of it; None when its time was over first."""
        self.submitted = time.monotonic()
        self.has_begun = False
        self.was_cut = False
        self._thread: threading.Thread | None = None
        self._is_abandoned = False

    def expire(self) -> None:
        """End the wait for it."""
        if not self.outcome.done():
            self.outcome.set_result(None)

    # The pool's lock is held around the following three.

    def begin(self) -> bool:
        """Begin on this thread; False when nobody waits for it any more."""
        self.has_begun = True
        if not self._is_abandoned:
            self._thread = threading.current_thread()
        return not self._is_abandoned

    def end(self) -> None:
        """Be done: from now on there is nothing to cut."""
        self._thread = None

    def abandon(self) -> threading.Thread | None:
        """Cut it where it runs, and give its thread; where it has not begun, it will not."""
        self._is_abandoned = True
        if self._thread is not None:
            self.was_cut = True
            cut(self._thread)
        return self._thread


class ThreadPool:
    """Threads for calls, `max_threads` at most. Made anywhere, used in one event loop."""

    def __init__(self, max_threads: int, *, patience: float = PATIENCE, kept: float = KEPT, idle: float = IDLE) -> None:
        """Take times other than the usual ones, in seconds, for a test."""
        self._max_threads = max_threads
        self._patience = patience
        self._kept = kept
        self._idle = idle
        self._queue: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._waiting: deque[Call] = deque()
        """In order; those at its head may have begun."""
        self._workers: set[_Worker] = set()
        self._leaving = 0
        """Of the workers, those that have been told to go."""
        self._stuck: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._ended: deque[tuple[Call, Outcome]] = deque()
        self._is_told = False
        """Whether the loop knows that calls have ended."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look_at: asyncio.TimerHandle | None = None
        self._needed = 1
        self._needed_until = 0.0

    @property
    def is_stuck(self) -> bool:
        """Whether as many threads as there may be are with calls that have outlasted their time and cannot be cut."""
        if self._stuck:
            self._stuck = {thread for thread in self._stuck if thread.is_alive()}
        return len(self._stuck) >= self._max_threads

    def submit(self, target: Callable[..., Any], arguments: tuple[Any, ...]) -> Call:
        """Have a callable called. Whoever waits for the outcome must `abandon` it when that is not what it gets."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        call = Call(target, arguments, self._loop.create_future())
        if self._count_busy(call.submitted) >= len(self._workers) - self._leaving:
            self._add(1)
        self._waiting.append(call)
        self._queue.put(call)
        if self._look_at is None or self._look_at.when() > self._loop.time() + self._patience:
            self._look_in(self._patience)
        return call

    def abandon(self, call: Call) -> None:
        """Cut a call that nobody waits for any more. Its thread goes with it, and counts as stuck until then."""
        with self._lock:
            thread = call.abandon()
        if thread is not None:
            self._stuck.add(thread)
            self._workers = {worker for worker in self._workers if worker.thread is not thread}
            self._look()

    def close(self) -> None:
        """Let the threads go; those that are busy go when their calls end."""
        if self._look_at is not None:
            self._look_at.cancel()
            self._look_at = None
        self._dismiss(len(self._workers) - self._leaving)

    def _count_busy(self, now: float) -> int:
        """Count the threads that have been with one call for long, and keep as many as that takes."""
        busy = sum(
            [since is not None and now - since >= self._patience for since in [one.busy_since for one in self._workers]]
        )
        if busy + 1 >= self._needed:
            self._needed, self._needed_until = busy + 1, now + self._kept
        return busy

    def _look(self) -> None:
        """Have more threads where calls wait, fewer where they are not needed, none where there have long been no calls."""
        now = time.monotonic()
        while self._waiting and (self._waiting[0].has_begun or self._waiting[0].outcome.done()):
            self._waiting.popleft()
        here = len(self._workers) - self._leaving
        if self._waiting:
            self._count_busy(now)
            self._add(sum(now - call.submitted >= self._patience for call in self._waiting))
            self._look_in(self._patience)
        elif now >= self._needed_until and here > self._needed:
            self._dismiss(here - self._needed)
            self._needed = 1
            self._look_in(self._kept)
        elif now >= self._needed_until + self._idle:
            self._dismiss(here)
            self._look_at = None
        else:
            self._look_in(self._kept)

    def _look_in(self, seconds: float) -> None:
        assert self._loop is not None  # noqa: S101 - set when the first call came
        if self._look_at is not None:
            self._look_at.cancel()
        self._look_at = self._loop.call_later(seconds, self._look)

    def _add(self, count: int) -> None:
        for _ in range(min(count, self._max_threads - len(self._workers) + self._leaving)):
            self._workers.add(_Worker(self._work))

    def _dismiss(self, count: int) -> None:
        self._leaving += count
        for _ in range(count):
            self._queue.put(None)

    def _forget(self, worker: "_Worker", *, was_dismissed: bool) -> None:
        self._workers.discard(worker)
        self._leaving -= was_dismissed

    def _deliver(self) -> None:
        self._is_told = False
        while self._ended:
            call, outcome = self._ended.popleft()
            if not call.outcome.done():
                call.outcome.set_result(outcome)

    # --- On a thread --------------------------------------------------------------------------------------------------

    def _work(self, worker: "_Worker") -> None:
        """Take calls until told to go, or until one was cut: the thread goes with it."""
        was_dismissed = False
        try:
            while True:
                call = self._queue.get()
                if call is None:
                    was_dismissed = True
                    break
                worker.busy_since = time.monotonic()
                self._serve(call)
                worker.busy_since = None
        except Cut:
            pass  # where the call was, or just after it
        finally:
            self._tell(lambda: self._forget(worker, was_dismissed=was_dismissed))

    def _serve(self, call: Call) -> None:
        with self._lock:
            if not call.begin():
                return
        value, raised = None, None
        try:
            value = call.target(*call.arguments)
        except BaseException as error:  # noqa: BLE001 - carried over to the caller
            raised = error
        with self._lock:
            call.end()
        if call.was_cut:
            raise Cut
        self._ended.append((call, (value, raised)))
        if not self._is_told:
            self._is_told = True
            self._tell(self._deliver)

    def _tell(self, what: Callable[[], None]) -> None:
        assert self._loop is not None  # noqa: S101 - there are no threads before the first call
        with suppress(RuntimeError):  # the loop has closed: nobody waits any more
            self._loop.call_soon_threadsafe(what)


class _Worker:
    """One thread, and since when it has been with its call."""

    __slots__ = ("busy_since", "thread")

    def __init__(self, work: "Callable[[_Worker], None]") -> None:
        self.busy_since: float | None = None
        self.thread = threading.Thread(target=work, args=(self,), name="callables", daemon=True)
        self.thread.start()
