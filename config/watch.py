"""Tell when the account files have changed.

The folder is looked at once a second rather than watched by the kernel: that also sees network folders, mounts into a
container and Kubernetes' ConfigMaps, whose files are links that are swapped. A look asks for the files' times; contents are
read only when one of these has changed.
"""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Final, TypeAlias

from config.files import Unreadable, read_file
from config.loader import find_files, is_account_file
from config.problems import ConfigProblems
from gateway.contract.ports import Clock

EVERY: Final = 1.0
"""Seconds between two looks; a change counts once two looks in a row have seen the same."""

_Look: TypeAlias = dict[str, tuple[int, int, int] | None]


class AccountWatch:
    """Remembers what the account files held, and tells when they hold something else."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        """Remember what `directory` holds now. Blocks: make it before the files are read, outside of the event loop."""
        self._directory = directory
        self._clock = clock
        self._seen: _Look = {}
        self._digest = b""
        self._remember()

    async def remember(self) -> None:
        """Remember what the files hold now: they are about to be read."""
        await asyncio.to_thread(self._remember)

    async def wait(self) -> None:
        """Wait until the files hold something else than what is remembered, and nobody has written for one look."""
        before = self._seen
        while True:
            await self._clock.sleep(EVERY)
            now = await asyncio.to_thread(_look, self._directory)
            if now == before != self._seen:
                digest = await asyncio.to_thread(_read_digest, self._directory)
                if digest != self._digest:
                    return
                self._seen = now  # saved again, with the same content
            before = now

    def _remember(self) -> None:
        self._seen, self._digest = _look(self._directory), _read_digest(self._directory)


def _look(directory: Path) -> _Look:
    """Note each file's identity, size and time of change; links are followed."""
    looked: _Look = {}
    try:
        # Not Path.iterdir and Path.stat, which take twice as long: there may be thousands of files, and a look each second.
        with os.scandir(directory) as entries:
            for entry in entries:
                if is_account_file(entry.name):
                    try:
                        status = entry.stat()
                    except OSError:
                        looked[entry.name] = None
                    else:
                        looked[entry.name] = (status.st_ino, status.st_size, status.st_mtime_ns)
    except OSError:
        pass  # no folder, or one that cannot be read: a look that sees nothing
    return looked


def _read_digest(directory: Path) -> bytes:
    """Digest the files' names and contents, or why there are none."""
    digest = hashlib.sha256()
    try:
        for path in find_files(directory):
            try:
                content = read_file(path)
            except Unreadable as problem:
                content = str(problem).encode()
            digest.update(f"{path.name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    except ConfigProblems as problems:
        digest.update(str(problems).encode())
    return digest.digest()
