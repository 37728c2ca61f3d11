"""A real Redis of the tests' own: on a free port of loopback, without persistence, ended by its process id."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

READY = "Ready to accept connections"


class RedisServer:
    """One redis-server process; it can be stopped, started again at the same address, frozen and thawed."""

    def __init__(self, directory: Path, port: int) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self._directory = directory
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self._directory),
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        process = subprocess.Popen(  # noqa: S603 - our own arguments
            [find_redis(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        log = []
        for line in process.stdout:
            log.append(line)
            if READY in line:
                self._process = process
                return
        process.wait()
        raise OSError("redis-server did not start: " + "".join(log[-5:]))

    def stop(self) -> None:
        """End it at once; nothing that it held survives."""
        if self._process is not None:
            process, self._process = self._process, None
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.communicate()

    def freeze(self) -> None:
        """Let it accept connections and say nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def redis_server(directory: Path) -> Iterator[RedisServer]:
    """Run a Redis. Without redis-server the test is skipped, in CI it fails."""
    server = _start_on_free_port(directory)
    try:
        yield server
    finally:
        server.stop()


def find_redis() -> str:
    """Give the path of redis-server; skip the test without one, or fail it in CI."""
    found = shutil.which("redis-server")
    if found is None:
        reason = (
            "redis-server is not installed: `make test` installs it where apt-get may (apt-get install redis-server)"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def _start_on_free_port(directory: Path) -> RedisServer:
    for attempt in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            server = RedisServer(directory, probe.getsockname()[1])
        try:
            server.start()
        except OSError:  # somebody else took the port in between
            if attempt == 4:
                raise
        else:
            return server
    raise AssertionError
