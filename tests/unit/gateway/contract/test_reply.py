from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from gateway.contract.catalogue import PREFIX
from gateway.contract.draft import ReplyDraft
from gateway.contract.errors import ReplyRejected
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Channel, StructuredContentMode

DATA = Path(__file__).parents[3] / "data" / "contract"
CASES = orjson.loads((DATA / "replies.json").read_bytes())
ANSWER = Draft202012Validator(orjson.loads((DATA / "answer.schema.json").read_bytes()))
BuildDraft = Callable[[dict[str, Any]], ReplyDraft]


def read_rules(given: dict[str, Any]) -> ReplyRules:
    # The cases are about what surrounds rich content; those that are about its rules say so.
    rules = {"structured_content": StructuredContentMode(given.get("structured_content", "off"))} | {
        key: value for key, value in given.items() if key != "structured_content"
    }
    if "channel" in rules:
        rules["channel"] = Channel(rules["channel"])
    if "image_hosts" in rules:
        rules["image_hosts"] = frozenset(rules["image_hosts"])
    if "skills" in rules:
        rules["skills"] = frozenset(rules["skills"])
    return ReplyRules(**rules)


@pytest.mark.parametrize("case", [case for case in CASES if "answer" in case], ids=lambda case: case["id"])
def test_lets_through(case: dict[str, Any], build_draft: BuildDraft) -> None:
    rules = read_rules(case.get("rules", {}))

    reply = verify(build_draft(case).finish(), rules)
    answer = render(reply)

    assert answer == {"messages": [], "context": {}} | case["answer"]
    assert list(reply.warnings) == case.get("warnings", [])
    ANSWER.validate(answer)
    assert render(verify(reply, rules)) == answer, "what was verified once is verified"


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=lambda case: case["id"])
def test_rejects(case: dict[str, Any], build_draft: BuildDraft) -> None:
    with pytest.raises(ReplyRejected) as caught:
        verify(build_draft(case).finish(), read_rules(case.get("rules", {})))

    error = caught.value
    assert (error.code, error.message) == (PREFIX + case["error"], case["message"])
    assert (error.status, error.retryable, error.retry_after) == (502, False, None)


@pytest.mark.parametrize(("length", "kept"), [(5000, True), (5004, False)])
def test_encoded_metadata_has_at_most_5000_characters(length: int, kept: bool, build_draft: BuildDraft) -> None:
    value = "YWJj" * (length // 4)

    reply = verify(
        build_draft({"steps": [["text", "hi", "a"]], "fields": {"encoded_metadata": value}}).finish(), ReplyRules()
    )

    assert render(reply) == {"messages": ["hi"], "context": {"encodedMetadata": value} if kept else {}}
    assert reply.warnings == (() if kept else ("context.encodedMetadata: stripped, it has more than 5000 characters",))


def test_the_reply_that_came_in_is_left_alone(build_draft: BuildDraft) -> None:
    given = build_draft(
        {"steps": [["payload", {"delay": 400}, "a"], ["action", "CHANGE_TTR", {"ttrType": "URGENT"}, "a"]]}
    )
    before = given.finish()

    verify(before, ReplyRules(channel=Channel.CHAT))

    assert before == given.finish()
