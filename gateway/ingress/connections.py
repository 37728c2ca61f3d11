"""Connections to callers: an event that comes whole goes straight to its door, everything else goes aiohttp's way.

For each request aiohttp makes a request object, looks through the routes, starts a task from another, and writes a response
object in pieces. An event needs none of that: its bytes come in one piece, its path says all, its answer is bytes. What stays
aiohttp's: the parser, keep-alive, its limits, and every request that is in any way unusual. This uses aiohttp below the surface
that it documents, so its minor version is pinned, and tests/unit/gateway/ingress/test_connections.py fails where that changes.
"""

import re
import time
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.http_parser import RawRequestMessage

from gateway.contract.streams import Line, take_whole
from gateway.ingress.call import JSON, MAX_BODY, Answered, Handler
from gateway.ingress.errors import answer_error

if TYPE_CHECKING:
    import asyncio

_PARAMETER: Final = re.compile(r"\{\w+\}")
_NAME: Final = "([A-Za-z0-9._~-]+)"
"""What needs no quoting in a path; a name with anything else in it goes aiohttp's way."""
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Door(NamedTuple):
    """What answers the POSTs of one path."""

    path: re.Pattern[str]
    handler: Handler


def _make_door(template: str, handler: Handler) -> Door:
    """Make the door of a path such as `/v1/bots/{bot}/events`."""
    return Door(re.compile(_PARAMETER.sub(lambda _: _NAME, template)), handler)


class WholeCall:
    """A request that has come whole."""

    __slots__ = ("_connection", "body", "headers")

    def __init__(self, headers: Mapping[str, str], body: bytes, connection: "Connection") -> None:
        self.headers = headers
        self.body = body
        self._connection = connection

    @property
    def remote(self) -> str | None:
        """See Call."""
        peer = self._connection.peername
        return peer[0] if isinstance(peer, tuple) else peer

    async def read(self) -> bytes:
        """See Call."""
        return self.body

    def forget(self) -> None:
        """See Call."""
        self.headers, self.body = _NOTHING, b""


class Connection(web.RequestHandler):
    """One connection. While it answers an event itself, aiohttp's task for it waits, and is not told of what comes meanwhile."""

    __slots__ = ("_answering", "_doors")

    def __init__(self, server: "Server", doors: tuple[Door, ...], **options: Any) -> None:
        super().__init__(server, **options)
        self._messages = Line()  # type: ignore[assignment]  # all that is asked of a deque there
        self._doors = doors
        self._answering: asyncio.Task[None] | None = None

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        waiter = self._waiter
        is_idle = waiter is not None and not waiter.done()
        # A caller may be faster than aiohttp's task, which begins a round of the loop after its connection.
        is_new = waiter is None and not self._request_count
        if self._answering is None and not is_idle and not is_new:
            super().data_received(data)
            return
        self._waiter = None  # aiohttp takes this connection for a busy one, and only keeps what has come
        super().data_received(data)
        self._waiter = waiter
        if self._answering is None and self._messages and not self._begin():
            self._wake()

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 - aiohttp's own signature
        """End it, once its request has been answered or the time is over."""
        await super().shutdown(timeout)
        if self._answering is not None:
            self._answering.cancel()

    def _process_keepalive(self) -> None:
        if self._answering is None:
            super()._process_keepalive()
        else:  # the answer's end begins it anew
            self._keepalive_handle = None

    def _begin(self) -> bool:
        """Begin to answer where one whole event has come, and nothing about it is unusual."""
        if len(self._messages) != 1:
            return False
        message, payload = self._messages[0]
        if not (
            isinstance(message, RawRequestMessage)
            and message.method == hdrs.METH_POST
            and message.version == HttpVersion11
            and not message.should_close
            and not message.compression
            and hdrs.EXPECT not in message.headers
        ):
            return False
        found = self._find_door(message.path)
        if found is None:
            return False
        body = take_whole(payload)
        if body is None or len(body) > MAX_BODY:
            return False
        self._messages.popleft()
        self._request_in_progress = True
        assert self._parser is not None  # noqa: S101 - it has read the message
        self._parser.message_consumed()
        call = WholeCall(message.headers, body, self)
        self._answering = self._loop.create_task(self._answer(*found, call))
        return True

    def _find_door(self, path: str) -> tuple[Handler, tuple[str, ...]] | None:
        """Find what answers a path, and the names in it."""
        for door in self._doors:
            if (match := door.path.fullmatch(path)) is not None:
                return door.handler, match.groups()
        return None

    async def _answer(self, handler: Handler, names: tuple[str, ...], call: WholeCall) -> None:
        try:
            try:
                answered = await handler(call, names)
            except Exception as error:  # noqa: BLE001 - nothing of it may reach the caller
                answered = answer_error(error, "/".join(names))
            if self.transport is not None:  # else the caller has gone
                self.transport.write(_write(answered))
                if self._paused:
                    await self._drain_helper()  # a caller who does not read gets no further answers
        except ConnectionError:
            pass  # it has gone meanwhile
        finally:
            self._rest()

    def _rest(self) -> None:
        """Wait for the next request, or end: what aiohttp does after each of its own."""
        self._answering = None
        self._request_in_progress = False
        if self._handler_waiter is not None and not self._handler_waiter.done():
            self._handler_waiter.set_result(None)
        if self._close or self._force_close:
            self.force_close()
            return
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if self._keepalive_handle is None:
            self._keepalive_handle = self._loop.call_at(self._next_keepalive_close_time, self._process_keepalive)
        if self._messages:
            self._wake()

    def _wake(self) -> None:
        """Have aiohttp's task look at what has come; one that has not begun will by itself."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Server(web.Server):
    """Makes connections."""

    def __init__(self, doors: tuple[Door, ...], usual: web.Server) -> None:
        """Take what aiohttp has made for an application."""
        # No others tell which loop and options aiohttp has chosen.
        loop, options = usual._loop, usual._kwargs  # noqa: SLF001
        super().__init__(usual.request_handler, request_factory=usual.request_factory, loop=loop, **options)
        self._doors = doors

    def __call__(self) -> Connection:
        """Make one."""
        return Connection(self, self._doors, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Runs an application whose events come through these doors."""

    __slots__ = ("_doors",)

    def __init__(self, application: web.Application, doors: Mapping[str, Handler], **options: Any) -> None:
        """Take the doors' handlers by path; the application must answer the same paths with them."""
        super().__init__(application, **options)
        self._doors = tuple(_make_door(path, handler) for path, handler in doors.items())

    async def _make_server(self) -> Server:
        return Server(self._doors, await super()._make_server())


def _write(answered: Answered) -> bytes:
    """Write an answer with its head, in one piece."""
    status = answered.status
    lines = "".join([f"{name}: {value}\r\n" for name, value in answered.headers])
    return (
        f"HTTP/1.1 {status} {_PHRASES[status]}\r\n"
        f"{lines}Content-Type: {JSON}\r\n"
        f"Content-Length: {len(answered.body)}\r\n"
        f"Date: {_date.now()}\r\n\r\n"
    ).encode() + answered.body


_PHRASES: Final[Mapping[int, str]] = {status.value: status.phrase for status in HTTPStatus}


class _Date:
    """The time as HTTP writes it, made once a second (RFC 9110 section 6.6.1)."""

    def __init__(self) -> None:
        self._second = 0
        self._text = ""

    def now(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second, self._text = second, formatdate(second, usegmt=True)
        return self._text


_date = _Date()
