"""A worker as its supervisor sees it: a process that is told what to serve, and that is ended."""

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from typing import Final, Protocol, Self

from config.loader import LoadedAccounts
from gateway.workers.channel import Channel, NotReady, Ready, Start

_RUN: Final = (
    # With the collector at rest until it serves, as `botbridge serve` itself.
    "import gc; gc.disable(); "
    "from gateway.telemetry.lean import import_structlog; import_structlog(); "
    "from gateway.workers.worker import main; main()"
)


class WorkerFailed(Exception):
    """A worker that cannot serve; the message says why."""


class Worker(Protocol):
    """What a supervisor needs of a worker."""

    @property
    def pid(self) -> int:
        """The process id."""

    def send(self, message: Start | LoadedAccounts) -> None:
        """Have it serve."""

    async def until_ready(self) -> str:
        """Wait until it accepts connections; give the URL. Raise WorkerFailed."""

    async def wait(self) -> int:
        """Wait for its end; give the exit code, negative for a signal."""

    async def end(self, patience: float) -> bool:
        """Have it drain and wait for its end, unless it has ended; False when it had to be killed after `patience` seconds."""


class WorkerProcess:
    """A fresh interpreter at the other end of a channel."""

    def __init__(self, process: asyncio.subprocess.Process, channel: Channel) -> None:
        self._process = process
        self._channel = channel
        self.pid = process.pid

    @classmethod
    async def spawn(cls) -> Self:
        """Start a process that waits for what it is sent."""
        ours, theirs = socket.socketpair()
        with theirs:
            channel = await Channel.open(ours)
            try:
                # -P: a folder of the current directory must not stand in for a package of ours.
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-c", _RUN, str(theirs.fileno())),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                )
            except BaseException:
                channel.close()
                raise
        return cls(process, channel)

    def send(self, message: Start | LoadedAccounts) -> None:
        """Have it serve."""
        self._channel.send(message)

    async def until_ready(self) -> str:
        """Wait until it accepts connections; give the URL. Raise WorkerFailed."""
        match await self._channel.receive():
            case Ready(url):
                return url
            case NotReady(reason):
                raise WorkerFailed(reason)
            case _:
                raise WorkerFailed(f"a worker ended while it started ({describe_code(await self.wait())})")

    async def wait(self) -> int:
        """Wait for its end; give the exit code, negative for a signal."""
        return await self._process.wait()

    async def end(self, patience: float) -> bool:
        """Have it drain and wait for its end, unless it has ended; False when it had to be killed after `patience` seconds."""
        try:
            if self._process.returncode is not None:
                return True
            with suppress(ProcessLookupError):
                self._process.terminate()
            try:
                async with asyncio.timeout(patience):
                    await self._process.wait()
            except TimeoutError:
                with suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()
                return False
            return True
        finally:
            self._channel.close()


def describe_code(code: int) -> str:
    """Say how a process ended."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
