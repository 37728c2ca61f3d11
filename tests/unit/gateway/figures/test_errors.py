from gateway.figures.errors import ErrorEntry
from tests.unit.gateway.figures.conftest import MIDNIGHT, Bots, make_failure

ENTRY = ErrorEntry(MIDNIGHT + 0.25, "an.older.code", "c2b7a0de", "It failed.", "c-ü", "rich-content", "escalated")


def test_an_error_is_read_as_it_was_written() -> None:
    assert ErrorEntry.read(ENTRY.write()) == ENTRY


def test_an_error_has_the_facts_of_its_turn(bots: Bots) -> None:
    failure = make_failure()
    turn = bots.end_turn(outcome="failed", error=failure, conversation="c-9")
    assert ErrorEntry.of(turn, failure, MIDNIGHT) == ErrorEntry(
        MIDNIGHT, failure.code, failure.error_id, "Lex is away. (HTTP 503)", "c-9", "text", "failed"
    )


def test_a_code_that_is_not_known_any_more_has_no_remedy() -> None:
    assert ENTRY.show() == {
        "at": "2026-09-24T00:00:00.250Z",
        "code": "an.older.code",
        "errorId": "c2b7a0de",
        "message": "It failed.",
        "meaning": "",
        "remedy": "",
        "conversation": "c-ü",
        "kind": "rich-content",
        "outcome": "escalated",
    }
    assert ENTRY.show_as_last() == {
        "name": "an.older.code",
        "errorId": "c2b7a0de",
        "message": "It failed.",
        "remedy": "",
        "at": "2026-09-24T00:00:00.250Z",
    }
