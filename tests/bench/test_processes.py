"""Processes are ended whatever happens, and one that does not start says why."""

import os
import sys
from pathlib import Path

import pytest

from load.bench.processes import NotStarted, run

WAIT = "import signal, sys; print('ready: 7', flush=True); signal.pause()"
REPEAT = """
import os, signal, sys
print("heard", file=sys.stderr, flush=True)
print(os.environ["WORD"], flush=True)
signal.pause()
"""
FAIL = "raise SystemExit('no such port')"


async def test_the_first_line_tells_that_it_is_ready(tmp_path: Path) -> None:
    async with run(sys.executable, "-c", WAIT, log=tmp_path / "log", first="ready: ") as (pid, said):
        assert said == "7"
        os.kill(pid, 0)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_process_that_ends_at_once_says_why(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match=r"did not start: no such port$"):
        async with run(sys.executable, "-c", FAIL, log=tmp_path / "log"):
            pass


async def test_a_process_is_ended_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="measured nonsense"):
        async with run(sys.executable, "-c", WAIT, log=tmp_path / "log") as (pid, _):
            raise ValueError("measured nonsense")

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_its_environment_and_log_are_its_own(tmp_path: Path) -> None:
    async with run(sys.executable, "-c", REPEAT, log=tmp_path / "log", environment={"WORD": "hello"}) as (_, said):
        assert said == "hello"

    assert (tmp_path / "log").read_text() == "heard\n"
