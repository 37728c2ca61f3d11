"""A TCP proxy that spoils the connections it carries: between the gateway and a vendor, or the gateway and Redis.

What happens to a connection is drawn when it is accepted, from the proxy's seed and the connection's number alone, so that the
same seed strikes the same connections at the same bytes whatever else goes on.
"""

import asyncio
import random
import socket
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

CHUNK: Final = 65536


class Kind(StrEnum):
    """What goes wrong on a connection."""

    CUT_AT_CONNECT = "cut at connect"
    """Accepted and closed at once."""
    CUT_IN_REQUEST = "cut in the request"
    """Closed after so many bytes towards the server."""
    CUT_IN_ANSWER = "cut in the answer"
    """Closed after so many bytes from the server."""
    RESET = "reset"
    """Ended by RST instead of FIN, after so many bytes from the server."""
    DELAY = "delay"
    """From a byte on, whatever the server sends comes late."""
    HALF_OPEN = "half-open"
    """From a byte on, nothing is forwarded in either direction, and nobody is told."""
    DRIP = "slow drip"
    """From a byte on, what the server sends comes byte by byte."""
    GARBAGE = "garbage"
    """From a byte on, one piece of what the server sends is replaced by noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What the proxy does to the connections it accepts from now on."""

    kind: Kind
    share: float = 1.0
    """Of the connections, those that are struck; the first one always."""
    within: int = 0
    """Bytes: a connection is struck at a random one of its first so many. Connections are kept alive, so that it lies in
    any of several exchanges."""
    seconds: float = 0.0
    """Of a delay at most, each piece by a random part of it; between two bytes that drip."""


class FaultProxy:
    """Listens on a free port of loopback and forwards to `target`. An asynchronous context."""

    def __init__(self, host: str, port: int, *, seed: int) -> None:
        self.target = (host, port)
        """Where new connections lead; changing it is a fail-over for those who connect again."""
        self.trouble: Trouble | None = None
        """None forwards faithfully. A delay or a drip ends with it; a connection that is half-open stays so."""
        self.struck: Counter[Kind] = Counter()
        """Connections that were struck."""
        self.port = 0
        self._seed = seed
        self._accepted = 0
        self._open: dict[asyncio.Future[None], Connection] = {}

    @property
    def address(self) -> str:
        """Give where it listens, as host:port."""
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Stop listening and drop every connection."""
        self._server.close()
        self.reset_all()
        carrying = list(self._open)
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    def reset_all(self) -> None:
        """End every connection with RST."""
        for connection in self._open.values():
            connection.reset()

    def silence_all(self) -> None:
        """Forward nothing more on any connection that stands now, and tell nobody."""
        for connection in self._open.values():
            connection.silence()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._accepted += 1
        chance = random.Random(f"{self._seed}/{self._accepted}")  # noqa: S311 - not for secrets
        connection = Connection(self, chance, writer)
        task = asyncio.ensure_future(connection.carry(reader))
        self._open[task] = connection
        task.add_done_callback(self._open.pop)


class Connection:
    """One connection through the proxy, and its fate."""

    def __init__(self, proxy: FaultProxy, chance: random.Random, client: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._chance = chance
        self._writers = [client]
        self._dead = False
        """Whether it is half-open: read on both sides, and forwarded on none."""
        trouble = proxy.trouble
        self._fate = trouble if trouble is not None and (chance.random() < trouble.share or not proxy.struck) else None
        self._left = chance.randint(0, trouble.within) if trouble is not None else 0
        """Bytes, in the direction that the fate is about, until it strikes."""

    async def carry(self, reader: asyncio.StreamReader) -> None:
        """Forward in both directions until either side ends it, or fate does."""
        [client] = self._writers
        try:
            if self._fate is not None and self._fate.kind is Kind.CUT_AT_CONNECT:
                self._proxy.struck[Kind.CUT_AT_CONNECT] += 1
                return
            server_reader, server = await asyncio.open_connection(*self._proxy.target)
            self._writers.append(server)
            pumps = [
                asyncio.ensure_future(self._pump(reader, server, towards_server=True)),
                asyncio.ensure_future(self._pump(server_reader, client, towards_server=False)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        except OSError:
            pass  # nobody listens there: the client's connection just ends, as it would behind a load balancer
        finally:
            for writer in self._writers:
                writer.close()

    def silence(self) -> None:
        """Be half-open from now on."""
        self._dead = True

    def reset(self) -> None:
        """End both sides with RST."""
        for writer in self._writers:
            with suppress(OSError):  # closed already
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, towards_server: bool) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if self._dead:
                    continue
                if not await self._forward(chunk, writer, towards_server=towards_server):
                    return

    async def _forward(self, chunk: bytes, writer: asyncio.StreamWriter, *, towards_server: bool) -> bool:
        """Forward a piece as fate wants it; False ends the connection."""
        fate = self._fate
        if fate is None or not self._concerns(fate.kind, towards_server=towards_server):
            await _write(writer, chunk)
            return True
        if len(chunk) <= self._left:
            self._left -= len(chunk)
            await _write(writer, chunk)
            return True
        head, rest = chunk[: self._left], chunk[self._left :]
        if head:
            await _write(writer, head)
        return await self._strike(fate, rest, writer)

    @staticmethod
    def _concerns(kind: Kind, *, towards_server: bool) -> bool:
        return towards_server == (kind in {Kind.CUT_IN_REQUEST, Kind.HALF_OPEN})

    async def _strike(self, fate: Trouble, rest: bytes, writer: asyncio.StreamWriter) -> bool:
        """Do what fate wants with the bytes from its moment on."""
        if self._left >= 0:
            self._proxy.struck[fate.kind] += 1
            self._left = 0
        match fate.kind:
            case Kind.RESET:
                self.reset()
                return False
            case Kind.HALF_OPEN:
                self._dead = True
            case Kind.GARBAGE:
                self._fate = None
                await _write(writer, self._chance.randbytes(len(rest)))
            case Kind.DELAY:
                if self._proxy.trouble is not None:
                    await asyncio.sleep(self._chance.uniform(0, fate.seconds))
                await _write(writer, rest)
            case Kind.DRIP:
                for place in range(len(rest)):
                    if self._proxy.trouble is not None:
                        await asyncio.sleep(fate.seconds)
                    await _write(writer, rest[place : place + 1])
            case _:
                return False
        return True


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
