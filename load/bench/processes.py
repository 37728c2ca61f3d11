"""Processes of the bench's own: started, told apart by the first line that they print, and ended by their id."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
BOTBRIDGE: Final = str(Path(sys.executable).with_name("botbridge"))
PATIENCE: Final = 240.0
"""Seconds for a process to say its first line: a start-up with thousands of bots is a figure, not a failure."""


class NotStarted(Exception):
    """A process ended, or said nothing in time, before it was ready."""


@asynccontextmanager
async def run(
    *command: str, log: Path, first: str = "", environment: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[int, str]]:
    """Run a command; give its id and its first line without `first`. Its log goes to a file. Raise NotStarted."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **(environment or {})},
        )
    assert process.stdout is not None  # noqa: S101 - asked for just above
    try:
        line = await _read_line(process.stdout, command, log)
        yield process.pid, line.removeprefix(first)
    finally:
        await _end(process)


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """Give the command that runs one of the bench's modules."""
    return (sys.executable, "-m", f"load.bench.{name}", *arguments)


async def _read_line(output: asyncio.StreamReader, command: tuple[str, ...], log: Path) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            line = await output.readline()
    except TimeoutError:
        line = b""
    if not line:
        told = await asyncio.to_thread(log.read_text, "utf-8", "replace")
        raise NotStarted(f"{' '.join(command[:4])} did not start: {' / '.join(told.strip().splitlines()[-3:])}")
    return line.decode().strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(40):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
