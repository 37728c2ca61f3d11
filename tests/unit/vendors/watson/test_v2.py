"""Whatever JSON Watson V2 answers is a reply that can leave, or a code of the contract."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.event import parse_event
from gateway.contract.types import Channel, ReadingContext
from gateway.contract.wire import dumps, loads
from tests.unit.vendors.watson.answers import ANSWERS, ENDS, outcome
from vendors.watson.v2 import build_message, build_request, read_reply, write_message


@given(answer=ANSWERS, channel=st.sampled_from(Channel), skill=st.sampled_from([None, "human_skill"]))
def test_any_answer_is_a_reply_or_has_a_code(answer: Any, channel: Channel, skill: str | None) -> None:
    answer = loads(dumps(answer))
    before = dumps(answer)
    context = ReadingContext(channel=channel, default_skill=skill)
    assert outcome(lambda: read_reply(answer, context)) in ENDS
    assert dumps(answer) == before


def test_the_two_skills_variables_are_two_objects() -> None:
    request = build_request(parse_event({"convId": "c-1", "message": "hi"}), {})
    skills = request["context"]["skills"]
    skills["main skill"]["user_defined"]["vip"] = True
    assert skills["actions skill"]["skill_variables"] == {"convId": "c-1", "lpEvent": {}, "lpSdes": {}}


def test_building_changes_neither_event_nor_session() -> None:
    event, session = parse_event({"convId": "c-1", "message": "hi"}), {"session_id": "s"}
    assert build_request(event, session) == build_request(event, session)
    assert session == {"session_id": "s"}


def test_writing_leaves_the_request_as_it_is() -> None:
    request = build_request(parse_event({"convId": "c-1", "message": "hi"}), {"session_id": "s"})
    request["input"]["text"] = " a\nb"
    before = dumps(request)
    assert loads(write_message(request)) == build_message(request)
    assert build_message(request)["input"]["text"] == "a b"
    assert dumps(request) == before
