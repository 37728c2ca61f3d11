"""A relay between a caller and a server, which can cut a connection in a way that the server itself cannot."""

from __future__ import annotations

import asyncio


class Relay:
    """Hands bytes on between a loopback port of its own and another one."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        """Listen on a free port of this host once started."""
        self._host = host
        self._target = 0
        self._server: asyncio.Server | None = None
        self._pairs: dict[int, tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = {}
        """By the port from which the server is called."""
        self._pumps: set[asyncio.Future[None]] = set()

    async def start(self, target: int) -> int:
        """Relay to that port; return our own."""
        self._target = target
        self._server = await asyncio.start_server(self._accept, self._host, 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Cut every connection and listen no more."""
        if self._server is not None:
            self._server.close()
        for port in list(self._pairs):
            self.cut(port)
        if self._pumps:
            await asyncio.wait(self._pumps)
        if self._server is not None:
            await self._server.wait_closed()

    def cut(self, port: int) -> None:
        """Cut the connection that reaches the server from this port, at both ends and at once."""
        for writer in self._pairs.pop(port, ()):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(self._host, self._target)
        except OSError:
            writer.transport.abort()
            return
        port = far_writer.get_extra_info("sockname")[1]
        self._pairs[port] = (writer, far_writer)
        pumps = [asyncio.ensure_future(_pump(reader, far_writer)), asyncio.ensure_future(_pump(far_reader, writer))]
        self._pumps.update(pumps)
        try:
            await asyncio.wait(pumps)
        finally:
            self._pumps.difference_update(pumps)
            self.cut(port)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()
