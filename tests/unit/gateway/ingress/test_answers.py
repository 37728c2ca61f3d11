"""gateway/ingress/answers.py: what is written in one piece is what aiohttp would have written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import pytest
from aiohttp import web

from gateway.ingress.answers import MAX_BEHIND, TurnAnswer
from gateway.sessions.repeats import Answer

PLAIN = Answer(b'{"messages":["\xc3\xa4"],"context":{}}')
ESCALATION = Answer(b"{}", "botbridge.error.some", "0ac9b0e6-2f4b-4a5e-9f0e-6a4b1f0f0c55")
REQUESTS = {
    "stays": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    "goes": b"POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "old": b"POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
    "old, stays": b"POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
}


class Seen(NamedTuple):
    status: bytes
    headers: dict[str, str]
    body: bytes
    stays: bool
    has_server: bool


@asynccontextmanager
async def serving(
    answer: Answer, *, usual: bool, made: list[TurnAnswer] | None = None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Serve one answer to every request, ours or as aiohttp writes it, and connect."""

    async def handle(_request: web.BaseRequest) -> web.StreamResponse:
        if not usual:
            response = TurnAnswer(answer)
            if made is not None:
                made.append(response)
            return response
        headers = {} if answer.error_name is None else {"X-Error-Name": answer.error_name}
        headers |= {} if answer.error_id is None else {"X-Error-Id": answer.error_id}
        return web.Response(body=answer.body, content_type="application/json", headers=headers)

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        reader, writer = await asyncio.open_connection(host, port)
        yield reader, writer
        writer.close()
    finally:
        await runner.cleanup()


async def read_answer(reader: asyncio.StreamReader) -> tuple[bytes, dict[str, str], bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return status.encode(), headers, await reader.readexactly(int(headers["Content-Length"]))


async def look(answer: Answer, request: bytes, *, usual: bool) -> Seen:
    async with serving(answer, usual=usual) as (reader, writer):
        writer.write(request)
        status, headers, body = await read_answer(reader)
        assert parsedate_to_datetime(headers.pop("Date")).year >= 2026
        has_server = headers.pop("Server", None) is not None
        writer.write(REQUESTS["stays"])
        stays = await reader.read(8) == b"HTTP/1.1"
        return Seen(status, headers, body, stays, has_server)


@pytest.mark.parametrize("answer", [PLAIN, ESCALATION], ids=["plain", "escalation"])
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
async def test_the_answer_is_aiohttp_s(answer: Answer, request_: bytes) -> None:
    ours, theirs = [await look(answer, request_, usual=usual) for usual in (False, True)]
    assert ours._replace(has_server=True) == theirs
    assert ours.has_server is (answer is ESCALATION or request_ is not REQUESTS["stays"])


async def test_requests_in_one_go_are_answered_one_after_the_other() -> None:
    async with serving(PLAIN, usual=False) as (reader, writer):
        writer.write(REQUESTS["stays"] * 3)
        answers = [await read_answer(reader) for _ in range(3)]
    assert [answer[2] for answer in answers] == [PLAIN.body] * 3


async def test_a_client_that_does_not_read_is_waited_for() -> None:
    large = Answer(b"x" * MAX_BEHIND)
    made: list[TurnAnswer] = []
    async with serving(large, usual=False, made=made) as (reader, writer):
        writer.write(REQUESTS["stays"] * 400)
        async with asyncio.timeout(20):
            while not made:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert len(made) < 400
        answers = [await read_answer(reader) for _ in range(400)]
    assert all(answer[2] == large.body for answer in answers)
    assert len(made) == 400
