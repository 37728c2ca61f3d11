"""One request and its answer on one of aiohttp's pooled connections, without what aiohttp's client does around that.

`ClientSession.request` looks at cookies, proxies, redirects, authentication and middlewares for each request, and starts a
task to write its body. A vendor's request needs none of that, and it was a good part of what an event cost. What stays
aiohttp's: finding the host, connecting, TLS, the pool, the parser of answers, unpacking. This uses aiohttp below the surface
that it documents, so its minor version is pinned, and tests/unit/vendors/test_exchange.py fails where that lower half changes.
"""

import asyncio
import time
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp import ClientTimeout, hdrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest
from multidict import CIMultiDict
from yarl import URL

from gateway.contract.errors import FailureKind
from gateway.contract.streams import Line, take_whole

SWITCHING_PROTOCOLS: Final = 101
MAX_WRITTEN: Final = 64
"""Headers that do not change whose lines an origin keeps: those of the bots behind it."""


class TransportFailure(Exception):
    """A request that brought no whole answer."""

    def __init__(self, kind: FailureKind, what: str) -> None:
        super().__init__(what)
        self.kind = kind
        self.what = what
        """In words for a log line; facts only, never content."""


class Origin:
    """Where requests of one session go: scheme, host and port, and the headers that they have in common."""

    __slots__ = ("_connector", "_key", "headers", "loop", "target")

    def __init__(self, session: aiohttp.ClientSession, url: URL) -> None:
        """Take any URL of the origin. Raise aiohttp's InvalidURL for one without a host, and for other schemes than HTTP's."""
        connector = session.connector
        if connector is None:
            raise RuntimeError("the session is closed")
        if url.scheme not in connector.allowed_protocol_schema_set:
            raise aiohttp.NonHttpUrlClientError(url)
        self._connector = connector
        self.loop = asyncio.get_running_loop()
        self.target = ClientRequest(hdrs.METH_POST, url, loop=self.loop, session=session)
        """What the connector looks at, to find a connection or to make one. It is never sent."""
        self._key = self.target.connection_key
        headers: CIMultiDict[str] = CIMultiDict({hdrs.HOST: url.host_port_subcomponent or ""})
        for name in (hdrs.ACCEPT, hdrs.ACCEPT_ENCODING):
            headers[name] = ClientRequest.DEFAULT_HEADERS[name]
        if hdrs.AUTHORIZATION in self.target.headers:
            headers[hdrs.AUTHORIZATION] = self.target.headers[hdrs.AUTHORIZATION]  # a name and password in the URL
        headers.update(session.headers)
        self.headers = CommonHeaders(headers)

    def take(self) -> ResponseHandler | None:
        """Take an idle connection from the pool, as the connector's `connect` does first; None where there is none.

        The one that was used last, where the connector takes the one that has been idle longest: so those of a burst that nobody
        needs any more come to their end, instead of being kept open by turns.
        """
        connector = self._connector
        idle = connector._conns.get(self._key)  # noqa: SLF001 - see the module's docstring, and so below
        if idle is None:
            return None
        kept = connector._keepalive_timeout  # noqa: SLF001
        oldest = 0.0 if kept is None else time.monotonic() - kept
        while idle:
            protocol, since = idle.pop()
            if since >= oldest and protocol.is_connected() and not protocol.should_close:
                connector._acquired.add(protocol)  # noqa: SLF001
                return protocol
            protocol.close()
        return None

    async def connect(self, seconds: float) -> ResponseHandler:
        """Make a connection within so many seconds. Raise aiohttp's errors, ConnectionTimeoutError when it took longer."""
        try:
            connection = await self._connector.connect(self.target, [], _limit_connect(seconds))
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError from error
        protocol, connection._protocol = connection._protocol, None  # noqa: SLF001 - it would give it back when it is dropped
        assert protocol is not None  # noqa: S101 - it is new
        protocol._buffer = Line()  # type: ignore[assignment]  # noqa: SLF001 - all that is asked of a deque there
        return protocol

    def give_back(self, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        """Put a connection into the pool, or close it."""
        self._connector._release(self._key, protocol, should_close=should_close)  # noqa: SLF001


_origins: WeakKeyDictionary[aiohttp.ClientSession, dict[tuple[str, str], Origin]] = WeakKeyDictionary()
"""By session, then by scheme and authority: as many as the account files name."""


def find_origin(session: aiohttp.ClientSession, url: URL) -> Origin:
    """Give the origin of a URL, made on its first use. Raise as Origin does."""
    known = _origins.get(session)
    if known is None:
        known = _origins[session] = {}
    key = (url.scheme, url.raw_authority)
    origin = known.get(key)
    if origin is None:
        origin = known[key] = Origin(session, url)
    return origin


async def exchange(
    origin: Origin,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: float,  # noqa: ASYNC109 - a timer of our own costs a third of asyncio's
    connect: float,
    max_answer: int,
) -> tuple[int, Mapping[str, str], bytes]:
    """Send one request and give (status, headers, body, unpacked). `target` is a path and query, as they are sent.

    `timeout` is seconds for all of it, `connect`, which is less, those for a connection. Raise ValueError for what cannot
    stand in a request's head, aiohttp's ConnectionTimeoutError when there was no connection in time, TimeoutError when there
    was no answer, TransportFailure (UNUSABLE) for an answer of more than `max_answer` bytes, and aiohttp's errors for all
    others. A cancelled exchange leaves no connection behind.
    """
    head = write_head(method, target, origin.headers, headers, body)
    loop = origin.loop
    end = loop.time() + timeout
    protocol = origin.take()
    if protocol is None:
        protocol = await origin.connect(connect)
    reading = _Reading(protocol)
    timer = loop.call_at(end, reading.give_up)
    try:
        _write(protocol, head if body is None else head + body)
        message, content = await protocol.read()
        while message.code < 200 and message.code != SWITCHING_PROTOCOLS:
            message, content = await protocol.read()
        answer = reading.take(content, max_answer)
        if answer is None:
            answer = await _read_on(content, max_answer)
    except BaseException:
        origin.give_back(protocol, should_close=True)
        raise
    finally:
        timer.cancel()
    origin.give_back(protocol)  # to the pool, or closed where the answer leaves it in no state for another
    return message.code, message.headers, answer


def _write(protocol: ResponseHandler, request: bytes) -> None:
    """Send a request. Raise ServerDisconnectedError where the connection has ended since it was found in the pool."""
    if protocol.transport is None:
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(read_until_eof=True)
    protocol.transport.write(request)


async def _read_on(content: aiohttp.StreamReader, max_answer: int) -> bytes:
    """Read an answer that comes in several pieces, or unpacked. Raise TransportFailure for one that is too large."""
    # Counted as it comes: what Content-Length announces is the compressed size, and aiohttp hands over the other.
    chunks: list[bytes] = []
    size = 0
    while not content.at_eof():
        chunk = await content.readany()
        size += len(chunk)
        if size > max_answer:
            raise _too_large(max_answer)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(max_answer: int) -> TransportFailure:
    return TransportFailure(FailureKind.UNUSABLE, f"an answer of more than {max_answer} bytes")


@lru_cache(maxsize=64)
def _limit_connect(seconds: float) -> ClientTimeout:
    return ClientTimeout(connect=seconds)


class _Reading:
    """One answer on its way, which can be given up."""

    __slots__ = ("content", "is_late", "protocol")

    def __init__(self, protocol: ResponseHandler) -> None:
        self.protocol = protocol
        self.is_late = False
        self.content: aiohttp.StreamReader | None = None

    def give_up(self) -> None:
        """Have whoever reads get a TimeoutError."""
        self.is_late = True
        error = TimeoutError()
        if self.content is not None:
            self.content.set_exception(error)
        else:
            self.protocol.set_exception(error)

    def take(self, content: aiohttp.StreamReader, max_answer: int) -> bytes | None:
        """Give the body where it has come with the head; else None, and `give_up` then ends the reading of it.

        Raise TransportFailure for one that is too large, and TimeoutError where the time was over between the head's arrival
        and now.
        """
        if self.is_late:
            raise TimeoutError
        answer = take_whole(content)
        if answer is None:
            self.content = content
        elif len(answer) > max_answer:
            raise _too_large(max_answer)
        return answer


class CommonHeaders:
    """Headers that every request of an origin has, where its own say nothing else."""

    __slots__ = ("_headers", "_lines_without", "_names", "_written")

    def __init__(self, headers: CIMultiDict[str]) -> None:
        self._headers = headers
        self._names = frozenset(name.lower() for name in headers)
        self._lines_without: dict[tuple[str, ...], str] = {(): _write_lines(headers)}
        """By the names that are left out: as many as there are ways of asking an origin."""
        self._written: dict[int, tuple[Mapping[str, str], str]] = {}
        """The lines of headers that do not change, by the headers' identity; with the headers, so that it stays theirs."""

    def write(self, headers: Mapping[str, str]) -> str:
        """Write them as lines, and these before them. Raise ValueError for a line break in one.

        A MappingProxyType says that its headers are sent again and never change: they are written once.
        """
        if type(headers) is not MappingProxyType:
            return self._write(headers)
        known = self._written.get(id(headers))
        if known is None or known[0] is not headers:
            if len(self._written) >= MAX_WRITTEN:
                self._written.clear()
            known = self._written[id(headers)] = headers, self._write(headers)
        return known[1]

    def _write(self, headers: Mapping[str, str]) -> str:
        own = tuple([name for name in headers if name.lower() in self._names])
        common = self._lines_without.get(own)
        if common is None:
            left_out = {name.lower() for name in own}
            kept = {name: value for name, value in self._headers.items() if name.lower() not in left_out}
            common = self._lines_without[own] = _write_lines(kept)
        return _write_lines(headers) + common


def write_head(
    method: str, target: str, common: CommonHeaders, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    """Write a request's line and headers. Raise ValueError for a line break in them."""
    if "\r" in target or "\n" in target:
        raise ValueError("a path has a line break in it")
    length = "" if body is None else f"Content-Length: {len(body)}\r\n"
    return f"{method} {target} HTTP/1.1\r\n{common.write(headers)}{length}\r\n".encode()


def _write_lines(headers: Mapping[str, str]) -> str:
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\n") != len(headers) or lines.count("\r") != len(headers) or "\0" in lines:
        raise ValueError("a header has a line break in it")
    return lines
