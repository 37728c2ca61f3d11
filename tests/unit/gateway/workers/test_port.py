import socket

import pytest

from gateway.workers.port import reserve_port


def listen(host: str, port: int, *, reuse_port: bool) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if reuse_port:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((host, port))
        made.listen()
    except OSError:
        made.close()
        raise
    return made


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "0.0.0.0"])
def test_a_reserved_port_is_for_those_who_share_it(host: str) -> None:
    with reserve_port(host, 0) as port:
        assert port > 0
        with pytest.raises(OSError, match="Address already in use"):
            listen(host, port, reuse_port=False)
        target = "127.0.0.1" if host == "0.0.0.0" else host
        # Nobody listens yet: a connection is refused, not kept waiting.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((target, port)).close()
        with listen(host, port, reuse_port=True) as one, listen(host, port, reuse_port=True) as other:
            for listener in (one, other):
                listener.settimeout(0.01)
            # The one that holds the port gets no connection: all go to those who listen.
            for _ in range(40):
                with socket.create_connection((target, port), timeout=5) as made:
                    assert accept(one, other) == made.getsockname()[1]


def accept(*listeners: socket.socket) -> int:
    """Accept the connection that one of them has; give its client's port."""
    for _ in range(500):
        for listener in listeners:
            try:
                made, address = listener.accept()
            except TimeoutError:
                continue
            made.close()
            return int(address[1])
    raise AssertionError("nobody got the connection")


@pytest.mark.parametrize("reuse_port", [False, True], ids=["alone", "sharing"])
def test_a_port_on_which_somebody_listens_is_refused(reuse_port: bool) -> None:
    with listen("127.0.0.1", 0, reuse_port=reuse_port) as other:
        port = other.getsockname()[1]
        with pytest.raises(OSError, match="Address already in use"), reserve_port("127.0.0.1", port):
            pass
    # Nor does it stay taken.
    with reserve_port("127.0.0.1", port) as found:
        assert found == port
