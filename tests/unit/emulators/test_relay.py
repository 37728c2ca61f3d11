from __future__ import annotations

import asyncio

import pytest

from emulators.relay import Relay


async def test_bytes_go_both_ways_until_it_is_cut() -> None:
    ports: list[int] = []

    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.append(writer.get_extra_info("peername")[1])
        while line := await reader.readline():
            writer.write(line.upper())
        writer.close()

    async with await asyncio.start_server(shout, "127.0.0.1", 0) as server:
        relay = Relay()
        port = await relay.start(server.sockets[0].getsockname()[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\n")
        assert await reader.readline() == b"HELLO\n"
        relay.cut(ports[0])
        assert await reader.read() == b""
        writer.close()
        await relay.stop()


async def test_a_caller_who_hangs_up_ends_the_connection_to_the_server() -> None:
    ended = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        ended.set()

    async with await asyncio.start_server(wait, "127.0.0.1", 0) as server:
        relay = Relay()
        port = await relay.start(server.sockets[0].getsockname()[1])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        async with asyncio.timeout(5):
            await ended.wait()
        await relay.stop()


async def test_nobody_is_behind_it() -> None:
    relay = Relay()
    port = await relay.start(1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await reader.read() == b""
    writer.close()
    await relay.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
