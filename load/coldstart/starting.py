"""Start processes, one at a time, and see what it takes until they have done what they are for."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from load.bench.meters import read_cpu, read_memory
from load.coldstart.accounts import ACCOUNT

BOTBRIDGE: Final = str(Path(sys.executable).with_name("botbridge"))
PATIENCE: Final = 120.0
"""Seconds for anything to happen."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One start."""

    wall: float
    cpu: float
    rss: float = 0.0
    """MiB, once the first answer was given."""


def run_command(command: tuple[str, ...]) -> Sample:
    """Run a command to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own commands
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Sample(wall, usage.ru_utime + usage.ru_stime)


@contextmanager
def serve(config: Path, log: Path, environ: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Run a gateway; give its process id and where it listens."""
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [BOTBRIDGE, "serve", "--config", str(config), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **environ},
        )
    assert process.stdout is not None  # noqa: S101 - asked for just above
    try:
        line = process.stdout.readline().decode().strip()
        if not line:
            raise SystemExit(f"the gateway did not start: {log.read_text()[-2000:]}")
        yield process.pid, line.removeprefix("listening on http://")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        process.stdout.close()


def say_hello(address: str, account: str, bot: str) -> None:
    """Send an event and wait for its answer."""
    connection = http.client.HTTPConnection(address, timeout=PATIENCE)
    event = orjson.dumps({"convId": "conversation-1", "message": "hello"})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer key-of-{account}"}
    connection.request("POST", f"/v1/accounts/{account}/bots/{bot}/events", event, headers)
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"the gateway answered {answer.status}: {told[:200]!r}")


def start_and_ask(config: Path, bot: str, environ: dict[str, str]) -> Sample:
    """Start a gateway, ask a bot, and end it."""
    began = time.perf_counter()
    with serve(config, config.with_suffix(".log"), environ) as (pid, address):
        say_hello(address, ACCOUNT, bot)
        return Sample(time.perf_counter() - began, read_cpu(pid), read_memory(pid))
