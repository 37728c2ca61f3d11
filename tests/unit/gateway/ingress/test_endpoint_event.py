from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.contract.errors import RequestRefused
from gateway.contract.event import InvalidEvent
from gateway.contract.types import Channel, ConversationId, Event, EventKind
from gateway.ingress.endpoint_event import CLOSED, join_opening, parse_endpoint_event, parse_opening

DATA = Path(__file__).parents[3] / "data/custom_endpoint"
ID = ConversationId("c-1")


def load(name: str) -> list[Any]:
    cases: list[Any] = orjson.loads((DATA / f"{name}.json").read_bytes())
    return cases


def name_of(case: Any) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", load("events"), ids=name_of)
def test_an_event_is_read(case: Any) -> None:
    event = parse_endpoint_event(case["body"], ID)
    if case.get("closed"):
        assert event is CLOSED
        return
    payload = {"convId": "c-1", **case["payload"]}
    assert event == Event(
        conversation_id=ID,
        kind=EventKind(case["kind"]),
        text=case["text"],
        lp_event=payload["context"]["lpEvent"],
        lp_sdes={},
        content=case.get("content"),
        last_consumer_message=case.get("last"),
        channel=Channel(case["channel"]) if "channel" in case else None,
        sequence=case.get("sequence"),
        payload=payload,
    )


@pytest.mark.parametrize("case", load("invalid_events"), ids=name_of)
def test_what_is_no_event_names_the_place(case: Any) -> None:
    with pytest.raises(InvalidEvent) as problem:
        parse_endpoint_event(case["body"], ID)
    assert str(problem.value) == case["problem"]


@pytest.mark.parametrize("case", load("openings"), ids=name_of)
def test_an_opening_is_read(case: Any) -> None:
    if "problem" in case:
        with pytest.raises(InvalidEvent) as problem:
            parse_opening(case["body"])
        assert str(problem.value) == case["problem"]
    else:
        assert parse_opening(case["body"]) == case["opening"]


def test_an_event_gets_what_its_conversation_was_opened_with() -> None:
    sdes = {"authenticatedSdes": {"a": 1}}
    event = parse_endpoint_event(
        {"type": "TEXT", "data": {"message": "x"}, "context": {"lpEvent": {"sequence": 1}}}, ID
    )
    assert isinstance(event, Event)
    joined = join_opening(event, {"sdes": sdes, "context": {"type": "CHAT", "skillId": "12"}})
    lp_event = {"sequence": 1, "conversationContext": {"type": "CHAT", "skillId": "12"}}
    assert (joined.lp_sdes, joined.lp_event, joined.channel) == (sdes, lp_event, Channel.CHAT)
    assert joined.payload == {"convId": "c-1", "message": "x", "context": {"lpEvent": lp_event, "lpSdes": sdes}}


def test_an_event_s_own_context_counts_more() -> None:
    body = {"type": "START", "context": {"lpEvent": {"conversationContext": {"type": "MESSAGING"}}}}
    event = parse_endpoint_event(body, ID)
    assert isinstance(event, Event)
    joined = join_opening(event, {"sdes": {}, "context": {"type": "CHAT"}})
    assert joined.lp_event == {"conversationContext": {"type": "MESSAGING"}}


def test_an_event_of_a_conversation_that_was_not_opened_is_refused() -> None:
    event = parse_endpoint_event({"type": "START"}, ID)
    assert isinstance(event, Event)
    with pytest.raises(RequestRefused) as refused:
        join_opening(event, None)
    assert (refused.value.status, refused.value.code) == (404, "botbridge.error.unknown-conversation")
