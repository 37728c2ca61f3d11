import pytest

from gateway.sessions.repeats import Answer, read_answer, write_answer


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b'{"messages":["1"]}'),
        Answer(b"", None, None),
        Answer(b"line\nline\n\x00\xff", None, None),
        Answer(b"{}", "code", "id"),
    ],
)
def test_what_was_written_is_read_as_a_repeat(answer: Answer) -> None:
    read = read_answer(write_answer(answer))
    assert read == Answer(answer.body, answer.error_name, answer.error_id, repeated=True)


def test_a_damaged_body_is_none() -> None:
    whole = write_answer(Answer(b'{"messages":["1"]}'))
    assert read_answer(whole.replace(b"1", b"2")) is None
    assert read_answer(whole[:-1]) is None


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"\n",
        b"\xff nonsense",
        b"{}\n{}",
        b"[1,2]\n{}",
        b"[null]\n{}",
        b'["a",{}]\n',
        b"null\n{}",
        b"[null,null]\n{}",
    ],
)
def test_anything_else_is_none(kept: bytes) -> None:
    assert read_answer(kept) is None
