"""The console put together: what `--console` adds to a gateway."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, suppress
from typing import Final, Self

from aiohttp import web

from gateway.console.bots import FLEET, ROSTER, Card, Fleet, Roster
from gateway.console.dashboard import FIGURES
from gateway.console.guard import OPERATORS
from gateway.console.live import FEED, Feed
from gateway.console.pages import PAGES, load_pages
from gateway.console.recorded import RECORDINGS
from gateway.console.recordings import Arrivals, Recordings
from gateway.console.routes import PREFIX, SIGNED_OUT, make_application
from gateway.console.settings import ConsoleSettings
from gateway.console.sign_in import Operators
from gateway.console.signed_out import SignedOut
from gateway.console.turns import CLOCK
from gateway.contract.ports import Archive, Clock, StoreFailed
from gateway.contract.types import TESTER_PREFIX
from gateway.figures.keeping import Figures, Look
from gateway.figures.names import BotKey
from gateway.ingress.keys import GATE, PIPELINE
from gateway.pipeline import Pipeline
from gateway.resilience.limiter import Gate
from gateway.telemetry.logging import get_logger
from gateway.turn import Turn

BEAT: Final = 1.0
"""Seconds between two beats: what was recorded is kept, streams that are over end."""
LOOK_EVERY: Final = 2
"""Beats between two looks at what other processes have written."""
_log = get_logger("console")


class Console:
    """An asynchronous context. It is made a part of the gateway's application, and watches its pipeline, before it is entered."""

    def __init__(
        self,
        settings: ConsoleSettings,
        *,
        cards: Iterable[Card],
        fleet: Fleet,
        look: Look,
        pipeline: Pipeline,
        archive: Archive,
        gate: Gate,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._signed_out = SignedOut(archive, clock)
        self._figures = Figures(archive, clock, look=look)
        self._recordings = Recordings(archive, clock, note_change=self._figures.touch)
        self._roster = Roster(cards, self._figures, self._recordings)
        self._arrivals = Arrivals(archive)
        operators = Operators(settings.tokens, salt=settings.salt, signed_out=self._signed_out, clock=clock)
        self.feed = Feed(operators.is_over)
        self._tasks: list[asyncio.Future[None]] = []
        self._held = AsyncExitStack()
        self.application = make_application()
        self.application[OPERATORS] = operators
        self.application[SIGNED_OUT] = self._signed_out
        self.application[RECORDINGS] = self._recordings
        self.application[FIGURES] = self._figures
        self.application[ROSTER] = self._roster
        self.application[FEED] = self.feed
        self.application[FLEET] = fleet
        self.application[PIPELINE] = pipeline
        self.application[GATE] = gate
        self.application[CLOCK] = clock
        # Before the server waits for open connections, which streams would be until they are told to end.
        self.application.on_shutdown.append(self._end_streams)
        pipeline.observe(self._observe)

    async def __aenter__(self) -> Self:
        """Read the pages, and begin to keep and to tell. Raise OSError."""
        self.application[PAGES] = await asyncio.to_thread(load_pages, self._settings.pages)
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._figures)
            held.push_async_callback(self._stop)
            following = self.feed.follow(self._gather_changes(), self._roster.read)
            self._tasks = [asyncio.ensure_future(self._run()), asyncio.ensure_future(following)]
            self._held = held.pop_all()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """End all streams, keep what is recorded and counted and not kept yet, and let go of everything."""
        self.feed.close()
        await self._held.aclose()

    def show(self, cards: Iterable[Card]) -> None:
        """Show these bots from now on, and have every open console ask for them again."""
        self._roster.show(cards)
        self.feed.tell("reload", {})

    def add_to(self, application: web.Application) -> None:
        """Serve the console below /console/."""
        application.add_subapp(f"{PREFIX}/", self.application)

    def _observe(self, turn: Turn) -> None:
        # Figures and records are of consumers; an operator's own turns are in the log and in the metrics.
        if not turn.event.conversation_id.startswith(TESTER_PREFIX):
            self._figures(turn)
            self._recordings(turn)

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        with suppress(StoreFailed):
            await self._recordings.flush()

    async def _end_streams(self, _application: web.Application) -> None:
        self.feed.close()

    async def _gather_changes(self) -> AsyncIterator[frozenset[BotKey]]:
        async for changed in self._figures.follow():
            yield changed
            await self._clock.sleep(BEAT)  # what changes meanwhile is told together

    async def _run(self) -> None:
        beat, is_failing = 0, False
        while True:
            try:
                await self._recordings.flush()
                if beat % LOOK_EVERY == 0:
                    await self._look()
                    is_failing = False
            except StoreFailed as fault:
                if not is_failing:
                    _log.warning("console-store-failed", reason=str(fault))
                is_failing = True
            except Exception as fault:  # noqa: BLE001 - a beat that fails is followed by another
                _log.error("console-beat-failed", exc_info=fault)
            self.feed.beat()
            beat += 1
            await self._clock.sleep(BEAT)

    async def _look(self) -> None:
        """See what other processes have switched, ended and recorded."""
        await self._signed_out.refresh()
        await self._recordings.refresh()
        if self.feed:
            for summary in await self._arrivals.look():
                self.feed.tell("turn", summary)
