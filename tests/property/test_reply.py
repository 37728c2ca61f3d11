"""Whatever a bot says: the answer keeps LivePerson's contract, or the turn fails with a code of the catalogue.

The contract is held by tests/data/contract/answer.schema.json and by `breaks_rules` below, both written from
docs/contract/custom-integration.md section 2 and not from the code.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gateway.contract import wire
from gateway.contract.catalogue import CATALOGUE
from gateway.contract.errors import ReplyRejected, TurnFailed, VendorFailure
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Channel, ReadingContext, Reply, StructuredContentMode
from vendors.function.reading import accept_answer, read_reply

DATA = Path(__file__).parents[1] / "data" / "contract"
ANSWER = Draft202012Validator(orjson.loads((DATA / "answer.schema.json").read_bytes()))

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2)
)
OBJECTS = st.dictionaries(st.text(max_size=6), JSON, max_size=2)


@st.composite
def members(draw: st.DrawFn, /, **strategies: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Draw an object most of whose members are there and fit; some are absent, a few are anything."""
    drawn = {}
    for name, strategy in strategies.items():
        fate = draw(st.integers(0, 9))
        if fate > 2:
            drawn[name] = draw(strategy)
        elif fate == 2:
            drawn[name] = draw(JSON)
    return drawn


WORDS = st.sampled_from(["hi", " two\nlines ", "", " ", "\u2028"]) | st.text(max_size=6)
BASE64 = st.sampled_from(["eyJhIjoxfQ==", "YWJj", "YWI=", "YWJ=", "_-__", "", "YWJj" * 1250, "YWJj" * 1251])
METADATA_ENTRY = members(type=st.sampled_from(["ExternalId", "Other"]), id=st.sampled_from(["a", "", 0]))
METADATA = METADATA_ENTRY | st.lists(METADATA_ENTRY | JSON, max_size=2)
CONTENT = members(type=st.sampled_from(["vertical", "button"]), elements=st.lists(OBJECTS, max_size=1))
QUICK_REPLIES = members(message=WORDS, quickReplies=OBJECTS)
SECONDS = st.sampled_from([0, 1, 2.5, "3", "0.1", 300, 301, 1e300, -1, "nan", "soon"])
ENTRIES = st.one_of(
    WORDS,
    members(structuredContent=CONTENT | QUICK_REPLIES, metadata=METADATA, encodedMetadata=BASE64),
    members(message=WORDS, quickReplies=OBJECTS),
    members(textResponse=WORDS, encodedMetadata=BASE64),
    members(delay=SECONDS, typing=st.sampled_from([True, False, "true", "No"])),
    members(text=WORDS, messageAudience=st.sampled_from(["AGENTS_AND_MANAGERS", "ALL"])),
    JSON,
)
ACTIONS = st.sampled_from(["TRANSFER", "CLOSE_CONVERSATION", "CHANGE_TTR", "INVOCATION", "DANCE", ""])
FIT_FOR_ALL = {"skill": "sales", "ttrType": "CUSTOM", "value": 2.5, "lambdaUuid": "u", "payload": {"a": 1}}
PARAMETERS = st.just(FIT_FOR_ALL) | members(
    skill=st.sampled_from(["sales", "sales", "billing", ""]),
    agentId=st.sampled_from(["1", 1, 1.0, math.inf, ""]),
    withoutPcs=st.sampled_from([True, "false", "", "maybe"]),
    ttrType=st.sampled_from(["URGENT", "CUSTOM", "custom"]),
    ttrtype=st.sampled_from(["NORMAL", "PRIORITIZED"]),
    value=SECONDS,
    lambdaUuid=st.sampled_from(["u", ""]),
    payload=OBJECTS | st.sampled_from(['{"a": 1}', "[1]", "{"]),
    failOnError=st.booleans(),
)
INTENT = {
    "intentId": st.sampled_from(["a", "b", "c", "i" * 300, ""]),
    "intentName": st.sampled_from(["n", "", "n" * 300]),
    "confidenceScore": st.sampled_from([0, 0.25, 0.5, 0.75, 1, 1.5, True, math.inf]),
}
ANSWERS = members(
    messages=st.lists(ENTRIES, max_size=4),
    context=members(
        action=ACTIONS,
        actionParameters=PARAMETERS,
        **INTENT,
        alternativeIntents=st.lists(members(**INTENT), max_size=2),
        encodedMetadata=BASE64,
        structuredContent=CONTENT | QUICK_REPLIES,
        metadata=METADATA,
    ),
)
RULES = st.builds(
    ReplyRules,
    channel=st.sampled_from(Channel),
    skills=st.sampled_from([None, frozenset({"sales"}), frozenset({"sales", "billing"})]),
    encoded_metadata=st.booleans(),
    custom_ttr=st.booleans(),
    structured_content=st.sampled_from(StructuredContentMode),
    image_hosts=st.sampled_from([None, frozenset({"img.example.com"})]),
    max_delay=st.sampled_from([0, 5, 300]),
)


