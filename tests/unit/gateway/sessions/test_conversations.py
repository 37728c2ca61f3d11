import pytest

from gateway.contract.types import Json
from gateway.contract.wire import WireError
from gateway.sessions.conversations import Conversation, read_conversation, write_conversation


def test_what_was_written_is_read() -> None:
    conversation = Conversation({"session_id": "s"}, {"count": 1})
    assert read_conversation(write_conversation(conversation)) == conversation
    assert write_conversation(conversation) == b'[{"session_id":"s"},{"count":1}]'


@pytest.mark.parametrize("opening", [{}, {"sdes": {"a": 1}}])
def test_what_it_was_opened_with_is_read_too(opening: Json) -> None:
    conversation = Conversation({"session_id": "s"}, {}, opening)
    assert read_conversation(write_conversation(conversation)) == conversation


@pytest.mark.parametrize(
    ("conversation", "is_empty"),
    [
        (Conversation(), True),
        (Conversation({"a": 1}), False),
        (Conversation({}, {"a": 1}), False),
        (Conversation(opening={}), False),
    ],
)
def test_it_is_empty_when_there_is_nothing_worth_keeping(conversation: Conversation, is_empty: bool) -> None:
    assert conversation.is_empty is is_empty


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"nonsense",
        b"\xff",
        b"[1]",
        b"{}",
        b"[1,2]",
        b"[{},[]]",
        b"[{}, {}, {}]",
        b"[{}, {}, []]",
        b"[{}, {}, [1]]",
    ],
)
def test_anything_else_is_none(kept: bytes) -> None:
    assert read_conversation(kept) is None


def test_state_that_is_not_json_is_refused() -> None:
    with pytest.raises(WireError):
        write_conversation(Conversation({}, {"now": object()}))
