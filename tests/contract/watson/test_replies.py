"""Every row of Watson's response tables: the native answer, and the reply in LivePerson's terms or the code."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import VendorFailure
from gateway.contract.reply import render
from gateway.contract.types import Channel, ReadingContext, Reply
from gateway.contract.wire import loads
from vendors.watson.v2 import read_reply

CASES = loads((Path(__file__).parents[2] / "data" / "watson" / "replies.json").read_bytes())


def read(case: dict[str, Any]) -> Reply:
    given = case.get("context", {})
    channel = Channel(given.get("channel", "messaging"))
    return read_reply(case["answer"], ReadingContext(channel=channel, default_skill=given.get("defaultSkill")))


@pytest.mark.parametrize("case", [case for case in CASES if "reply" in case], ids=lambda case: case["name"])
def test_answer_becomes_the_reply(case: dict[str, Any]) -> None:
    reply = read(case)
    assert (render(reply), list(reply.warnings), reply.unsupported_action) == (
        case["reply"],
        case["warnings"],
        case["unsupportedAction"],
    )


@pytest.mark.parametrize("case", [case for case in CASES if "failure" in case], ids=lambda case: case["name"])
def test_answer_without_a_reply_has_its_code(case: dict[str, Any]) -> None:
    with pytest.raises(VendorFailure) as caught:
        read(case)
    failure = caught.value
    assert {
        "kind": failure.kind.name,
        "code": failure.code.removeprefix(PREFIX),
        "message": failure.message,
    } == case["failure"]