def breaks_rules(answer: dict[str, Any], rules: ReplyRules) -> Iterator[str]:
    """Say what in an answer the bot's account and channel do not allow: what a schema cannot know."""
    messages, context = answer["messages"], answer["context"]
    objects = [message for message in messages if isinstance(message, dict)]
    action, parameters = context.get("action"), context.get("actionParameters", {})
    if rules.channel is Channel.CHAT:
        if any("quickReplies" in message.get("structuredContent", {}) for message in objects):
            yield "quick replies on chat"
        if action == "CHANGE_TTR":
            yield "CHANGE_TTR on chat"
    if (rules.channel is Channel.CHAT or not rules.encoded_metadata) and (
        "encodedMetadata" in context or any("encodedMetadata" in message for message in objects)
    ):
        yield "encodedMetadata where there is none"
    if parameters.get("ttrType") == "CUSTOM" and not rules.custom_ttr:
        yield "CHANGE_TTR CUSTOM switched off"
    if action == "TRANSFER" and rules.skills is not None and parameters["skill"] not in rules.skills:
        yield "a skill that the account does not have"
    if any(message.get("delay", 0) > rules.max_delay for message in objects):
        yield "a delay that is too long"


def take_turn(answer: Any, rules: ReplyRules) -> Reply | TurnFailed:
    """Read and verify a bot's answer; every other exception than the turn's failures fails the test."""
    try:
        return verify(read_reply(accept_answer(answer), ReadingContext(channel=rules.channel)), rules)
    except (VendorFailure, ReplyRejected) as failure:
        return failure


@given(JSON | ANSWERS, RULES)
def test_an_answer_keeps_the_contract_or_the_turn_fails(given_answer: Any, rules: ReplyRules) -> None:
    reply = take_turn(given_answer, rules)

    if isinstance(reply, TurnFailed):
        assert reply.code in CATALOGUE
        assert reply.status == 502
        return
    answer = render(reply)
    assert list(ANSWER.iter_errors(answer)) == []
    assert list(breaks_rules(answer, rules)) == []
    assert wire.loads(wire.dumps(answer)) == answer


@given(ANSWERS, RULES)
def test_an_answer_that_is_read_back_is_the_same(given_answer: dict[str, Any], rules: ReplyRules) -> None:
    reply = take_turn(given_answer, rules)
    if isinstance(reply, TurnFailed):
        return
    answer = render(reply)

    again = take_turn(wire.copy(answer), rules)

    assert isinstance(again, Reply)
    assert render(again) == answer
    changed = [warning for warning in again.warnings if ".structuredContent: " not in warning]
    assert changed == [], "nothing in a clean answer is dropped or changed"


@given(ANSWERS, RULES)
def test_reading_leaves_the_bots_answer_alone(given_answer: dict[str, Any], rules: ReplyRules) -> None:
    before = repr(given_answer)

    take_turn(given_answer, rules)

    assert repr(given_answer) == before
