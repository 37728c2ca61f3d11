import asyncio
import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from config.watch import EVERY, AccountWatch
from tests.fakes import FakeClock

CASES = orjson.loads((Path(__file__).parents[2] / "data" / "config" / "watch.json").read_bytes())
LATER = 5_000_000_000
"""Nanoseconds: how much younger a file is that was saved again."""


def write(folder: Path, files: dict[str, str], *, saved: bool = False) -> None:
    """Have the folder hold these files and no others; `saved` gives them another time, as some time later would."""
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        path.write_text(content)
        if saved:
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + LATER))


async def tells(watch: AccountWatch, clock: FakeClock, *, looks: int = 5) -> bool:
    """Whether the watch tells of a change within so many looks."""
    begun = len(clock.slept)
    waiting = asyncio.ensure_future(watch.wait())
    while not waiting.done() and len(clock.slept) - begun <= looks:
        await asyncio.sleep(0)
    told = waiting.done()
    waiting.cancel()
    await asyncio.wait({waiting})
    return told


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_change_is_what_changes_the_content(case: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path, case["before"])
    clock = FakeClock()
    watch = AccountWatch(tmp_path, clock)
    write(tmp_path, case["after"], saved=case.get("saved", False))
    assert await tells(watch, clock) is case["changed"]
    await watch.remember()
    assert await tells(watch, clock) is False
    assert set(clock.slept) == {EVERY}


async def test_a_folder_that_goes_and_comes_back_is_two_changes(tmp_path: Path) -> None:
    folder = tmp_path / "accounts"
    folder.mkdir()
    write(folder, {"a.yaml": "1"})
    clock = FakeClock()
    watch = AccountWatch(folder, clock)
    folder.rename(tmp_path / "away")
    assert await tells(watch, clock) is True
    await watch.remember()
    assert await tells(watch, clock) is False
    (tmp_path / "away").rename(folder)
    assert await tells(watch, clock) is True


async def test_links_that_are_swapped_are_followed(tmp_path: Path) -> None:
    """Kubernetes changes a ConfigMap by swapping one link, through which all files are reached."""
    folder = tmp_path / "mounted"
    for name, content in (("first", "1"), ("second", "2")):
        (folder / f"..{name}").mkdir(parents=True)
        write(folder / f"..{name}", {"a.yaml": content})
    (folder / "..data").symlink_to("..first")
    (folder / "a.yaml").symlink_to("..data/a.yaml")
    clock = FakeClock()
    watch = AccountWatch(folder, clock)
    assert await tells(watch, clock) is False
    (folder / "..next").symlink_to("..second")
    (folder / "..next").rename(folder / "..data")
    assert await tells(watch, clock) is True


async def test_a_file_that_cannot_be_read_is_a_change_like_another(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "1"})
    clock = FakeClock()
    watch = AccountWatch(tmp_path, clock)
    (tmp_path / "b.yaml").symlink_to("nowhere")
    assert await tells(watch, clock) is True
    await watch.remember()
    assert await tells(watch, clock) is False


async def test_a_file_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    class WritingClock(FakeClock):
        """Somebody writes another line each time the watch sleeps, four times."""

        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            if len(self.slept) <= 4:
                with (tmp_path / "a.yaml").open("a") as file:
                    file.write("more\n")

    write(tmp_path, {"a.yaml": "1"})
    clock = WritingClock()
    await AccountWatch(tmp_path, clock).wait()
    assert len(clock.slept) == 5
