"""Server-sent events: what has changed, told to every open console.

The feed makes nothing while nobody listens. Each listener has a short line of what it has not been sent yet; one that falls
behind is let go, and its browser comes back by itself.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeAlias

from aiohttp import hdrs, web

from gateway.console.guard import SESSION
from gateway.console.sign_in import Session
from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.ports import StoreFailed
from gateway.contract.types import Json
from gateway.contract.wire import dumps
from gateway.figures.names import BotKey
from gateway.telemetry.logging import get_logger

MAX_LISTENERS: Final = 20
"""Open streams of one process."""
LINE: Final = 32
"""Events that wait for one listener."""
COMMENT_EVERY: Final = 15
"""Beats, of a second each, between two comments, which keep proxies from closing a silent stream."""
SEND_TIME: Final = 30.0
"""Seconds in which a listener takes what it is sent."""
RETRY: Final = b"retry: 5000\n\n"
COMMENT: Final = b": still here\n\n"
OVERLOADED: Final = OWN_PREFIX + "overloaded"
_log = get_logger("console")

ReadBots: TypeAlias = Callable[[frozenset[BotKey]], Awaitable[list[Json]]]
"""Gives BOT of those of the bots that there still are. Raises StoreFailed."""
IsOver: TypeAlias = Callable[[Session], bool]


class Listener:
    """One open stream."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._line: asyncio.Queue[bytes | None] = asyncio.Queue(LINE)

    def tell(self, chunk: bytes) -> bool:
        """Have something sent; False when it has fallen too far behind."""
        try:
            self._line.put_nowait(chunk)
        except asyncio.QueueFull:
            return False
        return True

    def end(self) -> None:
        """Have the stream end once it has sent what it is sending."""
        while not self._line.empty():
            self._line.get_nowait()
        self._line.put_nowait(None)

    async def wait(self) -> bytes | None:
        """Wait for the next thing to send; None: the stream ends."""
        return await self._line.get()


class Feed:
    """Tells every listener; `beat` is to be called once a second."""

    def __init__(self, is_over: IsOver, *, comment_every: int = COMMENT_EVERY) -> None:
        self._is_over = is_over
        self._comment_every = comment_every
        self._listeners: set[Listener] = set()
        self._beats = 0
        self._closed = False

    def __bool__(self) -> bool:
        """Say whether anybody listens."""
        return bool(self._listeners)

    def join(self, session: Session) -> Listener:
        """Take one more listener. Raise RequestRefused (503)."""
        if self._closed or len(self._listeners) >= MAX_LISTENERS:
            reason = "The gateway is shutting down." if self._closed else "Too many consoles are open."
            raise RequestRefused(OVERLOADED, reason, retryable=True, retry_after=5.0)
        listener = Listener(session)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener whose stream has ended."""
        self._listeners.discard(listener)

    def tell(self, event: str, value: Json) -> None:
        """Tell all listeners of an event."""
        self._send(b"event: %s\ndata: %s\n\n" % (event.encode(), dumps(value)))

    def end_those_over(self) -> None:
        """End the streams of sessions that are over."""
        for listener in [one for one in self._listeners if self._is_over(one.session)]:
            self._end(listener)

    def beat(self) -> None:
        """End the streams of sessions that are over, and give signs of life to the others."""
        self.end_those_over()
        self._beats += 1
        if self._beats % self._comment_every == 0:
            self._send(COMMENT)

    def close(self) -> None:
        """End all streams, and take no more."""
        self._closed = True
        for listener in list(self._listeners):
            self._end(listener)

    async def follow(self, changes: AsyncIterable[frozenset[BotKey]], read_bots: ReadBots) -> None:
        """Tell of bots that have changed, for as long as there are changes to come."""
        async for changed in changes:
            if not self:
                continue
            try:
                bots = await read_bots(changed)
            except StoreFailed as fault:
                _log.warning("changes-not-read", reason=str(fault))
                continue
            except Exception as fault:  # noqa: BLE001 - these changes are not told, later ones are
                _log.error("changes-not-read", exc_info=fault)
                continue
            if bots:
                self.tell("bots", {"bots": bots})

    def _send(self, chunk: bytes) -> None:
        for listener in [one for one in self._listeners if not one.tell(chunk)]:
            self._end(listener)

    def _end(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        listener.end()


FEED: Final = web.AppKey("feed", Feed)


async def get_live(request: web.Request) -> web.StreamResponse:
    """Stream what changes until the session ends or the gateway does: GET live."""
    feed = request.app[FEED]
    listener = feed.join(request[SESSION])
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: "text/event-stream", "X-Accel-Buffering": "no"})
    try:
        # A client that has gone, or takes nothing any more: its browser will ask again.
        with suppress(ConnectionError, TimeoutError):
            await response.prepare(request)
            chunk: bytes | None = RETRY
            while chunk is not None:
                async with asyncio.timeout(SEND_TIME):
                    await response.write(chunk)
                chunk = await listener.wait()
    finally:
        feed.leave(listener)
    return response
