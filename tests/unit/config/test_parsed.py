import pytest

from config.parsed import Document, LinesUnknown


def test_a_place_has_the_line_of_the_nearest_one_above_it() -> None:
    document = Document({"a": {"b": 1}}, {(): 1, ("a",): 2, ("a", "b"): 3}, [])
    assert [document.line(path) for path in [("a", "b"), ("a", "c", 0), ("d",), ()]] == [3, 2, 1, 1]


def test_a_document_without_lines_says_so() -> None:
    with pytest.raises(LinesUnknown):
        Document({}, None, []).line(())
