import asyncio
import os
import signal
import socket
import sys

import pytest

from gateway.workers.channel import Channel, NotReady, Ready
from gateway.workers.process import WorkerFailed, WorkerProcess, describe_code

STUBBORN = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); sys.stdin.read()"
)


@pytest.mark.parametrize(
    ("code", "described"),
    [
        (0, "exit code 0"),
        (1, "exit code 1"),
        (-9, "killed by SIGKILL"),
        (-11, "killed by SIGSEGV"),
        (-250, "killed by signal 250"),
    ],
)
def test_an_end_is_told_in_words(code: int, described: str) -> None:
    assert describe_code(code) == described


async def test_a_process_that_was_told_nothing_ends_when_asked() -> None:
    worker = await WorkerProcess.spawn()
    assert await worker.end(20) is True
    assert await worker.wait() in (-signal.SIGTERM, 1)
    # Once more does nothing, to whoever has that process id now.
    assert await worker.end(20) is True


async def test_a_process_whose_supervisor_lets_go_of_it_ends() -> None:
    worker = await WorkerProcess.spawn()
    worker._channel.close()
    assert await worker.wait() == 1


async def test_a_process_that_dies_before_it_serves_has_failed() -> None:
    worker = await WorkerProcess.spawn()
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(WorkerFailed, match=r"a worker ended while it started \(killed by SIGKILL\)"):
        await worker.until_ready()
    await worker.end(1)


async def test_what_a_worker_says_of_its_start_is_passed_on() -> None:
    ours, theirs = socket.socketpair()
    worker, said = await make_stubborn(ours), await Channel.open(theirs)
    said.send(Ready("http://127.0.0.1:1"))
    said.send(NotReady("no store"))
    assert await worker.until_ready() == "http://127.0.0.1:1"
    with pytest.raises(WorkerFailed, match="no store"):
        await worker.until_ready()
    said.close()
    assert await worker.end(0) is False
    assert await worker.wait() == -signal.SIGKILL


async def make_stubborn(end: socket.socket) -> WorkerProcess:
    """Make a process that does not end when asked, and says nothing through its channel."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STUBBORN), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"deaf\n"
    return WorkerProcess(process, await Channel.open(end))
