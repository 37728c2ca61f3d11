"""Every row of the function's "Response", and every example of the contract page it answers in."""

import re
from pathlib import Path
from typing import Any

import pytest

from gateway.contract.errors import TurnFailed
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Channel, ReadingContext, Reply, StructuredContentMode
from gateway.contract.wire import loads
from vendors.function.reading import read_reply

ROOT = Path(__file__).parents[3]
CASES = loads((ROOT / "tests" / "data" / "function" / "replies.json").read_bytes())
SECTION_2 = (ROOT / "docs" / "contract" / "custom-integration.md").read_text("utf-8").partition("\n## 2. ")[2]
EXAMPLES = [loads(block) for block in re.findall(r"```json\n(.+?)```", SECTION_2, re.DOTALL)]


def read(answer: dict[str, Any], channel: Channel = Channel.MESSAGING) -> Reply:
    # What rich content itself may hold is another table (tests/data/structured_content).
    rules = ReplyRules(channel=channel, custom_ttr=True, structured_content=StructuredContentMode.OFF)
    return verify(read_reply(answer, ReadingContext(channel=channel)), rules)


@pytest.mark.parametrize("case", [case for case in CASES if "reply" in case], ids=lambda case: case["name"])
def test_answer_becomes_the_reply(case: dict[str, Any]) -> None:
    reply = read(case["answer"], Channel(case.get("channel", "messaging")))
    assert render(reply) == case["reply"]
    assert list(reply.warnings) == case["warnings"]


@pytest.mark.parametrize("case", [case for case in CASES if "code" in case], ids=lambda case: case["name"])
def test_answer_without_a_reply_has_its_code(case: dict[str, Any]) -> None:
    with pytest.raises(TurnFailed) as caught:
        read(case["answer"], Channel(case.get("channel", "messaging")))
    assert caught.value.code == case["code"]


def test_the_contract_page_has_examples() -> None:
    assert len(EXAMPLES) >= 16


@pytest.mark.parametrize("example", EXAMPLES, ids=range(1, len(EXAMPLES) + 1))
def test_an_answer_that_keeps_the_contract_comes_out_unchanged(example: dict[str, Any]) -> None:
    reply = read(example)
    assert render(reply) == {"context": {}, **example}
    assert reply.warnings == ()
