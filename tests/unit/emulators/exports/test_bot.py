from __future__ import annotations

from pathlib import Path

import pytest

from emulators.exports.bot import Place, Problem
from emulators.exports.reader import read_export

DATA = Path(__file__).parents[3] / "data" / "exports"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("bot.zip"), "bot.zip: $: wrong"),
        (
            Place("bot.zip", "intents/A.json") / "responses" / 0 / "odd key",
            "bot.zip: intents/A.json: $.responses[0]['odd key']: wrong",
        ),
        (Place("bot.json", path=""), "bot.json: wrong"),
    ],
)
def test_a_problem_names_its_place(place: Place, text: str) -> None:
    assert str(Problem(place, "wrong")) == text


@pytest.mark.parametrize(
    ("name", "vendor", "answers"),
    [
        ("dialogflow-es", "dialogflow-es", 11),
        ("lex-v1.json", "lex-v2", 11),
        ("lex-v2", "lex-v2", 11),
        ("watson-v2.json", "watson-v2", 11),
        ("watson-actions.json", "watson-v2", 11),
    ],
)
def test_all_answers_of_a_bot_with_their_places(name: str, vendor: str, answers: int) -> None:
    bot = read_export(DATA / name).bot
    assert bot is not None
    found = list(bot.answers)
    assert (bot.vendor, len(found)) == (vendor, answers)
    variants = [variant for answer in found for message in answer.messages for variant in message.variants]
    assert len({str(variant.place) for variant in variants}) == len(variants)
    assert all(variant.place.file == str(DATA / name) for variant in variants)
