"""gateway/contract/streams.py: what is taken is what aiohttp would have read."""

import asyncio

import pytest
from aiohttp import EMPTY_PAYLOAD, StreamReader
from aiohttp.base_protocol import BaseProtocol

from gateway.contract.streams import Line, take_whole


async def make_stream(*pieces: bytes, eof: bool = True, limit: int = 2**16) -> StreamReader:
    loop = asyncio.get_running_loop()
    stream = StreamReader(BaseProtocol(loop), limit, loop=loop)
    for piece in pieces:
        stream.feed_data(piece)
    if eof:
        stream.feed_eof()
    return stream


@pytest.mark.parametrize("pieces", [(), (b"a",), (b"a", b"bc", b""), (b"x" * 100_000,)])
async def test_a_whole_body_is_taken_as_it_would_be_read(pieces: tuple[bytes, ...]) -> None:
    assert take_whole(await make_stream(*pieces)) == await (await make_stream(*pieces)).read()


async def test_nothing_is_nothing() -> None:
    assert take_whole(EMPTY_PAYLOAD) == await EMPTY_PAYLOAD.read()


async def test_a_body_that_goes_on_is_not_taken() -> None:
    stream = await make_stream(b"a", eof=False)
    assert take_whole(stream) is None
    stream.feed_eof()
    assert await stream.read() == b"a"


async def test_a_body_that_failed_is_not_taken() -> None:
    stream = await make_stream(b"a")
    stream.set_exception(ValueError())
    assert take_whole(stream) is None


async def test_a_body_that_was_held_back_is_not_taken() -> None:
    stream = await make_stream(b"a")
    stream._protocol._reading_paused = True
    assert take_whole(stream) is None


def test_a_line_gives_what_came_first() -> None:
    line = Line()
    line.append(1)
    line.append(2)
    assert (line.popleft(), len(line), line.popleft(), bool(line)) == (1, 1, 2, False)
    with pytest.raises(IndexError):
        line.popleft()
