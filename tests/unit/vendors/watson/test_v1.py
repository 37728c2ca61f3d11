"""Whatever JSON Watson V1 answers is a reply that can leave, or a code of the contract; and whatever it says is kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.event import parse_event
from gateway.contract.types import Channel, Json, ReadingContext
from gateway.contract.wire import dumps, loads
from tests.unit.vendors.watson.answers import ANSWERS, ENDS, outcome
from vendors.watson.v1 import build_message, build_request, keep_context, read_reply, write_message

HELLO = parse_event({"convId": "c-1", "message": "hi"})
VARIABLES = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 9), max_size=4)


@given(answer=ANSWERS, channel=st.sampled_from(Channel), skill=st.sampled_from([None, "human_skill"]))
def test_any_answer_is_a_reply_or_has_a_code(answer: Any, channel: Channel, skill: str | None) -> None:
    answer = loads(dumps(answer))
    before = dumps(answer)
    context = ReadingContext(channel=channel, default_skill=skill)
    assert outcome(lambda: read_reply(answer, context)) in ENDS
    assert dumps(answer) == before


@given(context=VARIABLES)
def test_what_watson_gave_goes_back_with_livepersons_members_of_this_event(context: Json) -> None:
    session: Json = {}
    keep_context({"output": {}, "context": context}, session)
    sent = build_message(build_request(HELLO, session), session)
    assert sent["context"] == {**context, "convId": "c-1", "lpEvent": {}, "lpSdes": {}}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"context": None},
        {"context": []},
        {"context": "c"},
        {"context": {"conversation_id": ["new"]}},
        {"error": "e", "context": {"conversation_id": "new"}},
    ],
    ids=str,
)
def test_an_answer_without_a_context_leaves_the_conversation_where_it_was(answer: Json) -> None:
    session: Json = {"context": {"conversation_id": "c-77"}}
    keep_context(answer, session)
    assert session == {"context": {"conversation_id": "c-77"}}


def test_building_changes_neither_request_nor_session() -> None:
    session: Json = {"convId": "c-1", "context": {"conversation_id": "c-77", "system": {"dialog_turn_counter": 1}}}
    request = {**build_request(HELLO, session), "message": " a\nb"}
    before = dumps([request, session])
    assert loads(write_message(request, session)) == build_message(request, session)
    assert dumps([request, session]) == before
