from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from gateway.console.records import Source, write_record, write_summary
from gateway.contract.catalogue import CATALOGUE, PREFIX
from tests.console_turns import ACCOUNT, make_payload, open_stage

CASES: dict[str, Any] = orjson.loads((Path(__file__).parents[3] / "data/console/findings.json").read_bytes())
HOOK = {"use": "tests.own_hooks:sign"}


@pytest.mark.parametrize("name", CASES)
async def test_findings_lead_to_what_is_wrong(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    async with open_stage(tmp_path, account=case.get("account"), **case.get("bot", {})) as stage:
        record = write_record(await stage.play(make_payload(case["answer"])), Source("tester", 0))
    code = None if record["error"] is None else record["error"]["code"].removeprefix(PREFIX)
    assert code == case.get("code")
    shown = ("outcome", "warnings", "findings", "draft", "reply")
    assert {key: record[key] for key in shown} == {key: case[key] for key in shown}


async def test_a_record_tells_the_whole_turn(tmp_path: Path) -> None:
    payload = make_payload({"messages": ["Hello!"], "context": {}})
    async with open_stage(tmp_path, hooks={"post": ["tests.own_hooks:sign"]}) as stage:
        turn = await stage.play(payload)
        record = write_record(turn, Source("recorded", 1_790_000_000.1234))
    UUID(record.pop("id"))
    spans = record.pop("spans")
    given = {"messages": ["Hello!"], "context": {}}
    read = {"messages": ["Hello!", "(own, function, messaging)"], "context": {}}
    assert record == {
        "at": "2026-09-21T14:13:20.123Z",
        "account": ACCOUNT,
        "bot": "own",
        "environment": None,
        "vendor": "function",
        "channel": "messaging",
        "conversation": "c-1",
        "source": "recorded",
        "kind": "text",
        "outcome": "answered",
        "totalMs": round(turn.steps["total"] * 1000, 2),
        "attempts": 1,
        "event": payload,
        "request": {"built": turn.built, "sent": turn.request},
        "answer": {"given": given, "read": read},
        "draft": read,
        "reply": read,
        "warnings": [],
        "findings": [],
        "error": None,
    }
    assert turn.built == turn.request
    assert [span["step"] for span in spans] == ["queue", "pre_hooks", "attempt", "post_hooks", "read"]
    assert all(span.keys() == {"step", "beganMs", "ms", "failure"} for span in spans)
    ends = [span["beganMs"] + span["ms"] for span in spans]
    assert all(end <= later["beganMs"] + 0.02 for end, later in zip(ends, spans[1:], strict=False))


async def test_a_failed_hook_has_its_code_meaning_and_remedy(tmp_path: Path) -> None:
    async with open_stage(tmp_path, hooks={"post": ["tests.own_hooks:leave"]}) as stage:
        turn = await stage.play(make_payload({"messages": ["Hello!"], "context": {}}))
        record = write_record(turn, Source("tester", 0))
    assert turn.error is not None
    entry = CATALOGUE[PREFIX + "aivendor.faas.failed-hook"]
    assert record["error"] == {
        "code": entry.code,
        "errorId": turn.error.error_id,
        "message": turn.error.message,
        "meaning": entry.meaning,
        "remedy": entry.remedy,
    }
    assert (record["outcome"], record["reply"], record["draft"]) == ("failed", None, None)
    assert record["answer"]["given"] == {"messages": ["Hello!"], "context": {}}


async def test_what_was_answered_counts_where_the_turn_does_not_know_it(tmp_path: Path) -> None:
    reply = {"messages": ["the first answer"], "context": {}}
    async with open_stage(tmp_path) as stage:
        payload = make_payload({"messages": ["Hello!"]}, sequence=1)
        await stage.play(payload)
        repeated = write_record(await stage.play(payload), Source("tester", 0), reply=reply)
    assert (repeated["outcome"], repeated["reply"], repeated["draft"]) == ("repeated", reply, None)


async def test_a_summary_is_what_lists_show(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        record = write_record(await stage.play(make_payload({"messages": 7})), Source("recorded", 0))
    assert write_summary(record) == {
        "id": record["id"],
        "at": "1970-01-01T00:00:00.000Z",
        "account": ACCOUNT,
        "bot": "own",
        "conversation": "c-1",
        "kind": "text",
        "outcome": "failed",
        "totalMs": record["totalMs"],
        "error": record["error"],
    }
