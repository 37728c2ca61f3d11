"""A pool of threads for plain callables: one thread while they are quick, more while some of them take their time.

A thread made for each call, or woken for each, costs several times what a quick hook does. So calls stand in one queue, which
one thread works off. Every LOOK seconds while there are calls, the pool looks at its threads: one that is still with the call of
the look before is held up, and others join it where calls wait. They go when they have not been needed for a while.

Everything runs on the event loop but for what is said to run on a thread. What the two sides tell each other are single loads
and stores, which the interpreter makes one after the other; there is a lock only around cutting a call.
"""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from gateway.contract.threads import Cut, Outcome, cut

LOOK: Final = 0.01
"""Seconds between two looks while there are calls: a quick call waits behind a slow one for two of them at most."""
KEPT: Final = 2.0
"""Seconds that threads are kept after they have been needed, so that they do not come and go."""
IDLE: Final = 10.0
"""Seconds without a call after which the last thread goes too."""


class Call:
    """One plain callable, called on one of a pool's threads."""

    __slots__ = ("arguments", "end", "has_begun", "is_abandoned", "outcome", "target", "thread", "was_cut", "was_seen")

    def __init__(
        self,
        target: Callable[..., Any],
        arguments: tuple[Any, ...],
        outcome: "asyncio.Future[Outcome | None]",
        end: float,
    ) -> None:
        self.target = target
        self.arguments = arguments
        self.outcome = outcome
        """What came of it; None when its time was over first."""
        self.end = end
        """When its time is over, by the loop's clock."""
        self.was_seen = False
        """Whether a look has found it waiting."""
        self.has_begun = False
        self.thread: threading.Thread | None = None
        """The thread that it runs on, while it does."""
        self.is_abandoned = False
        self.was_cut = False

    def expire(self) -> None:
        """End the wait for it."""
        if not self.outcome.done():
            self.outcome.set_result(None)


