"""vendors/exchange.py: the same request on the wire as aiohttp's own client makes, and no connection kept that should not be."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

import aiohttp
import pytest
from aiohttp import BaseConnector
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest
from multidict import CIMultiDict
from yarl import URL

from vendors.exchange import MAX_WRITTEN, CommonHeaders, exchange, find_origin, write_head

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Listener:
    """Answers every request with the next of its answers, and keeps what came on which connection."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.connections = 0
        self.last: Any = None
        """Who asked last."""
        self.asked = asyncio.Event()
        self.hung_up = asyncio.Event()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
                self.last = writer.get_extra_info("peername")
                self.requests.append(head + await reader.readexactly(length))
                self.asked.set()
                if not self.answers:
                    await reader.read()
                    return
                writer.write(self.answers.pop(0))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.hung_up.set()
            writer.close()


@asynccontextmanager
async def listening(*answers: bytes) -> AsyncIterator[tuple[Listener, str]]:
    listener = Listener(*answers)
    server = await asyncio.start_server(listener.handle, "127.0.0.1", 0)
    async with server:
        yield listener, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"User-Agent": "tests"}, cookie_jar=aiohttp.DummyCookieJar()) as made:
        yield made


async def ask(session: aiohttp.ClientSession, url: URL, *, method: str = "POST", body: bytes | None = b"{}") -> Any:
    return await exchange(
        find_origin(session, url),
        method,
        url.raw_path_qs,
        headers={"Content-Type": "application/json", "accept": "application/json"},
        body=body,
        timeout=10,
        connect=5,
        max_answer=1000,
    )


@pytest.mark.parametrize("userinfo", ["", "name:p%40ss@"])
@pytest.mark.parametrize(("method", "body"), [("POST", b'{"a": 1}'), ("POST", b""), ("DELETE", None)])
async def test_the_request_is_the_one_that_aiohttp_would_make(
    session: aiohttp.ClientSession, userinfo: str, method: str, body: bytes | None
) -> None:
    async with listening(OK, OK) as (listener, authority):
        url = URL(f"http://{userinfo}{authority}/p%3Aq/ü?b=1&a=%20")
        await ask(session, url, method=method, body=body)
        headers = {"Content-Type": "application/json", "accept": "application/json"}
        async with session.request(method, url, data=body, headers=headers) as answer:
            await answer.read()
    ours, theirs = (read_request(request) for request in listener.requests)
    theirs[1].popall("content-length", None) if method == "DELETE" else None  # aiohttp says 0 where there is no body
    assert ours == theirs


def read_request(request: bytes) -> tuple[bytes, CIMultiDict[str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    line, *headers = head.split(b"\r\n")
    named = (header.decode().split(": ", 1) for header in headers)
    return line, CIMultiDict(sorted((name.lower(), value) for name, value in named)), body


async def test_a_connection_is_used_again(session: aiohttp.ClientSession) -> None:
    async with listening(OK, OK, OK) as (listener, authority):
        for _ in range(3):
            status, headers, body = await ask(session, URL(f"http://{authority}/"))
            assert (status, dict(headers), body) == (200, {"Content-Length": "2"}, b"ok")
        assert listener.connections == 1


async def test_the_connection_that_was_used_last_is_used_again(session: aiohttp.ClientSession) -> None:
    async with listening(*[OK] * 5) as (listener, authority):
        url = URL(f"http://{authority}/")
        await asyncio.gather(ask(session, url), ask(session, url))
        assert listener.connections == 2
        ports = []
        for _ in range(3):
            await ask(session, url)
            ports.append(listener.last)
        assert len(set(ports)) == 1
        assert listener.connections == 2


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        OK + b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nnobody asked..",
    ],
    ids=["it says so", "an old server", "it sends too much"],
)
async def test_a_connection_that_cannot_be_used_again_is_not(session: aiohttp.ClientSession, first: bytes) -> None:
    async with listening(first, OK) as (listener, authority):
        assert (await ask(session, URL(f"http://{authority}/")))[2] == b"ok"
        assert (await ask(session, URL(f"http://{authority}/")))[2] == b"ok"
        assert listener.connections == 2


async def test_a_server_that_is_still_at_work_says_so_first(session: aiohttp.ClientSession) -> None:
    async with listening(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK) as (_, authority):
        assert (await ask(session, URL(f"http://{authority}/")))[0] == 200


