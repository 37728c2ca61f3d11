from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from emulators.exports.words import fold, folded, split_words

CASES = orjson.loads((Path(__file__).parents[3] / "data" / "exports" / "words.json").read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_words(case: Any) -> None:
    assert list(folded(case["text"])) == case["words"]


def test_words_know_where_they_stand() -> None:
    text = "  It's,  \u201cFINE\u201d!"
    assert [(word.folded, text[word.start : word.end]) for word in split_words(text)] == [
        ("its", "It's"),
        ("fine", "FINE"),
    ]


def test_folding_twice_changes_nothing() -> None:
    assert [fold(fold(text)) for text in ("\u0130", "\u00df", "\ufb01")] == [
        fold(text) for text in ("\u0130", "\u00df", "\ufb01")
    ]
