"""What each kind of trouble looks like from the client's side of the proxy."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.chaos.proxy import FaultProxy, Kind, Trouble

ASKED = b"a question"
ANSWER = b"an answer of some length"


class Server:
    """Answers whatever it is sent, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            self.heard += data
            writer.write(ANSWER)
        writer.close()


@pytest.fixture
async def server() -> Server:
    return Server()


@pytest.fixture
async def proxy(server: Server) -> AsyncIterator[FaultProxy]:
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    async with FaultProxy(host, port, seed=1) as running:
        yield running
    listening.close()
    await listening.wait_closed()


async def ask(proxy: FaultProxy, *, patience: float = 0.3) -> tuple[bytes, str]:
    """Send one question; give what came, and whether the connection then stood (`open`) or how it ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(ASKED)
    came = b""
    try:
        async with asyncio.timeout(patience):
            while chunk := await reader.read(1000):
                came += chunk
            return came, "closed"
    except TimeoutError:
        return came, "open"
    except ConnectionResetError:
        return came, "reset"
    finally:
        writer.close()


async def test_without_trouble_all_is_forwarded(proxy: FaultProxy, server: Server) -> None:
    assert await ask(proxy) == (ANSWER, "open")
    assert (server.heard, proxy.struck.total()) == (ASKED, 0)


@pytest.mark.parametrize(
    ("kind", "came", "heard", "end"),
    [
        (Kind.CUT_AT_CONNECT, b"", b"", {"closed", "reset"}),  # a reset where the question had come already
        (Kind.CUT_IN_REQUEST, b"", b"", {"closed"}),
        (Kind.CUT_IN_ANSWER, b"", ASKED, {"closed"}),
        (Kind.RESET, b"", ASKED, {"reset"}),
        (Kind.HALF_OPEN, b"", b"", {"open"}),
    ],
)
async def test_a_connection_that_breaks(
    kind: Kind, came: bytes, heard: bytes, end: set[str], proxy: FaultProxy, server: Server
) -> None:
    proxy.trouble = Trouble(kind=kind)
    got, ended = await ask(proxy)
    assert (got, server.heard, proxy.struck) == (came, heard, {kind: 1})
    assert ended in end
    proxy.trouble = None
    assert (await ask(proxy))[0] == ANSWER


async def test_a_cut_comes_after_the_same_bytes_for_the_same_seed(server: Server, proxy: FaultProxy) -> None:
    trouble = Trouble(kind=Kind.CUT_IN_ANSWER, within=len(ANSWER) - 1)
    runs = []
    for _ in range(2):
        async with FaultProxy(*proxy.target, seed=7) as again:
            again.trouble = trouble
            runs.append([await ask(again) for _ in range(6)])
    assert runs[0] == runs[1]
    assert all(end == "closed" and ANSWER.startswith(came) and came != ANSWER for came, end in runs[0])
    assert len({came for came, _ in runs[0]}) > 1


async def test_garbage_has_the_length_of_what_it_replaces(proxy: FaultProxy) -> None:
    proxy.trouble = Trouble(kind=Kind.GARBAGE)
    came, end = await ask(proxy)
    assert (len(came), end, came == ANSWER) == (len(ANSWER), "open", False)


@pytest.mark.parametrize(
    "trouble",
    [Trouble(kind=Kind.DRIP, seconds=0.01), Trouble(kind=Kind.DELAY, seconds=0.3)],
    ids=lambda trouble: trouble.kind,
)
async def test_what_comes_late_is_whole(trouble: Trouble, proxy: FaultProxy) -> None:
    proxy.trouble = trouble
    assert (await ask(proxy, patience=1))[0] == ANSWER
    assert proxy.struck == {trouble.kind: 1}


async def test_silenced_and_reset_from_outside(proxy: FaultProxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(ASKED)
    assert await reader.readexactly(len(ANSWER)) == ANSWER
    proxy.silence_all()
    writer.write(ASKED)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.2)
    proxy.reset_all()
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    writer.close()


async def test_a_changed_target_is_where_new_connections_lead(proxy: FaultProxy) -> None:
    other = Server()
    listening = await asyncio.start_server(other.answer, "127.0.0.1", 0)
    proxy.target = listening.sockets[0].getsockname()
    assert await ask(proxy) == (ANSWER, "open")
    assert other.heard == ASKED
    listening.close()
    await listening.wait_closed()
