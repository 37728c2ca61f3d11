from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.draft import PAYLOAD_KEYS, ReplyDraft
from gateway.contract.types import Delay, ReadingContext, Text
from gateway.contract.wire import dumps
from vendors.watson.texts import Reading, read_text, read_value

CHARACTERS = st.text(st.characters(exclude_categories=["Cs"]))
OTHER_KEYS = CHARACTERS.filter(lambda key: key not in PAYLOAD_KEYS)


def read(text: str) -> list[object]:
    reading = Reading(ReplyDraft(), ReadingContext())
    read_value(text, "text", reading)
    return list(reading.draft.messages)


@given(CHARACTERS.filter(lambda text: text.strip() and not text.lstrip().startswith("{")))
def test_a_text_that_is_no_object_is_never_touched(text: str) -> None:
    assert read(text) == [Text(text)]


@given(CHARACTERS.map("{".__add__))
def test_a_text_with_a_brace_stays_a_text_unless_it_parses(text: str) -> None:
    assert read(text) == [Text(text)]


@given(st.dictionaries(OTHER_KEYS, CHARACTERS).map(lambda value: dumps(value).decode()))
def test_an_object_that_is_not_livepersons_stays_a_text(text: str) -> None:
    assert read(text) == [Text(text)]


@given(st.integers(0, 300), st.booleans(), st.sampled_from(["", " ", "\n\t"]))
def test_an_object_of_livepersons_is_more_than_a_text(seconds: int, typing: bool, space: str) -> None:
    text = space + dumps({"delay": seconds, "typing": typing}).decode()
    assert read(text) == [Delay(seconds, typing)]


def test_what_has_been_found_is_remembered() -> None:
    reading = Reading(ReplyDraft(), ReadingContext())
    read_text({"text": '{"delay":1}'}, "output.generic[0]", reading)
    read_text({"text": "Hi"}, "output.generic[1]", reading)
    assert reading.payloads == [{"delay": 1}]
