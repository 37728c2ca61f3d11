"""Find the port that all workers share, and hold it while they come and go."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserve_port(host: str, port: int) -> Iterator[int]:
    """Hold a port, any free one for 0, that only sockets with SO_REUSEPORT may share. Raise OSError when it is in use.

    The socket that holds it never listens, so that no connection comes to it.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    # Without SO_REUSEPORT this fails while anybody listens there, another botbridge with workers too: the system would give
    # each of the two a share of the connections.
    with _make_socket(family) as probe:
        probe.bind(address)
        found: int = probe.getsockname()[1]
    with _make_socket(family) as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((address[0], found, *address[2:]))
        yield found


def _make_socket(family: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform == "linux":
        # A port whose connections have only just ended is free (elsewhere this would mean more).
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return made
