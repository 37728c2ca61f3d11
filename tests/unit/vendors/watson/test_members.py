from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.draft import ReplyDraft
from vendors.watson.members import clean_text, read_encoded_metadata


@given(st.text())
def test_a_clean_text_is_one_line_that_watson_takes(text: str) -> None:
    cleaned = clean_text(text)
    assert not set("\n\r\t") & set(cleaned)
    assert len(cleaned) <= 2048
    assert clean_text(cleaned).strip() == cleaned.strip()


@given(st.text(st.characters(exclude_characters="\n\r\t")).map(str.strip).filter(lambda text: len(text) <= 2048))
def test_a_text_that_watson_takes_stays_as_it_is(text: str) -> None:
    assert clean_text(text) == text


def test_metadata_of_an_odd_kind_gives_way_to_the_next() -> None:
    draft = ReplyDraft()
    variables = [
        ("a", []),
        ("b", {"encodedMetadata": 7}),
        ("c", {"encodedMetadata": ""}),
        ("d", {"encodedMetadata": "x"}),
    ]
    read_encoded_metadata(variables, draft)
    assert draft.encoded_metadata == "x"
    assert draft.warnings == ["b: encodedMetadata is no string but number: ignored"]
