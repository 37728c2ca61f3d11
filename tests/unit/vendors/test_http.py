"""vendors/http.py over real sockets: servers of a few lines that answer byte by byte as a test says, or not at all."""

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.errors import FailureKind
from gateway.contract.wire import WireError, loads
from vendors.exchange import TransportFailure
from vendors.http import MAX_ANSWER, MAX_RETRY_AFTER, HttpAnswer, parse_retry_after, send

CASES = loads((Path(__file__).parents[2] / "data/http_answers.json").read_bytes())
NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(talk: Talk, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Run a server that handles each connection so, and give its address."""
    talking: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        # A handler that ends as cancelled is logged by asyncio as a fault.
        with contextlib.suppress(asyncio.CancelledError):
            await talk(reader, writer)
        talking.discard(task)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        port = server.sockets[0].getsockname()[1]
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}/"
    finally:
        server.close()
        hanging = list(talking)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        await server.wait_closed()


def answering(wire: bytes) -> AbstractAsyncContextManager[str]:
    """Run a server that reads a request, writes these bytes and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(wire)
        await writer.drain()

    return serving(talk)


async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


async def post(session: aiohttp.ClientSession, url: str, **more: Any) -> HttpAnswer:
    return await send(session, "POST", url, **{"headers": {}, "body": b"", "timeout": 5, **more})


async def fail(session: aiohttp.ClientSession, url: str, **more: Any) -> tuple[str, str]:
    with pytest.raises(TransportFailure) as caught:
        await post(session, url, **more)
    assert str(caught.value) == caught.value.what
    return caught.value.kind.name, caught.value.what


@pytest.mark.parametrize("case", CASES["answers"], ids=lambda case: case["name"])
async def test_whole_answer_is_given_back(session: aiohttp.ClientSession, case: dict[str, Any]) -> None:
    async with answering(case["wire"].encode()) as url:
        answer = await post(session, url)

    assert {"status": answer.status, "body": answer.body.decode(), "retry_after": answer.retry_after} == case["answer"]


@pytest.mark.parametrize("case", CASES["failures"], ids=lambda case: case["name"])
async def test_broken_answer_is_cut(session: aiohttp.ClientSession, case: dict[str, Any]) -> None:
    async with answering(case["wire"].encode()) as url:
        assert await fail(session, url) == (case["kind"], case["what"])


async def test_request_goes_out_as_given(session: aiohttp.ClientSession) -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(7))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with serving(talk) as url:
        await post(session, f"{url}a%2Fb?c=d", headers={"Content-Type": "application/json"}, body=b'{"a":1}')

    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /a%2Fb?c=d HTTP/1.1"
    assert {"Content-Type: application/json", "Content-Length: 7"} <= set(lines)
    assert body == b'{"a":1}'


async def test_headers_are_found_in_any_case(session: aiohttp.ClientSession) -> None:
    async with answering(b"HTTP/1.1 429 Slow\r\nreTRY-after: 2\r\nContent-Length: 0\r\n\r\n") as url:
        assert (await post(session, url)).retry_after == 2.0


async def test_nobody_listens(session: aiohttp.ClientSession) -> None:
    async with answering(b"") as url:
        pass

    assert await fail(session, url) == ("NOT_SENT", "no connection (ClientConnectorError)")


async def test_no_such_name(session: aiohttp.ClientSession) -> None:
    assert await fail(session, "http://botbridge.invalid/") == ("NOT_SENT", "no connection (ClientConnectorDNSError)")


