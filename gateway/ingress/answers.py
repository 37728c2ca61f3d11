"""A turn's answer as it goes out: a 200 of JSON, the one response that every event has.

aiohttp's own response, with its headers as a dictionary and its stream of chunks, is a good part of what an event costs. Most
answers are bytes that are at hand, no escalations, to a client that stays: those are written here in one piece. All others
aiohttp writes.
"""

import time
from email.utils import formatdate
from typing import Final

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.web_request import BaseRequest

from gateway.sessions.repeats import Answer

ERROR_NAME: Final = "X-Error-Name"
ERROR_ID: Final = "X-Error-Id"
MAX_BEHIND: Final = 64 * 1024
"""Bytes that a client may have left unread; behind more than that aiohttp waits until it reads."""


class TurnAnswer(web.StreamResponse):
    """The answer of a turn, with the headers that say which error it is an escalation of."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer
        self._request: BaseRequest | None = None
        self._usual: web.Response | None = None

    async def prepare(self, request: BaseRequest) -> AbstractStreamWriter | None:
        """Decide how it is written."""
        transport = request.transport
        if (
            self._answer.error_name is None
            and request.keep_alive
            and request.version == HttpVersion11
            and transport is not None
            and transport.get_write_buffer_size() <= MAX_BEHIND
        ):
            self._request = request
            self._keep_alive = True
            return None
        self._usual = _make_usual(self._answer)
        writer = await self._usual.prepare(request)
        self._keep_alive = self._usual.keep_alive
        return writer

    async def write_eof(self, data: bytes = b"") -> None:
        """Write it."""
        if self._usual is not None:
            await self._usual.write_eof(data)
        elif self._request is not None and self._request.transport is not None:
            self._request.transport.write(_write_head(self._answer.body) + self._answer.body)


def _make_usual(answer: Answer) -> web.Response:
    response = web.Response(body=answer.body, content_type="application/json")
    if answer.error_name is not None and answer.error_id is not None:
        response.headers[ERROR_NAME] = answer.error_name
        response.headers[ERROR_ID] = answer.error_id
    return response


def _write_head(body: bytes) -> bytes:
    return (
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"Date: {_date.now()}\r\n\r\n"
    ).encode()


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
