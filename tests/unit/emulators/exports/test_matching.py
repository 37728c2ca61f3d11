from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from emulators.exports.bot import Entity, EntityValue, Intent, Part, Phrase, Place
from emulators.exports.matching import Lexicon, Matcher

CASES = orjson.loads((Path(__file__).parents[3] / "data" / "exports" / "matching.json").read_bytes())
PLACE = Place("test")
ENTITIES = (
    Entity("city", (EntityValue("London", ("the big smoke",)), EntityValue("New York", ("NY",))), PLACE),
    Entity("code", (EntityValue(r"[a-z]{2}\d+", (), (r"[a-z]{2}\d+", "[")),), PLACE),
    Entity("food", (EntityValue("cheese"),), PLACE, closed=False),
)


def make_phrase(text: str) -> Phrase:
    """Make a phrase; an entity stands in braces."""
    pieces = re.split(r"(\{[^}]+\})", text)
    return Phrase(
        tuple(Part(each, each[1:-1], each[1:-1]) if each.startswith("{") else Part(each) for each in pieces if each),
        PLACE,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_understanding(case: Any) -> None:
    intents = [
        Intent(name, name, tuple(make_phrase(text) for text in texts), PLACE) for name, texts in case["intents"].items()
    ]

    ranked = Matcher(intents, ENTITIES).rank(case["say"], lambda intent: intent.name != "off")

    assert [[match.intent.name, match.score, dict(match.values)] for match in ranked] == case["best"]


def test_values_are_kept_as_they_were_said() -> None:
    [match] = Matcher([Intent("ship", "ship", (make_phrase("ship to {city}"),), PLACE)], ENTITIES).rank(
        "Ship to The Big  Smoke!"
    )
    assert (match.values, match.originals) == ({"city": "London"}, {"city": "The Big  Smoke"})


@pytest.mark.parametrize(
    ("entity", "text", "value"),
    [
        ("city", "ny", "New York"),
        ("city", "well, London then", "London"),
        ("city", "Paris", None),
        ("code", "it is XY99, I think", "XY99"),
        ("food", "bread", "bread"),
        ("sys.any", " anything at all ", "anything at all"),
        ("sys.any", " ", None),
        ("AMAZON.Number", "about 12", "12"),
        ("AMAZON.Number", "a dozen", None),
    ],
)
def test_the_answer_to_a_question_is_a_value_or_none(entity: str, text: str, value: str | None) -> None:
    found = Lexicon(ENTITIES).pick(entity, text)
    assert (found.value if found is not None else None) == value


def test_a_phrase_of_many_open_entities_ends_in_time() -> None:
    phrase = Phrase((*(Part("x", "sys.any", str(index)) for index in range(12)), Part("end")), PLACE)
    assert Matcher([Intent("i", "i", (phrase,), PLACE)], ()).rank("word " * 120) == []
