"""Runs of the load kit, as a person would start them."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2]
LOCUST = str(Path(sys.executable).with_name("locust"))
PROFILE: dict[str, Any] = {
    "about": "A few seconds.",
    "seconds": 4,
    "users": 10,
    "spawn_rate": 10,
    "points": [{"at": 0, "users": 1}, {"at": 1, "users": 1}],
    "pause": {"median": 0.05, "spread": 0.2},
    "patience": 0.01,
    "talks": {"parcel": 1},
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    output: str
    """Standard output and standard error."""


async def run(*command: str) -> Ended:
    """Run a command in the project's folder to its end; a minute is more than any may take."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(60):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, output.decode())


def write_json(path: Path, value: Any) -> str:
    """Write a file and give its name."""
    path.write_bytes(orjson.dumps(value))
    return str(path)


async def run_locust(
    folder: Path, url: str, targets: Any, profile: Any, talks: Any, *options: str
) -> tuple[Ended, Any]:
    """Run locust against an address; give how it ended, and the summary that it wrote."""
    summary = folder / "summary.json"
    ended = await run(
        *(LOCUST, "-f", "load/locustfile.py", "--headless", "--only-summary", "--host", url),
        *("--targets", write_json(folder / "targets.json", targets)),
        *("--profile", write_json(folder / "profile.json", {**PROFILE, **profile})),
        *("--talks", write_json(folder / "talks.json", talks)),
        *("--summary", str(summary), *options),
    )
    return ended, orjson.loads(summary.read_bytes()) if summary.exists() else None
