"""A vendor that costs next to nothing: answers recorded bytes, at once or after a fixed delay.

Run as a process: `python -m load.bench.vendor ROUTES`, ROUTES being a file that `write_routes` made. Prints its URL. What it
answers was said by the emulators (load/bench/recording.py), so the bytes are right; that a request is right is the tests' matter.
`GET /_delay/SECONDS` sets the delay.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from gateway.contract.wire import dumps, loads

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Route:
    """What is answered where: to a path that ends like this, these headers and this body."""

    ending: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def render(self) -> bytes:
        """Write the whole answer."""
        body = self.body.encode()
        lines = [f"HTTP/1.1 {self.status} OK", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def write_routes(file: Path, routes: list[Route]) -> None:
    """Write routes for a vendor's process to read."""
    file.write_bytes(dumps([[route.ending, route.status, route.headers, route.body] for route in routes]))


def read_routes(file: Path) -> list[Route]:
    """Read what `write_routes` wrote."""
    return [
        Route(ending, status, tuple((name, value) for name, value in headers), body)
        for ending, status, headers, body in loads(file.read_bytes())
    ]


class FixedVendor:
    """The answers and the delay that all connections share."""

    def __init__(self, routes: list[Route]) -> None:
        self._answers = [(route.ending.encode(), route.render()) for route in routes]
        self._known: dict[bytes, bytes] = {}
        self.delay = 0.0

    def answer(self, target: bytes) -> bytes:
        """Give the answer to a request's target."""
        if (known := self._known.get(target)) is not None:
            return known
        path = target.partition(b"?")[0]
        found = next((answer for ending, answer in self._answers if path.endswith(ending)), None)
        if path.startswith(b"/_delay/"):
            self.delay = float(path.removeprefix(b"/_delay/"))
            return b"HTTP/1.1 204 OK\r\nContent-Length: 0\r\n\r\n"
        answer = found or b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if len(self._known) < 10_000:  # bounded: some vendors' paths name the conversation
            self._known[target] = answer
        return answer


class _Connection(asyncio.Protocol):
    """One keep-alive connection; requests come one after the other, each with a Content-Length or without a body."""

    def __init__(self, vendor: FixedVendor) -> None:
        self._vendor = vendor
        self._loop = asyncio.get_running_loop()
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (head := self._received.find(HEAD_END)) >= 0:
            end = head + 4 + _read_length(self._received, head)
            if len(self._received) < end:
                return
            target = self._received.split(b" ", 2)[1]
            self._received = self._received[end:]
            self._say(self._vendor.answer(target))

    def _say(self, answer: bytes) -> None:
        if self._vendor.delay:
            self._loop.call_later(self._vendor.delay, self._write, answer)
        else:
            self._transport.write(answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def connect(vendor: FixedVendor) -> asyncio.Protocol:
    """Make what speaks to one caller."""
    return _Connection(vendor)


def _read_length(received: bytes, head: int) -> int:
    """Find the length of the body that follows a head."""
    lower = received[:head].lower()
    at = lower.find(b"content-length:")
    return int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def serve(routes: list[Route]) -> None:
    """Answer until ended; print the URL."""
    vendor = FixedVendor(routes)
    server = await asyncio.get_running_loop().create_server(lambda: connect(vendor), "127.0.0.1", 0, backlog=8192)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201 - how it tells its address
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(read_routes(Path(sys.argv[1]))))
