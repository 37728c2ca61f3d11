"""What every measurement stands on: a folder, what the emulators said, a Redis where there is one; and what is told meanwhile."""

import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.console import Console

from load.bench.recording import Recordings, record
from load.bench.redis import redis_server
from load.bench.rows import Row


@dataclass(frozen=True, slots=True)
class Ground:
    """Made once for a run."""

    directory: Path
    """Gone afterwards."""
    recordings: Recordings
    redis: str | None
    tell: Callable[[str], None]
    """Says what goes on."""


@asynccontextmanager
async def open_ground(rows: Sequence[Row], console: Console) -> AsyncIterator[Ground]:
    """Ask the emulators about these rows, and start Redis."""
    async with AsyncExitStack() as held:
        directory = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="botbridge-bench-")))
        status = held.enter_context(console.status("asking the emulators"))
        recordings = await record(directory, rows)
        redis = await held.enter_async_context(redis_server(directory))
        if redis is None:
            console.print("redis-server is not installed (apt-get install redis-server): no figures with Redis")
        began = perf_counter()

        def tell(what: str) -> None:
            text = f"{perf_counter() - began:4.0f} s  {what}"
            # Where nobody looks at a terminal, a log should tell what went on.
            (status.update if console.is_terminal else console.print)(text)

        yield Ground(directory, recordings, redis, tell)
