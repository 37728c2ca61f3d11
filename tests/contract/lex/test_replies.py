"""Every row of "Lex V2, Response": the native answer, and the reply in LivePerson's terms or the code."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.errors import TurnFailed
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Channel, ReadingContext, Reply, StructuredContentMode
from gateway.contract.wire import loads
from vendors.lex.v2 import read_reply

CASES = loads((Path(__file__).parents[2] / "data" / "lex" / "replies.json").read_bytes())


def read(case: dict[str, Any]) -> Reply:
    given = case.get("context", {})
    channel = Channel(given.get("channel", "messaging"))
    context = ReadingContext(channel=channel, default_skill=given.get("defaultSkill"))
    return verify(
        read_reply(case["answer"], context), ReplyRules(channel=channel, structured_content=StructuredContentMode.OFF)
    )


@pytest.mark.parametrize("case", [case for case in CASES if "reply" in case], ids=lambda case: case["name"])
def test_answer_becomes_the_reply(case: dict[str, Any]) -> None:
    reply = read(case)
    assert render(reply) == case["reply"]
    assert list(reply.warnings) == case["warnings"]


@pytest.mark.parametrize("case", [case for case in CASES if "code" in case], ids=lambda case: case["name"])
def test_answer_without_a_reply_has_its_code(case: dict[str, Any]) -> None:
    with pytest.raises(TurnFailed) as caught:
        read(case)
    assert caught.value.code == case["code"]
