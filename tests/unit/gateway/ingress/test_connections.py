"""gateway/ingress/connections.py: whichever way a request goes, ours or aiohttp's, its answer is the same."""

import asyncio
import gzip
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import NamedTuple

import pytest
from aiohttp import web

from gateway.contract.wire import dumps
from gateway.ingress.call import MAX_BODY, Answered, Call
from gateway.ingress.connections import Runner
from gateway.ingress.errors import to_route

PATH = "/v1/accounts/{account}/bots/{bot}/events"
HERE = b"POST /v1/accounts/1/bots/b-2/events HTTP/1.1\r\nHost: h\r\n"
BODY = '{"message":"ä"}'.encode()
ERROR_ID = re.compile(rb"[0-9a-f-]{36}")
LENGTH = f"Content-Length: {len(BODY)}\r\n".encode()
PACKED = gzip.compress(BODY)
WHOLE = HERE + LENGTH + b"\r\n" + BODY
AS_USUAL = {
    "in pieces": (HERE + LENGTH + b"\r\n", BODY),
    "in small pieces": tuple(WHOLE[start : start + 7] for start in range(0, len(WHOLE), 7)),
    "goes": (HERE + b"Connection: close\r\n" + LENGTH + b"\r\n" + BODY,),
    "old": (HERE.replace(b"1.1", b"1.0") + LENGTH + b"\r\n" + BODY,),
    "old, stays": (HERE.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n" + LENGTH + b"\r\n" + BODY,),
    "packed": (HERE + f"Content-Encoding: gzip\r\nContent-Length: {len(PACKED)}\r\n\r\n".encode() + PACKED,),
    "quoted path": (WHOLE.replace(b"b-2", b"b%2D2"),),
    "query": (WHOLE.replace(b"/events ", b"/events?x=1 "),),
    "other path": (WHOLE.replace(b"/events ", b"/events/ "),),
    "no name": (WHOLE.replace(b"b-2", b""),),
    "other method": (WHOLE.replace(b"POST", b"PUT"),),
    "not HTTP": (b"POST \r\n\r\n",),
    "bad header": (WHOLE.replace(b"Host: h", b"Ho st: h"),),
    "too large": (HERE + f"Content-Length: {MAX_BODY + 1}\r\n\r\n".encode(), b"x" * (MAX_BODY + 1)),
}
OURS = {
    "whole": (WHOLE,),
    "empty lines first": (b"\r\n" + WHOLE,),
    "no body": (HERE + b"Content-Length: 0\r\n\r\n",),
    "chunked": (
        HERE + b"Transfer-Encoding: chunked\r\n\r\n" + f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n",
    ),
    "large": (HERE + b"Content-Length: 60000\r\n\r\n" + b"x" * 60_000,),
}


class Seen(NamedTuple):
    status: bytes
    headers: dict[str, str]
    body: bytes
    stays: bool


Answerer = Callable[[Call, tuple[str, ...]], Awaitable[Answered]]


async def echo(call: Call, names: tuple[str, ...]) -> Answered:
    """Answer what has been understood."""
    body = call.body if call.body is not None else await call.read()
    seen = [list(names), call.headers.get("HOST"), call.remote, body.decode()]
    return Answered(dumps(seen), 200 if body else 503, (("Retry-After", "1"),) if not body else ())


@asynccontextmanager
async def serving(handler: Answerer, *, ours: bool = True) -> AsyncIterator[tuple[str, int]]:
    """Serve a handler at PATH, through our connections or through aiohttp's alone."""
    application = web.Application(client_max_size=MAX_BODY)
    application.router.add_post(PATH, to_route(handler))
    options = {"access_log": None, "shutdown_timeout": 1.0}
    runner = Runner(application, {PATH: handler} if ours else {}, **options)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield host, port
    finally:
        await runner.cleanup()


async def read_answer(reader: asyncio.StreamReader) -> tuple[bytes, dict[str, str], bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return status.encode(), headers, await reader.readexactly(int(headers["Content-Length"]))


async def look(pieces: tuple[bytes, ...], *, ours: bool) -> tuple[Seen, bool]:
    """Send a request; give what came, and whether aiohttp wrote it (it names itself)."""
    async with serving(echo, ours=ours) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.002)
        status, headers, body = await read_answer(reader)
        assert parsedate_to_datetime(headers.pop("Date")).year >= 2026
        by_aiohttp = headers.pop("Server", None) is not None
        writer.write(WHOLE)
        stays = await reader.read(8) == b"HTTP/1.1"
        writer.close()
        return Seen(status, headers, ERROR_ID.sub(b"-", body), stays), by_aiohttp


@pytest.mark.parametrize("pieces", OURS.values(), ids=OURS)
async def test_our_answer_is_aiohttp_s(pieces: tuple[bytes, ...]) -> None:
    (ours, by_aiohttp), (theirs, _) = [await look(pieces, ours=ours) for ours in (True, False)]
    assert ours == theirs
    assert not by_aiohttp


@pytest.mark.parametrize("pieces", AS_USUAL.values(), ids=AS_USUAL)
async def test_what_is_unusual_goes_aiohttp_s_way(pieces: tuple[bytes, ...]) -> None:
    (ours, by_aiohttp), (theirs, _) = [await look(pieces, ours=ours) for ours in (True, False)]
    assert ours == theirs
    assert by_aiohttp


@pytest.mark.parametrize("keeps", [True, False], ids=["stays", "one request"])
async def test_a_caller_that_sends_at_once_gets_our_answer(*, keeps: bool) -> None:
    """Connection and request are there before the server has looked at either, as of callers that come for one event."""
    async with serving(echo) as address:
        plug = socket.create_connection(address)
        plug.sendall(WHOLE if keeps else WHOLE + WHOLE)
        reader, writer = await asyncio.open_connection(sock=plug)
        status, headers, _ = await read_answer(reader)
        assert (status, "Server" in headers) == (b"HTTP/1.1 200 OK", not keeps)
        if keeps:
            writer.write(WHOLE)
        assert (await read_answer(reader))[0] == b"HTTP/1.1 200 OK"
        writer.close()


async def test_what_nobody_foresaw_is_an_answer() -> None:
    async def fail(_call: Call, _names: tuple[str, ...]) -> Answered:
        raise ZeroDivisionError("secret")

    async with serving(fail) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(WHOLE)
        status, _, body = await read_answer(reader)
        writer.close()
    assert status == b"HTTP/1.1 500 Internal Server Error"
    assert b"An unforeseen fault ended the turn" in body
    assert b"secret" not in body


@pytest.mark.parametrize("requests", [WHOLE * 3, WHOLE + b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" + WHOLE])
async def test_requests_in_one_go_are_answered_one_after_the_other(requests: bytes) -> None:
    async with serving(echo) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(requests)
        answers = [await read_answer(reader) for _ in range(3)]
        writer.close()
    assert [answer[2].decode().endswith('"{\\"message\\":\\"ä\\"}"]') for answer in answers] == [
        True,
        b"GET" not in requests,
        True,
    ]


class Gate:
    """A handler that waits until it is told to answer."""

    def __init__(self) -> None:
        self.came = asyncio.Event()
        self.open = asyncio.Event()
        self.calls = 0

    async def answer(self, call: Call, _names: tuple[str, ...]) -> Answered:
        self.calls += 1
        self.came.set()
        await self.open.wait()
        return Answered(call.body if call.body is not None else await call.read())


async def test_what_comes_meanwhile_waits_for_its_turn() -> None:
    gate = Gate()
    async with serving(gate.answer) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(WHOLE)
        await gate.came.wait()
        writer.write(WHOLE + WHOLE[:-3])
        await asyncio.sleep(0.05)
        assert gate.calls == 1
        gate.open.set()
        answers = [await read_answer(reader) for _ in range(2)]
        writer.write(WHOLE[-3:])
        answers.append(await read_answer(reader))
        writer.close()
    assert [answer[2] for answer in answers] == [BODY] * 3
    assert gate.calls == 3


async def test_a_caller_who_goes_away_leaves_nothing_behind() -> None:
    gate = Gate()
    async with serving(gate.answer) as (host, port):
        _, writer = await asyncio.open_connection(host, port)
        writer.write(WHOLE)
        await gate.came.wait()
        writer.transport.abort()
        await asyncio.sleep(0.05)
        gate.open.set()
        await asyncio.sleep(0.05)
        names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]
        assert [name for name in names if "Connection" in name or "RequestHandler" in name] == []


async def test_the_end_of_the_server_waits_for_an_answer() -> None:
    gate = Gate()
    async with serving(gate.answer) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(WHOLE)
        await gate.came.wait()
        asyncio.get_running_loop().call_later(0.1, gate.open.set)
    assert (await read_answer(reader))[2] == BODY
    assert await reader.read() == b""
    writer.close()


async def test_the_end_of_the_server_does_not_wait_for_ever() -> None:
    gate = Gate()
    async with asyncio.timeout(10), serving(gate.answer) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(WHOLE)
        await gate.came.wait()
    assert await reader.read() == b""
    writer.close()


async def test_a_client_that_does_not_read_is_waited_for() -> None:
    calls = 0
    large = b"x" * 65536

    async def answer(_call: Call, _names: tuple[str, ...]) -> Answered:
        nonlocal calls
        calls += 1
        return Answered(large)

    async with serving(answer) as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        for _ in range(400):
            writer.write(WHOLE)
        async with asyncio.timeout(20):
            while not calls:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert calls < 400
        answers = [await read_answer(reader) for _ in range(400)]
        writer.close()
    assert all(answer[2] == large for answer in answers)
    assert calls == 400


async def test_a_connection_stays_as_long_as_it_is_used() -> None:
    """Keep-alive counts from an answer's end, and no request under way is cut by it."""
    gate = Gate()
    application = web.Application()
    application.router.add_post(PATH, to_route(gate.answer))
    runner = Runner(application, {PATH: gate.answer}, access_log=None, keepalive_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(WHOLE)
        await gate.came.wait()
        await asyncio.sleep(0.5)
        gate.open.set()
        assert (await read_answer(reader))[2] == BODY
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
    finally:
        await runner.cleanup()


def test_aiohttp_is_the_one_that_this_was_written_for() -> None:
    """Look again at aiohttp/web_protocol.py (data_received, start, shutdown, _process_keepalive) before this moves on."""
    assert version("aiohttp").split(".")[:2] == ["3", "14"]
