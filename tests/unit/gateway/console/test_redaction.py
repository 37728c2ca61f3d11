import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.console.redaction import redact_record

CASES: dict[str, Any] = orjson.loads((Path(__file__).parents[3] / "data/console/redaction.json").read_bytes())


def make_record(value: Any, conversation: str = "c-1") -> dict[str, Any]:
    """Make a record that has the value wherever a consumer's or a vendor's words stand."""
    return {
        "id": "4111111111111111",
        "conversation": conversation,
        "error": {"message": "ann@example.com"},
        "event": value,
        "request": {"built": value, "sent": value},
        "answer": {"given": value, "read": None},
        "draft": {"messages": [value], "context": {}},
        "reply": None,
    }


@pytest.mark.parametrize("name", CASES)
def test_what_is_kept_of_a_turn(name: str) -> None:
    case = CASES[name]
    conversation = case.get("conversation", "c-1")
    record = make_record(case["event"], conversation)
    assert redact_record(record) == make_record(case["kept"], conversation)
    assert record == make_record(case["event"], conversation), "what is redacted is a copy"


def test_deep_nesting_is_no_obstacle() -> None:
    value: dict[str, Any] = {"email": "a@b.example"}
    for _ in range(90):
        value = {"x": [value]}
    kept = redact_record(make_record(value) | {"request": {}, "answer": {}, "draft": None})["event"]
    for _ in range(90):
        kept = kept["x"][0]
    assert kept == {"email": "[masked]"}


@pytest.mark.parametrize("part", ["a-", "token", "token ", "bearer ", "password:", "- ", "x=", "[", '{"'])
def test_no_text_takes_long(part: str) -> None:
    text = part * (400_000 // len(part))
    began = time.process_time()
    redact_record(make_record({"text": text}) | {"request": {}, "answer": {}, "draft": None})
    assert time.process_time() - began < 2
