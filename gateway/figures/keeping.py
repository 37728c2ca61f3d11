"""The front of the figures: an observer of the pipeline that counts, a task that flushes, and what the console asks for.

Turns are counted in memory and carried to the archive every FLUSH_EVERY seconds, each part in one step that is tried again
until it is taken, and is taken once. An end of the process without warning costs what was counted since the last flush.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Final, Self, TypeAlias

from gateway.contract.ports import Archive, Clock, Entry, StoreFailed
from gateway.contract.types import AccountId, BotName, Json
from gateway.figures.board import Board
from gateway.figures.errors import ErrorEntry
from gateway.figures.lives import PAUSE, Life, Live, Sign
from gateway.figures.names import ERRORS_KEPT, LIVES, STATES_KEPT, WINDOWS, BotKey, name_errors, name_states
from gateway.figures.parts import spread
from gateway.figures.series import read_figures
from gateway.figures.states import Told
from gateway.figures.tally import BotTally, Tally, write_tallies
from gateway.telemetry.logging import describe_exception, get_logger
from gateway.turn import Turn

FLUSH_EVERY: Final = 2.0
"""Seconds between two flushes, and between two looks at the overview while somebody follows it."""
REFRESH_EVERY: Final = 1.0
"""Seconds that the overview is good for."""
TIDY_EVERY: Final = 30.0
"""Seconds between two looks for processes that have died."""
FORGET_AFTER: Final = 60.0
"""Seconds after which an overview that nobody looks at is given up."""
AT_ONCE: Final = 50
"""Bots in one step of a flush: a turn that wants the store waits no longer than this takes."""
MOST_BUCKETS: Final = 50_000
"""Buckets that wait for a store that fails (about 25 MB); beyond that they are given up."""
SHOWN_ERRORS: Final = 200
CLOSING_TIME: Final = 2.0
"""Seconds for the last flush."""

Look: TypeAlias = Callable[[], Mapping[BotKey, Live]]
"""Gives the bots of this process that are not idle."""


@dataclass(slots=True, eq=False)
class _Follower:
    changed: set[BotKey] = field(default_factory=set)
    is_needed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, bots: Iterable[BotKey]) -> None:
        self.changed.update(bots)
        if self.changed:
            self.is_needed.set()


class Figures:
    """Keeps the figures of all bots. An asynchronous context: it flushes from entry to exit.

    What is read is read of all processes at the store. The `read_…` raise StoreFailed; all else survives a store that fails.
    """

    def __init__(self, archive: Archive, clock: Clock, *, look: Look) -> None:
        """Keep figures in `archive`, which is open for as long as this is."""
        self._archive = archive
        self._clock = clock
        self._look = look
        self._process = token_hex(4)
        self._began = clock.time()
        self._tally = Tally(self._process)
        self._parts: deque[dict[BotKey, BotTally]] = deque()
        """What a flush has taken and is carrying to the archive."""
        self._unsent: tuple[str, list[Entry]] | None = None
        """A step of it that the archive may not have taken."""
        self._steps = 0
        self._flushing: asyncio.Future[None] | None = None
        self._running: asyncio.Future[None] | None = None
        self._board = Board(archive)
        self._refreshing = asyncio.Lock()
        self._refreshed: float | None = None
        self._looked: float | None = None
        self._tidied: float | None = None
        self._followers: set[_Follower] = set()
        self._is_over = False
        self._is_failing = False
        self._log = get_logger("figures")

    async def __aenter__(self) -> Self:
        """Note that this process lives, and begin to flush."""
        await self._work()
        self._running = asyncio.ensure_future(self._run())
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Flush what is left, and note that this process has ended; followers are let go."""
        self._is_over = True
        for follower in self._followers:
            follower.is_needed.set()
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})
        life = Life(self._process, self._began, self._clock.time())
        try:
            async with asyncio.timeout(CLOSING_TIME):
                await self.flush()
                await self._write(life.end())
        except (StoreFailed, TimeoutError) as fault:
            self._log.error("figures-not-kept", reason=str(fault) or f"it took more than {CLOSING_TIME:g} s")
        if self._flushing is not None and not self._flushing.done():
            self._flushing.cancel()
            await asyncio.wait({self._flushing})

    def __call__(self, turn: Turn) -> None:
        """Take a turn that has ended, once its bot's status knows of it: after the TurnReporter among the observers."""
        self._tally.count(turn, self._clock.time())

    async def flush(self) -> None:
        """Carry everything that was counted to the archive. Raise StoreFailed; what was counted then waits for the next flush."""
        under_way = self._flushing
        if under_way is not None and not under_way.done():
            # It may have begun before the turns that the caller has in mind.
            await asyncio.wait({under_way})
        if self._flushing is under_way:
            self._flushing = asyncio.ensure_future(self._flush())
            self._flushing.add_done_callback(_overlook)
        assert self._flushing is not None  # noqa: S101 - somebody else's, begun after this call
        # Shielded: whoever gives up waiting must not leave open whether a step was taken.
        await asyncio.shield(self._flushing)

    # --- What the console asks for ------------------------------------------------------------------------------------

    async def read_bots(self, bots: Iterable[BotKey]) -> dict[BotKey, Json]:
        """Give `state`, `since`, `circuit`, `inFlight`, `latencyMs`, `turns` and `lastError` of each of these, as BOT has them.

        `circuit` is null for a bot whose circuits are closed, or that has none: its account file tells which.
        """
        self._looked = self._clock.monotonic()
        await self._refresh()
        now = self._clock.time()
        return {key: self._board.show(key, now) async for key in spread(bots)}

    async def read_figures(self, account: AccountId, bot: BotName, window: int) -> Json:
        """Give FIGURES. Raise ValueError, with a message for people, for a window (seconds) that is none of WINDOWS."""
        if window not in WINDOWS:
            raise ValueError(f"window must be one of {', '.join(map(str, WINDOWS))} seconds")
        key = account, bot
        self._looked = self._clock.monotonic()
        await self.flush()
        await self._refresh()
        (kept,) = await self._archive.read_lists([name_states(key)], newest=STATES_KEPT)
        stretches = self._board.read_states(Told.read(one) for one in kept)
        return await read_figures(self._archive, key, window, stretches, self._clock.time())

    async def read_errors(self, account: AccountId, bot: BotName, conversation: str | None = None) -> list[Json]:
        """Give the newest ERRORs, newest first: of one conversation, or of all of them when it is None."""
        await self.flush()
        (kept,) = await self._archive.read_lists([name_errors((account, bot))], newest=ERRORS_KEPT)
        entries = [ErrorEntry.read(one) for one in kept]
        matching = [entry for entry in entries if conversation is None or entry.conversation == conversation]
        return [entry.show() for entry in matching[:SHOWN_ERRORS]]

    async def follow(self) -> AsyncIterator[frozenset[BotKey]]:
        """Give the bots that `read_bots` shows otherwise than before: every FLUSH_EVERY seconds at most, until the end."""
        follower = _Follower()
        self._followers.add(follower)
        try:
            while not self._is_over:
                await follower.is_needed.wait()
                changed, follower.changed = frozenset(follower.changed), set()
                follower.is_needed.clear()
                if changed:
                    yield changed
        finally:
            self._followers.discard(follower)

    def touch(self, account: AccountId, bot: BotName) -> None:
        """Have followers told of a bot for a reason of the caller's: its recording was switched on."""
        for follower in self._followers:
            follower.tell([(account, bot)])

    # --- What happens by itself ---------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(FLUSH_EVERY)
            await self._work()

    async def _work(self) -> None:
        """Do what is due; a store that fails is logged once, and again when it has come back."""
        try:
            await self.flush()
            await self._write([self._make_sign().write()])
            await self._tidy()
            await self._look_around()
        except StoreFailed as fault:
            if not self._is_failing:
                self._log.error("figures-not-kept", reason=str(fault))
            self._is_failing = True
            self._give_up()
        except Exception as fault:  # noqa: BLE001 - whatever it is, turns are counted on, and the next round tries again
            if not self._is_failing:
                self._log.error("figures-failed", fault=describe_exception(fault))
            self._is_failing = True
        else:
            if self._is_failing:
                self._log.warning("figures-kept")
            self._is_failing = False

    async def _flush(self) -> None:
        await self._carry()  # what an earlier one has left
        self._parts += self._tally.take(AT_ONCE)
        await self._carry()

    async def _carry(self) -> None:
        while self._unsent is not None or self._parts:
            if self._unsent is None:
                self._unsent = self._name_step(), write_tallies(self._parts.popleft())
            step, entries = self._unsent
            try:
                await self._archive.write(entries, once=step)
            except StoreFailed:
                raise
            except Exception:
                self._unsent = None  # it would fail again and again, and hold up all that comes behind it
                raise
            self._unsent = None
            await asyncio.sleep(0)  # an archive in memory takes it without letting others run

    async def _write(self, entries: list[Entry]) -> None:
        await self._archive.write(entries, once=self._name_step())

    def _name_step(self) -> str:
        self._steps += 1
        return f"{self._process}/{self._steps}"

    def _make_sign(self) -> Sign:
        bots = {key: live for key, live in self._look().items() if not live.is_idle}
        return Sign(self._process, self._began, self._clock.time(), bots)

    async def _tidy(self) -> None:
        """Write down the end of processes that have died."""
        now = self._clock.monotonic()
        if self._tidied is not None and now - self._tidied < TIDY_EVERY:
            return
        self._tidied = now
        (signs,) = await self._archive.read_maps([LIVES])
        for process, kept in signs.items():
            sign = Sign.read(process, kept)
            if process != self._process and self._clock.time() - sign.seen > PAUSE:
                # Named alike by all who notice, so that it is written down once.
                await self._archive.write(sign.make_life(self._clock.time()).end(), once=f"ended/{process}")

    async def _look_around(self) -> None:
        """Keep the overview fresh for followers; give it up when nobody has looked for a while."""
        if self._followers:
            await self._refresh()
        elif self._looked is not None and self._clock.monotonic() - self._looked >= FORGET_AFTER:
            self._board = Board(self._archive)
            self._looked = self._refreshed = None

    async def _refresh(self) -> None:
        async with self._refreshing:
            now = self._clock.monotonic()
            if self._refreshed is not None and now - self._refreshed < REFRESH_EVERY:
                return
            await self.flush()
            changed = await self._board.refresh(self._make_sign(), self._clock.time())
            self._refreshed = now
        for follower in self._followers:
            follower.tell(changed)

    def _give_up(self) -> None:
        """Forget what a store that fails has not taken, when it becomes too much."""
        if sum(len(tally.buckets) for tally in self._tally.bots.values()) > MOST_BUCKETS:
            self._log.error("figures-given-up", bots=len(self._tally.bots))
            self._tally.bots.clear()


def _overlook(flushed: "asyncio.Future[None]") -> None:
    """Let a failure pass of which nobody waits to hear any more: the next flush tries again."""
    if not flushed.cancelled():
        flushed.exception()
