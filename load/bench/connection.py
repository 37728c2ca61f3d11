"""One connection of the caller, which writes prepared bytes and compares every answer with the expected one."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Protocol

from yarl import URL

from load.bench.events import Fixed, Requests


class WrongAnswer(Exception):
    """An answer that is not the expected one: what was measured would mean nothing."""


@dataclass(slots=True)
class Target:
    """A server under measurement, and what it must answer."""

    url: str
    requests: Requests | Fixed
    expected: bytes | None = None
    """The body of every answer; None until the first one has come."""
    address: tuple[str, int] = field(init=False)

    def __post_init__(self) -> None:
        url = URL(self.url)
        self.address = (url.host or "", url.port or 0)


class Listener(Protocol):
    """Who is told what becomes of a connection's events."""

    target: Target

    def note(self, connection: "Connection", seconds: float) -> None:
        """Take note of a good answer, and of how long it took."""

    def fail(self, connection: "Connection", problem: WrongAnswer) -> None:
        """Take note of a wrong one."""

    def forget(self, connection: "Connection") -> None:
        """Take note of a connection that has ended."""


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way at most."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._received = b""
        self._sent = 0.0
        self.is_busy = False

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._transport: asyncio.Transport = transport

    def send(self) -> None:
        """Send the next event."""
        self.is_busy = True
        self._sent = perf_counter()
        self._transport.write(self._listener.target.requests.next())

    def data_received(self, data: bytes) -> None:
        """Compare the answer once it is whole."""
        self._received = received = self._received + data if self._received else data
        head = received.find(b"\r\n\r\n")
        if head < 0:
            return
        if (expected := self._listener.target.expected) is None:
            try:
                if not _is_whole(received, head):
                    return
            except WrongAnswer as problem:
                self._listener.fail(self, problem)
                return
            expected = self._listener.target.expected = received[head + 4 :]
        if received.startswith(b"HTTP/1.1 200 ") and len(received) - head - 4 < len(expected):
            return
        self._received = b""
        self.is_busy = False
        if received[:13] != b"HTTP/1.1 200 " or received[head + 4 :] != expected:
            self._listener.fail(self, WrongAnswer(received[:600].decode("utf-8", "replace")))
            return
        self._listener.note(self, perf_counter() - self._sent)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that no answer will come any more."""
        self._listener.forget(self)
        if self.is_busy:
            self._listener.fail(self, WrongAnswer(f"the connection ended instead: {type(exc).__name__}"))

    def close(self) -> None:
        """Hang up."""
        self.is_busy = False
        self._transport.close()


def _is_whole(received: bytes, head: int) -> bool:
    """Say whether an answer whose length is not known yet has come to its end."""
    for line in received[:head].lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(received) - head - 4 >= int(line[15:])
    raise WrongAnswer("an answer without a Content-Length")