async def test_an_answer_without_a_body(session: aiohttp.ClientSession) -> None:
    async with listening(b"HTTP/1.1 204 No Content\r\n\r\n", OK) as (listener, authority):
        assert (await ask(session, URL(f"http://{authority}/")))[0::2] == (204, b"")
        assert (await ask(session, URL(f"http://{authority}/")))[2] == b"ok"
        assert listener.connections == 1


async def test_a_cancelled_exchange_hangs_up(session: aiohttp.ClientSession) -> None:
    async with listening() as (listener, authority):
        asking = asyncio.ensure_future(ask(session, URL(f"http://{authority}/")))
        await listener.asked.wait()
        asking.cancel()
        await asyncio.wait({asking})
        assert asking.cancelled()
        async with asyncio.timeout(5):
            await listener.hung_up.wait()


async def test_origins_are_found_again_by_scheme_and_authority(session: aiohttp.ClientSession) -> None:
    one = find_origin(session, URL("http://127.0.0.1:1/a"))
    assert find_origin(session, URL("http://127.0.0.1:1/b?c")) is one
    others = ["http://127.0.0.1:2/", "https://127.0.0.1:1/", "http://name@127.0.0.1:1/"]
    assert all(find_origin(session, URL(other)) is not one for other in others)


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\r\nb", "a\0b"])
def test_a_head_holds_no_line_that_its_caller_did_not_mean(bad: str) -> None:
    common = CommonHeaders(CIMultiDict({"Host": "h"}))
    for headers in ({"X": bad}, {bad: "x"}, {"host": bad}):
        with pytest.raises(ValueError, match="line break"):
            write_head("POST", "/", common, headers, b"")
    if bad != "a\0b":
        with pytest.raises(ValueError, match="line break"):
            write_head("POST", f"/{bad}", common, {}, b"")


def test_a_request_s_own_headers_come_first_and_count() -> None:
    common = CommonHeaders(CIMultiDict({"Host": "h", "Accept": "*/*"}))
    assert write_head("POST", "/p?q", common, {"X": "ä"}, b"12") == (
        "POST /p?q HTTP/1.1\r\nX: ä\r\nHost: h\r\nAccept: */*\r\nContent-Length: 2\r\n\r\n".encode()
    )
    assert (
        write_head("GET", "/", common, {"accept": "a/b"}, None) == b"GET / HTTP/1.1\r\naccept: a/b\r\nHost: h\r\n\r\n"
    )


def test_headers_that_do_not_change_are_written_once() -> None:
    common = CommonHeaders(CIMultiDict({"Host": "h"}))
    behind = {"X": "1"}
    fixed = MappingProxyType(behind)
    assert common.write(fixed) == common.write(behind) == "X: 1\r\nHost: h\r\n"
    behind["X"] = "2"
    assert common.write(fixed) == "X: 1\r\nHost: h\r\n"
    assert common.write(behind) == common.write(MappingProxyType(behind)) == "X: 2\r\nHost: h\r\n"
    for number in range(3 * MAX_WRITTEN):
        assert common.write(MappingProxyType({"X": str(number)})) == f"X: {number}\r\nHost: h\r\n"
    with pytest.raises(ValueError, match="line break"):
        common.write(MappingProxyType({"X": "a\nb"}))


def test_aiohttp_s_lower_half_is_as_it_was() -> None:
    connect = inspect.signature(BaseConnector.connect)
    assert list(connect.parameters) == ["self", "req", "traces", "timeout"]
    settings = inspect.signature(ResponseHandler.set_response_params).parameters
    assert (settings["read_until_eof"].default, settings["auto_decompress"].default) == (False, True)
    assert (settings["skip_payload"].default, settings["read_timeout"].default) == (False, None)
    assert inspect.iscoroutinefunction(ResponseHandler.read)
    release = inspect.signature(BaseConnector._release)
    assert list(release.parameters) == ["self", "key", "protocol", "should_close"]
    for code in (BaseConnector._get.__code__, BaseConnector._release.__code__):
        assert {"_conns", "_release_acquired", "_acquired", "_keepalive_timeout"} & set(code.co_names)
    assert set(ClientRequest.DEFAULT_HEADERS) == {"Accept", "Accept-Encoding"}
