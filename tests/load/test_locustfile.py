from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.load.bad_gateway import describe_account, open_bad_gateway
from tests.load.runs import LOCUST, run, run_locust, write_json

TALKS = {"twice": {"steps": [{"do": "say", "texts": ["hello"], "again": "answered"}, {"do": "say", "texts": ["bye"]}]}}
WELL = {"name": "well"}


async def test_what_a_gateway_does_wrong_is_counted_under_its_name(tmp_path: Path) -> None:
    bots = [{"name": name} for name in ("misshapen", "forgetful", "refusing", "silent", "well")]
    async with open_bad_gateway() as gateway:
        targets = {"accounts": [describe_account(bots)]}
        ended, summary = await run_locust(tmp_path, gateway.url, targets, {"talks": {"twice": 1}}, TALKS)
    assert ended.code == 1
    assert set(summary["failed"]) == {
        "shape: messages/0: minLength",
        "repeat: another answer than the first",
        "botbridge.error.overloaded",
        "no answer: HTTPConnectionClosed",
    }
    assert summary["lost"] == summary["failed"]["no answer: HTTPConnectionClosed"]
    assert summary["events"] == summary["answered"] + sum(summary["failed"].values())
    assert [problem.split(" ", 1)[1].split(",")[0] for problem in summary["problems"]] == [
        "events failed",
        "events were lost; 0 are allowed",
    ]
    for problem in summary["problems"]:
        assert f"not good enough: {problem}" in ended.output
    assert gateway.keys == {"Bearer k"}


async def test_a_good_run_ends_well_and_its_reports_are_written(tmp_path: Path) -> None:
    options = (
        "--html",
        str(tmp_path / "r.html"),
        "--csv",
        str(tmp_path / "r"),
        "--answered",
        str(tmp_path / "answered"),
    )
    async with open_bad_gateway() as gateway:
        targets = {"accounts": [describe_account([WELL])]}
        ended, summary = await run_locust(tmp_path, gateway.url, targets, {"talks": {"twice": 1}}, TALKS, *options)
    assert (ended.code, summary["problems"], summary["failed"]) == (0, [], {})
    assert summary["events"] == summary["answered"] > 50
    assert summary["repeats"] > 20
    answered = orjson.loads((tmp_path / "answered").read_bytes())
    assert {conversation for conversation, _ in gateway.seen} >= set(answered)
    assert sum(bits.bit_count() for bits in answered.values()) == summary["answered"]
    assert "events: text (again)" in (tmp_path / "r.html").read_text()
    assert "events: text (again)" in (tmp_path / "r_stats.csv").read_text()


async def test_the_custom_endpoint_s_conversations_are_opened_again_when_they_are_unknown(tmp_path: Path) -> None:
    bot = {**WELL, "doors": ["endpoint"]}
    async with open_bad_gateway() as gateway:
        endpoint = {"token_url": f"{gateway.url}/token", "client_id": "c", "client_secret": "hush"}
        targets = {"accounts": [describe_account([bot], endpoint=endpoint)]}
        ended, summary = await run_locust(tmp_path, gateway.url, targets, {"talks": {"twice": 1}}, TALKS)
    assert (ended.code, summary["problems"]) == (0, [])
    assert summary["events"] == summary["answered"] > 50
    assert list(summary["by_target"]) == ["endpoint well"]
    assert gateway.keys == {"Bearer token-1"}
    # All were opened twice, but for those that the end of the run cut short.
    assert len(gateway.opened) <= 10


async def test_a_token_that_is_not_to_be_had_is_told(tmp_path: Path) -> None:
    bot = {**WELL, "doors": ["endpoint"]}
    async with open_bad_gateway() as gateway:
        endpoint = {"token_url": f"{gateway.url}/token", "client_id": "c", "client_secret": "wrong"}
        targets = {"accounts": [describe_account([bot], endpoint=endpoint)]}
        ended, summary = await run_locust(tmp_path, gateway.url, targets, {"talks": {"twice": 1}}, TALKS)
    assert ended.code == 1
    assert list(summary["failed"]) == ["token: HTTP 401"]
    assert "wrong" not in ended.output


async def test_figures_of_several_processes_are_added_up(tmp_path: Path) -> None:
    async with open_bad_gateway() as gateway:
        targets = {"accounts": [describe_account([WELL])]}
        profile = {"talks": {"twice": 1}, "limits": {"least_events": 50}}
        ended, summary = await run_locust(
            tmp_path, gateway.url, targets, profile, TALKS, "--processes", "2", "--expect-workers", "2"
        )
    assert (ended.code, summary["problems"]) == (0, [])
    # What is under way at the end of the run is cut short: one event of each of the ten users at most.
    assert len(gateway.seen) - 10 <= summary["events"] <= len(gateway.seen)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "environment:1: (targets): there is no file (--targets)"),
        (("--targets", "TARGETS"), "--host is needed: the address of the gateway"),
        (("--targets", "TARGETS", "--host", "http://127.0.0.1:9", "--profile", "quiet"), "quiet.json:1: (file): cannot be read"),
        (("--targets", "BROKEN", "--host", "http://127.0.0.1:9"), "broken.json:1: accounts: must not be empty"),
    ],
)  # fmt: skip
async def test_mistakes_are_told_before_anything_is_sent(tmp_path: Path, options: tuple[Any, ...], told: str) -> None:
    files = {
        "TARGETS": write_json(tmp_path / "targets.json", {"accounts": [describe_account([WELL])]}),
        "BROKEN": write_json(tmp_path / "broken.json", {"accounts": []}),
    }
    given = [files.get(option, option) for option in options]
    ended = await run(LOCUST, "-f", "load/locustfile.py", "--headless", *given)
    assert ended.code == 1
    assert told in ended.output
    assert "Traceback" not in ended.output
