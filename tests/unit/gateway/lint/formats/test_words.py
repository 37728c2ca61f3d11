import pytest

from gateway.lint.codes import Severity
from gateway.lint.formats.words import count, printable, summarise


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ordér → 注文 🙂", "Ordér → 注文 🙂"),
        ("a\nb\tc\x1b[2J", "a\\nb\\tc\\x1b[2J"),
        ("\u202eevil", "\\u202eevil"),
        ("\x85\x00", "\\x85\\x00"),
    ],
)
def test_escapes_what_would_break_a_line_or_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(("number", "told"), [(0, "0 errors"), (1, "1 error"), (2, "2 errors")])
def test_counts(number: int, told: str) -> None:
    assert count(number, "error") == told


def test_summarises_what_there_is() -> None:
    assert summarise({Severity.ERROR: 1, Severity.WARNING: 0, Severity.NOTE: 2}, 1) == "1 export: 1 error, 2 notes"
