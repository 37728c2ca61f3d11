import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest

from tests.load.runs import PROFILE, ROOT, Ended, run, write_json
from vendors.registry import VENDORS

TALKS = {"parcel": 3, "hand over": 2, "transferred here": 1, "shows things": 2, "bad connection": 3, "chatty": 2}


async def send_load(folder: Path, profile: Any) -> tuple[Ended, Any]:
    """Run what `make load` runs; give how it ended and the summary."""
    file = write_json(folder / "own.json", {**PROFILE, "users": 20, "talks": TALKS, **profile})
    ended = await run(sys.executable, "-m", "load.users", "--profile", file, "--results", str(folder / "results"))
    return ended, orjson.loads((folder / "results" / "summary.json").read_bytes())


async def test_a_well_deployment_answers_every_event_once(tmp_path: Path) -> None:
    own = {"accounts": 2, "vendor_delay": 0.03}
    ended, summary = await send_load(tmp_path, {"seconds": 5, "limits": {"least_events": 200}, "own": own})
    assert (ended.code, summary["problems"]) == (0, []), ended.output
    assert summary["events"] == summary["answered"]
    assert (summary["lost"], summary["doubled"], summary["faults"]) == (0, 0, {})
    assert summary["given_up"] > 5
    assert summary["repeats"] > 5
    assert set(summary["by_target"]) == {f"{door} {vendor}" for door in ("events", "endpoint") for vendor in VENDORS}
    assert summary["baseline_ms"]["p50"] >= 30
    assert summary["gateway"]["cpu_us_per_event"] > 0
    results = {path.name for path in (tmp_path / "results").iterdir()}
    assert results == {
        "report.html",
        "locust.log",
        "locust_exceptions.csv",
        "locust_failures.csv",
        "locust_stats.csv",
        "locust_stats_history.csv",
        "summary.json",
        "gateway.log",
    }
    assert (tmp_path / "results" / "gateway.log").read_bytes() == b""


async def test_vendors_that_fail_are_told_by_their_codes_and_nothing_is_lost(tmp_path: Path) -> None:
    own = {"accounts": 2, "vendor_delay": 0, "faults": {"share": 1, "kinds": [{"status": 500}, {"kind": "cut"}]}}
    ended, summary = await send_load(tmp_path, {"own": own})
    assert ended.code == 1
    assert summary["answered"] <= summary["conversations"], "only the ends at the Custom Endpoint are answered"
    codes = {name.rpartition(".error.")[2] for name in (*summary["failed"], *summary["escalated"])}
    assert codes >= {
        "aivendor.lex.send-query",
        "aivendor.dialogflowv2.send-query",
        "aivendor.dialogflowcx.send-request",
        "aivendor.watsonv2.send-query",
        "aivendor.faas.invoke-lambda",
    }
    assert (summary["lost"], summary["doubled"]) == (0, 0)
    assert summary["faults"]["status"] > 10
    assert summary["faults"]["cut"] > 10
    assert [problem.split(",")[0].split(" ", 1)[1] for problem in summary["problems"]] == [
        "events failed",
        "events escalated",
    ]
    assert b"send-query" in (tmp_path / "results" / "gateway.log").read_bytes()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--profile", "quiet"), "load/profiles/quiet.json:1: (file): cannot be read: No such file or directory"),
        (("--profile", "short", "--results", __file__), f"there can be no reports in {__file__}: File exists"),
        (("--profile", "short", "--serve", "--store nowhere"), "did not start: "),
    ],
)
async def test_what_keeps_a_run_from_starting_is_told(tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    ended = await run(sys.executable, "-m", "load.users", "--results", str(tmp_path), *options)
    assert ended.code == 2
    assert told in ended.output
    assert "Traceback" not in ended.output


async def test_all_that_was_started_ends_when_the_run_is_told_to_end(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "load.users", "--profile", "short", "--results", str(tmp_path)), cwd=ROOT
    )
    started: list[psutil.Process] = []
    try:
        async with asyncio.timeout(60):
            # The vendors, the gateway, locust.
            while len(started) < 3:
                await asyncio.sleep(0.05)
                started = psutil.Process(process.pid).children()
            process.terminate()
            assert await process.wait() == 143
        assert not any(child.is_running() for child in started)
    finally:
        for child in started:
            if child.is_running():
                child.kill()
