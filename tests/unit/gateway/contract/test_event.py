from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.contract.event import InvalidEvent, parse_event

DATA = Path(__file__).parents[3] / "data" / "contract"
EVENTS = orjson.loads((DATA / "events.json").read_bytes())
INVALID_EVENTS = orjson.loads((DATA / "invalid_events.json").read_bytes())


@pytest.mark.parametrize("case", EVENTS, ids=lambda case: case["id"])
def test_parses(case: dict[str, Any]) -> None:
    payload = case["payload"]
    context = payload.get("context") or {}
    absent = {
        "conversation_id": payload["convId"],
        "text": "",
        "lp_event": context.get("lpEvent", {}),
        "lp_sdes": context.get("lpSdes", {}),
        "content": None,
        "last_consumer_message": None,
        "channel": None,
        "sequence": None,
        "payload": payload,
    }

    assert asdict(parse_event(payload)) == absent | case["event"]


@pytest.mark.parametrize("case", INVALID_EVENTS, ids=lambda case: case["id"])
def test_refuses(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent) as caught:
        parse_event(case["payload"])

    assert (caught.value.path, caught.value.problem) == (case["path"], case["problem"])
    assert str(caught.value) == f"{case['path']}: {case['problem']}"
    assert "secret" not in str(caught.value)
