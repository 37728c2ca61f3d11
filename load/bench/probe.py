"""Measure from outside how long a server's event loop is busy with other things: the time that `/healthz` takes.

Run as a process of its own, so that a busy caller does not count: `python -m load.bench.probe URL FILE`. It asks every 20 ms over
one connection until standard input closes, then writes the seconds of every answer to FILE, as text. It blocks, which
costs least.
"""

import socket
import sys
from pathlib import Path
from select import select
from time import perf_counter
from typing import Final

from yarl import URL

INTERVAL: Final = 0.02
REQUEST: Final = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


def probe(url: URL, file: Path) -> None:
    """Ask until told to stop."""
    taken = []
    with socket.create_connection((url.host or "", url.port or 0), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print("ready", flush=True)  # noqa: T201 - how it tells that it has begun
        while not select([sys.stdin], [], [], INTERVAL)[0]:
            began = perf_counter()
            connection.sendall(REQUEST)
            answer = connection.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200 "):
                raise SystemExit(f"/healthz answered {answer[:60]!r}")
            taken.append(perf_counter() - began)
    file.write_text("\n".join(f"{seconds:.6f}" for seconds in taken), encoding="ascii")


if __name__ == "__main__":
    probe(URL(sys.argv[1]), Path(sys.argv[2]))