async def test_tls_with_a_certificate_of_nobody(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    async with serving(silent, tls=_self_signed(tmp_path)) as url:
        assert await fail(session, url) == ("NOT_SENT", "no connection (ClientConnectorCertificateError)")


async def test_tls_to_a_server_that_speaks_none(session: aiohttp.ClientSession) -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(plain) as url:
        assert await fail(session, url.replace("http", "https")) == (
            "NOT_SENT",
            "no connection (ClientConnectorSSLError)",
        )


async def test_tls_that_is_never_answered(session: aiohttp.ClientSession) -> None:
    async with serving(silent) as url:
        assert await fail(session, url.replace("http", "https"), timeout=0.2) == ("NOT_SENT", "no connection in time")


async def test_silence_after_the_request(session: aiohttp.ClientSession) -> None:
    async with serving(silent) as url:
        assert await fail(session, url, timeout=0.2) == ("TIMED_OUT", "no answer in time")


async def test_silence_in_the_body(session: aiohttp.ClientSession) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
        await asyncio.Event().wait()

    async with serving(talk) as url:
        assert await fail(session, url, timeout=0.2) == ("TIMED_OUT", "no answer in time")


async def test_no_free_connection_in_time() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session, serving(silent) as url:
        first = asyncio.ensure_future(post(session, url))
        await asyncio.sleep(0)

        assert await fail(session, url, timeout=0.2) == ("NOT_SENT", "no connection in time")
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_cancellation_is_no_failure(session: aiohttp.ClientSession) -> None:
    reached = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        reached.set()
        await asyncio.Event().wait()

    async with serving(talk) as url:
        asking = asyncio.ensure_future(post(session, url))
        await reached.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


@pytest.mark.parametrize("url", ["http://", "ftp://127.0.0.1/", "http://127.0.0.1:99999/", "/path"])
async def test_what_is_no_url(session: aiohttp.ClientSession, url: str) -> None:
    assert await fail(session, url) == ("REFUSED", "not a URL that can be called")


async def test_host_that_can_be_no_name(session: aiohttp.ClientSession) -> None:
    assert await fail(session, "http://a..b/") == ("REFUSED", "not a request that can be sent")


async def test_header_with_a_line_break_is_not_sent(session: aiohttp.ClientSession) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as url:
        assert await fail(session, url, headers={"X-A": "b\r\nX-C: d"}) == ("REFUSED", "not a request that can be sent")


TOO_LARGE = ("UNUSABLE", f"an answer of more than {MAX_ANSWER} bytes")


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def measured(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers, b"", body])


@pytest.mark.parametrize("frame", [chunked, measured])
async def test_largest_answer_is_taken_and_one_byte_more_is_not(
    session: aiohttp.ClientSession, frame: Callable[[bytes], bytes]
) -> None:
    async with answering(frame(b"a" * MAX_ANSWER)) as url:
        assert len((await post(session, url)).body) == MAX_ANSWER

    async with answering(frame(b"a" * (MAX_ANSWER + 1))) as url:
        assert await fail(session, url) == TOO_LARGE


async def test_small_answer_that_unpacks_to_a_large_one_is_refused(session: aiohttp.ClientSession) -> None:
    packed = gzip.compress(b"a" * (16 * MAX_ANSWER))
    assert len(packed) < MAX_ANSWER / 10

    async with answering(measured(packed, b"Content-Encoding: gzip")) as url:
        assert await fail(session, url) == TOO_LARGE


async def test_good_answer_after_a_failure(session: aiohttp.ClientSession) -> None:
    wires = [b"", measured(b"{}")]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(wires.pop(0))

    async with serving(talk) as url:
        assert (await fail(session, url))[0] == "CUT"
        assert (await post(session, url)).json() == {}


@pytest.mark.parametrize("case", CASES["retry_after"], ids=lambda case: repr(case["value"]))
def test_retry_after(case: dict[str, Any]) -> None:
    assert parse_retry_after(case["value"], now=NOW) == case["seconds"]


def test_retry_after_of_an_answer_is_counted_from_now() -> None:
    later = datetime.now(UTC) + timedelta(seconds=60)
    answer = HttpAnswer(503, {"Retry-After": later.strftime("%a, %d %b %Y %H:%M:%S GMT")}, b"")

    assert answer.retry_after is not None
    assert 50 < answer.retry_after <= 60


@given(st.text() | st.datetimes().map(lambda moment: f"{moment:%d %b} {moment.year} {moment:%H:%M:%S} +2359"))
def test_any_retry_after_is_none_or_seconds_within_a_day(value: str) -> None:
    seconds = parse_retry_after(value, now=NOW)

    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER


@pytest.mark.parametrize(
    ("body", "value"), [(b'{"a": 1}', {"a": 1}), (b"[]", None), (b"busy", None), (b"", None), (b"null", None)]
)
def test_error_body_as_object(body: bytes, value: object) -> None:
    assert HttpAnswer(500, {}, body).json_object() == value


def test_body_that_is_not_json() -> None:
    with pytest.raises(WireError) as caught:
        HttpAnswer(200, {}, b"busy").json()

    assert str(caught.value) == "not JSON: line 1, column 1"


def test_failure_names_its_kind() -> None:
    failure = TransportFailure(FailureKind.CUT, "the connection broke")

    assert (failure.kind, failure.what) == (FailureKind.CUT, "the connection broke")


def _self_signed(folder: Path) -> ssl.SSLContext:
    """Make a certificate for 127.0.0.1 that no client has reason to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context
