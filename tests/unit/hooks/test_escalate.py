import copy
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.types import Channel, Json
from gateway.contract.wire import loads
from hooks.context import EventSnapshot, HookContext
from hooks.escalate import STATE_KEY, after_fallbacks
from hooks.options import InvalidOptions

CASES = loads((Path(__file__).parents[2] / "data/hooks/escalate.json").read_bytes())
TEXT_EVENT: Json = {"convId": "c-1", "message": "gibberish", "context": {}}


def make_context(vendor: str, options: Json, state: Json, event: Json) -> HookContext:
    return HookContext(
        account="1",
        bot="b",
        vendor=vendor,
        channel=Channel.MESSAGING,
        conversation_id="c-1",
        options=options,
        state=state,
        snapshot=EventSnapshot(event),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_conversation(case: Any) -> None:
    """Turn by turn: what the hook leaves of the answer ("left", the answer itself when missing), and the count."""
    state: Json = {}
    for turn in case["turns"]:
        context = make_context(case["vendor"], case["with"], state, turn.get("event", TEXT_EVENT))
        left = after_fallbacks(copy.deepcopy(turn["answer"]), context)
        assert (left, state) == (turn.get("left", turn["answer"]), {STATE_KEY: turn["count"]})


def test_three_in_a_row_are_the_default() -> None:
    state: Json = {"of another hook": 1}
    context = make_context("function", {"skill": "human"}, state, TEXT_EVENT)
    actions = [
        after_fallbacks({"messages": ["Pardon?"], "context": {"intentId": "fallback"}}, context)["context"].get(
            "action"
        )
        for _ in range(6)
    ]
    assert actions == [None, None, "TRANSFER", None, None, "TRANSFER"]
    assert state == {"of another hook": 1, STATE_KEY: 0}


def test_wrong_options_fail_the_hook_too() -> None:
    with pytest.raises(InvalidOptions, match="skill: is required"):
        after_fallbacks({}, make_context("function", {}, {}, TEXT_EVENT))


def test_a_vendor_of_somebody_else_is_named() -> None:
    with pytest.raises(LookupError, match="the answers of acme-bot are not known here"):
        after_fallbacks({}, make_context("acme-bot", {"skill": "human"}, {}, TEXT_EVENT))
