"""What `hooks.escalate` makes of an answer is a TRANSFER to the vendor's own reader."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Action, ActionName, Json, ReadingContext, Reply
from gateway.contract.wire import loads
from vendors.dialogflow import cx, es
from vendors.function import reading
from vendors.lex import v2 as lex
from vendors.watson import v1 as watson_v1
from vendors.watson import v2 as watson

READERS: dict[str, Callable[[Json], Reply]] = {
    "dialogflow-cx": lambda answer: cx.read_reply(answer, ReadingContext()),
    "dialogflow-es": es.read_reply,
    "function": lambda answer: reading.read_reply(answer, ReadingContext()),
    "lex-v2": lambda answer: lex.read_reply(answer, ReadingContext()),
    "watson-v1": lambda answer: watson_v1.read_reply(answer, ReadingContext()),
    "watson-v2": lambda answer: watson.read_reply(answer, ReadingContext()),
}
CASES = loads((Path(__file__).parents[2] / "data/hooks/escalate.json").read_bytes())
ESCALATED = [
    pytest.param(case, turn["left"], id=case["name"])
    for case in CASES
    if case["vendor"] in READERS
    for turn in case["turns"]
    if "left" in turn
]


@pytest.mark.parametrize(("case", "answer"), ESCALATED)
def test_the_reader_finds_the_transfer_and_the_message(case: Any, answer: Json) -> None:
    reply = verify(READERS[case["vendor"]](answer), ReplyRules(skills={"human"}))
    assert reply.action == Action(ActionName.TRANSFER, {"skill": "human"})
    message = case["with"].get("message")
    assert render(reply)["messages"][-1:] == [message] if message else "One moment." not in render(reply)["messages"]


def test_every_reader_has_a_case() -> None:
    assert {param.values[0]["vendor"] for param in ESCALATED} == set(READERS)  # type: ignore[index]  # pytest types them as object
