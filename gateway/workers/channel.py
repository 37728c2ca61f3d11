"""What a supervisor and a worker say to each other, over a pair of sockets that only they have.

Each message is a pickle behind its length: both ends are processes of the same program and the same user. The end of the
stream says that the other one is dead, however it died.
"""

import asyncio
import pickle
import socket
import struct
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from config.loader import LoadedAccounts
from gateway.app import ServeSettings

_LENGTH: Final = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Start:
    """To a worker, first: what to serve, and how."""

    settings: ServeSettings
    accounts: LoadedAccounts
    log_level: str


@dataclass(frozen=True, slots=True)
class Ready:
    """From a worker: it accepts connections at `url`."""

    url: str


@dataclass(frozen=True, slots=True)
class NotReady:
    """From a worker: it cannot serve, and why, for an operator to read."""

    reason: str


Message: TypeAlias = Start | LoadedAccounts | Ready | NotReady
"""Accounts, to a worker that serves: serve these from now on."""


class Channel:
    """One end of the pair, in a running loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.is_over = False
        """Whether the other one has gone."""

    @classmethod
    async def open(cls, end: socket.socket) -> Self:
        """Speak through this socket, and own it."""
        end.setblocking(False)
        return cls(*await asyncio.open_connection(sock=end))

    def send(self, message: Message) -> None:
        """Send without waiting: a message that the other one does not live to read is lost."""
        data = pickle.dumps(message)
        self._writer.write(_LENGTH.pack(len(data)) + data)

    async def flush(self) -> None:
        """Wait until what was sent is on its way."""
        await self._writer.drain()

    async def receive(self) -> Message | None:
        """Wait for the next message; None when the other one has gone."""
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            message: Message = pickle.loads(await self._reader.readexactly(length))  # noqa: S301 - see the module's text
        except (asyncio.IncompleteReadError, ConnectionError):
            self.is_over = True
            return None
        return message

    def close(self) -> None:
        """Let go of the socket, which tells the other one."""
        self._writer.close()