class ThreadPool:
    """Threads for calls, `max_threads` at most. Made anywhere, used in one event loop."""

    def __init__(self, max_threads: int, *, look: float = LOOK, kept: float = KEPT, idle: float = IDLE) -> None:
        """Take times other than the usual ones, in seconds, for a test."""
        self._max_threads = max_threads
        self._look_every = look
        self._kept = kept
        self._idle = idle
        self._queue: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._calls: set[Call] = set()
        """Those whose outcome is awaited."""
        self._workers: set[_Worker] = set()
        self._leaving = 0
        """Of the workers, those that have been told to go."""
        self._held_up = 0
        """Of the workers, those that the last look found with the call of the look before."""
        self._stuck: set[threading.Thread] = set()
        self._cutting = threading.Lock()
        self._ended: deque[tuple[Call, Outcome]] = deque()
        self._is_told = False
        """Whether the loop knows that calls have ended."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._next_look: asyncio.TimerHandle | None = None
        self._looks_at = 0.0
        """When the next look is, by the loop's clock, as are the times below."""
        self._called_at = 0.0
        """When the last call came."""
        self._round_began = 0.0
        self._needed = 1
        """The most threads that have been needed since."""

    @property
    def is_stuck(self) -> bool:
        """Whether as many threads as there may be are with calls that have outlasted their time and cannot be cut."""
        if self._stuck:
            self._stuck = {thread for thread in self._stuck if thread.is_alive()}
        return len(self._stuck) >= self._max_threads

    def submit(self, target: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Call:
        """Have a callable called; its outcome is None when that has not ended after so many seconds.

        Whoever waits for the outcome must `abandon` the call when that is not what it gets.
        """
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        now = loop.time()
        call = Call(target, arguments, loop.create_future(), now + seconds)
        self._calls.add(call)
        if self._held_up >= len(self._workers) - self._leaving:
            self._add(1)
        self._queue.put(call)
        self._called_at = now
        if self._next_look is None or self._looks_at > now + self._look_every:
            self._look_in(self._look_every)
        if seconds < self._look_every:
            loop.call_later(seconds, call.expire)
        return call

    def abandon(self, call: Call) -> None:
        """Cut a call that nobody waits for any more. Its thread goes with it, and counts as stuck until then."""
        self._calls.discard(call)
        with self._cutting:
            # The thread looks at these in the other order: either it sees that, or we see the thread.
            call.is_abandoned = True
            thread = call.thread
            if thread is not None:
                call.was_cut = True
                cut(thread)
        if thread is not None:
            self._stuck.add(thread)
            self._workers = {worker for worker in self._workers if worker.thread is not thread}
            if self._calls and len(self._workers) == self._leaving:
                self._add(1)

    def close(self) -> None:
        """Let the threads go; those that are busy go when their calls end."""
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None
        for call in self._calls:
            self._expire_in_time(call)
        self._dismiss(len(self._workers) - self._leaving)

    # --- Looks --------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Have more threads where calls wait, fewer where they are not needed, none where there have long been no calls."""
        assert self._loop is not None  # noqa: S101 - set when the first call came
        now = self._loop.time()
        waiting = self._count_waiting(now)
        here = len(self._workers) - self._leaving
        self._held_up = sum([worker.is_held_up() for worker in self._workers])
        if waiting and self._held_up >= here:
            # Twice as many, and not one for each: they may wait for a processor, which more threads would not find either.
            self._add(min(waiting, max(1, here)))
            self._needed = len(self._workers) - self._leaving
        self._needed = max(self._needed, self._held_up + 1)
        if now - self._round_began >= self._kept:
            self._dismiss(here - self._needed)
            self._needed, self._round_began = self._held_up + 1, now
        if self._calls or now - self._called_at < self._idle:
            self._look_in(self._look_every if self._calls else self._kept)
        else:
            self._dismiss(len(self._workers) - self._leaving)
            self._next_look = None

    def _count_waiting(self, now: float) -> int:
        """Count the calls that have waited for a thread since the look before; see that those end whose time is nearly over."""
        waiting = 0
        for call in self._calls:
            if not call.has_begun:
                waiting += call.was_seen
                call.was_seen = True
            if call.end < now + self._look_every:
                self._expire_in_time(call)
        return waiting

    def _expire_in_time(self, call: Call) -> None:
        assert self._loop is not None  # noqa: S101 - set when the first call came
        self._loop.call_later(max(0.0, call.end - self._loop.time()), call.expire)

    def _look_in(self, seconds: float) -> None:
        assert self._loop is not None  # noqa: S101 - set when the first call came
        if self._next_look is not None:
            self._next_look.cancel()
        self._looks_at = self._loop.time() + seconds
        self._next_look = self._loop.call_later(seconds, self._look)

    def _add(self, count: int) -> None:
        for _ in range(min(count, self._max_threads - len(self._workers) + self._leaving)):
            self._workers.add(_Worker(self._work))

    def _dismiss(self, count: int) -> None:
        for _ in range(count):
            self._leaving += 1
            self._queue.put(None)

    def _forget(self, worker: "_Worker", *, was_dismissed: bool) -> None:
        self._workers.discard(worker)
        self._leaving -= was_dismissed

    def _deliver(self) -> None:
        self._is_told = False
        while self._ended:
            call, outcome = self._ended.popleft()
            self._calls.discard(call)
            if not call.outcome.done():
                call.outcome.set_result(outcome)

    # --- On a thread --------------------------------------------------------------------------------------------------

    def _work(self, worker: "_Worker") -> None:
        """Take calls until told to go, or until one was cut: the thread goes with it."""
        was_dismissed = False
        try:
            while (call := self._queue.get()) is not None:
                worker.call = call
                self._serve(call, worker.thread)
                worker.call = None
            was_dismissed = True
        except Cut:
            pass  # where the call was, or just after it
        finally:
            self._tell(lambda: self._forget(worker, was_dismissed=was_dismissed))

    def _serve(self, call: Call, thread: threading.Thread) -> None:
        call.has_begun = True
        call.thread = thread
        outcome = None if call.is_abandoned else _run(call)
        call.thread = None
        if call.is_abandoned:
            with self._cutting:  # a cut may be on its way, and would hit the next call
                was_cut = call.was_cut
            if was_cut:
                raise Cut
        elif outcome is not None:
            self._ended.append((call, outcome))
            if not self._is_told:
                self._is_told = True
                self._tell(self._deliver)

    def _tell(self, what: Callable[[], None]) -> None:
        assert self._loop is not None  # noqa: S101 - there are no threads before the first call
        with suppress(RuntimeError):  # the loop has closed: nobody waits any more
            self._loop.call_soon_threadsafe(what)


def _run(call: Call) -> Outcome:
    try:
        return call.target(*call.arguments), None
    except BaseException as error:  # noqa: BLE001 - carried over to the caller
        return None, error


class _Worker:
    """One thread, and the call that it is with."""

    __slots__ = ("_seen", "call", "thread")

    def __init__(self, work: "Callable[[_Worker], None]") -> None:
        self.call: Call | None = None
        self._seen: Call | None = None
        self.thread = threading.Thread(target=work, args=(self,), name="callables", daemon=True)
        self.thread.start()

    def is_held_up(self) -> bool:
        """Say whether it is with the call with which the look before has found it."""
        before, self._seen = self._seen, self.call
        return self._seen is not None and self._seen is before
