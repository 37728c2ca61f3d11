from typing import Any

from botocore.utils import percent_encode
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.catalogue import CATALOGUE
from gateway.contract.errors import ReplyRejected, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Json, ReadingContext
from gateway.contract.wire import dumps, loads
from vendors.lex import v2

CONVERSATION = "5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11"
EVENT = parse_event({"convId": CONVERSATION, "message": "hi"})

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def members(*names: str, values: st.SearchStrategy[Any] = anything) -> st.SearchStrategy[Json]:
    """Make objects of known names with values of any kind: closer to an answer than any JSON, and as wrong."""
    return st.dictionaries(st.sampled_from(names), values, max_size=len(names))


payloads = members(
    "type", "params", "structuredContent", "metadata", "encodedMetadata", "textResponse", "delay", "typing", "text",
    "messageAudience", "quickReplies", "message",
    values=st.sampled_from(["ACTION", "AGENTS_AND_MANAGERS", {"action": "TRANSFER", "data": {"skill": "s"}}]) | anything,
)  # fmt: skip
buttons = st.lists(members("text", "value", values=st.text(max_size=300) | anything) | anything, max_size=3)
cards = members("title", "subtitle", "imageUrl", "buttons", values=buttons | st.text(max_size=9) | anything)
messages = st.fixed_dictionaries(
    {"contentType": st.sampled_from(["PlainText", "CustomPayload", "ImageResponseCard", "SSML"]) | anything},
    optional={
        "content": payloads.map(lambda payload: dumps(payload).decode()) | anything,
        "imageResponseCard": cards | anything,
    },
)
interpretations = members(
    "intent", "nluConfidence", values=members("name", "score", values=st.floats(0, 1) | anything) | anything
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "messages": st.lists(messages | anything, max_size=4) | anything,
        "interpretations": st.lists(interpretations | anything, max_size=3) | anything,
        "sessionState": members("intent", values=members("state", "name", values=st.just("Failed"))) | anything,
    },
)


LEX_CODES = {code for code in CATALOGUE if ".aivendor.lex." in code}
NOTHING_LEFT = {code for code in CATALOGUE if ".pipes.verify-ai-response." in code}


@given(answers, st.none() | st.just("human_skill"))
def test_any_answer_is_a_valid_reply_or_a_documented_code(answer: Json, default_skill: str | None) -> None:
    code = None
    rendered: Json = {"messages": [], "context": {}}
    try:
        reply = v2.read_reply(answer, ReadingContext(default_skill=default_skill))
        rendered = loads(dumps(render(verify(reply, ReplyRules()))))
    except VendorFailure as failure:
        code = failure.code
    except ReplyRejected as rejected:
        code = rejected.code
    assert code in LEX_CODES | NOTHING_LEFT or rendered["messages"] or rendered["context"]["action"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_every_conversation_has_one_session_that_lex_takes(conversation: str) -> None:
    made = v2.make_session_id(conversation)
    assert v2._SESSION_ID.fullmatch(made)
    assert made == v2.make_session_id(conversation)


def test_two_conversations_that_lex_refuses_have_two_sessions() -> None:
    assert v2.make_session_id("a/b") != v2.make_session_id("a/c")


@given(st.from_regex(r"[0-9a-zA-Z._:-]{2,100}", fullmatch=True) | st.text(max_size=120))
def test_a_session_s_id_is_quoted_as_botocore_does(conversation: str) -> None:
    made = v2.make_session_id(conversation)

    assert v2.quote_session_id(made) == percent_encode(made)


def test_what_lex_holds_is_remembered() -> None:
    session: dict[str, Any] = {}
    v2.remember({"sessionState": {"sessionAttributes": {"convId": CONVERSATION, "tier": "gold"}}}, session)
    assert session == {"started": True, "attributes": {"convId": CONVERSATION, "tier": "gold"}}


def test_an_answer_without_attributes_changes_no_memory_of_them() -> None:
    session: dict[str, Any] = {"started": True, "attributes": {"tier": "gold"}}
    for answer in ({}, {"sessionState": None}, {"sessionState": {"sessionAttributes": None}}):
        v2.remember(answer, session)
    assert session == {"started": True, "attributes": {"tier": "gold"}}


def test_building_changes_neither_event_nor_session() -> None:
    session: dict[str, Any] = {"started": True, "attributes": {"tier": "gold"}}
    request = v2.build_request(EVENT, session)
    request["sessionState"]["sessionAttributes"]["tier"] = "lost"
    assert session == {"started": True, "attributes": {"tier": "gold"}}
    assert EVENT.payload == {"convId": CONVERSATION, "message": "hi"}
