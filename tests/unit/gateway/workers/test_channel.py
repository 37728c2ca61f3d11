import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from config.loader import LoadedAccounts
from gateway.workers.channel import Channel, NotReady, Ready


@pytest.fixture
async def ends() -> AsyncIterator[tuple[Channel, Channel, socket.socket]]:
    """Both ends of a channel, and the second one's socket."""
    ours, theirs = socket.socketpair()
    first, second = await Channel.open(ours), await Channel.open(theirs)
    yield first, second, theirs
    first.close()
    second.close()


async def test_messages_arrive_whole_and_in_order_both_ways(ends: tuple[Channel, Channel, socket.socket]) -> None:
    first, second, _ = ends
    long = NotReady("x" * 3_000_000)
    for message in (long, Ready("http://127.0.0.1:1"), LoadedAccounts(())):
        first.send(message)
    second.send(Ready("back"))
    assert [await second.receive() for _ in range(3)] == [long, Ready("http://127.0.0.1:1"), LoadedAccounts(())]
    assert await first.receive() == Ready("back")
    assert (first.is_over, second.is_over) == (False, False)


@pytest.mark.parametrize(
    "begun", [b"", b"\0\0\0", (99).to_bytes(8, "big") + b"half"], ids=["at once", "length", "half"]
)
async def test_the_end_of_the_other_one_is_no_message(
    begun: bytes, ends: tuple[Channel, Channel, socket.socket]
) -> None:
    first, second, _ = ends
    first.send(Ready("last words"))
    first._writer.write(begun)
    first.close()
    assert await second.receive() == Ready("last words")
    assert await second.receive() is None
    assert second.is_over
    # What nobody reads any more is lost, and no failure.
    second.send(Ready("too late"))
    await asyncio.sleep(0)
    second.send(Ready("too late"))
