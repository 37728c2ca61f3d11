"""Answers made of an export are such as the vendors give: their own descriptions of their APIs take them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.dialogue import Memory
from emulators.exports.native import build_answer, translate_to_watson_v1
from emulators.exports.player import make_player, make_v1_player
from emulators.exports.reader import read_export
from emulators.faults import Heard
from emulators.lex import LexEmulator
from emulators.watson import WatsonEmulator
from emulators.watson_v1 import WatsonV1Emulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulators.exports.bot import Bot

DATA = Path(__file__).parents[3] / "data" / "exports"
NAMES = ("dialogflow-es", "lex-v1.json", "lex-v2", "watson-v1.json", "watson-v2.json", "watson-actions.json")
CHECKS: dict[str, Callable[[Any], None]] = {
    "dialogflow-es": DialogflowEmulator.check_answer,
    "lex-v2": LexEmulator.check_answer,
    "watson-v2": WatsonEmulator.check_answer,
}


def read_bot(name: str) -> Bot:
    bot = read_export(DATA / name).bot
    assert bot is not None
    return bot


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_of_a_bot_is_one_of_its_vendors_api(name: str) -> None:
    bot = read_bot(name)
    for answer in bot.answers:
        CHECKS[bot.vendor](build_answer(bot, answer))


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_alone_is_what_the_player_says(name: str) -> None:
    bot = read_bot(name)
    played = make_player(bot).play(Heard(text="Refund my order"), Memory(session="projects/emulator/agent/sessions/s"))
    [answer] = [answer for answer in bot.answers if answer.name == "Refund"]
    built = build_answer(bot, answer)
    if bot.vendor == "watson-v2":
        # Which intent was understood is no part of a node's answer.
        built["output"]["intents"] = [{"intent": "Refund", "confidence": 1.0}]
    assert built == played.answer


@pytest.mark.parametrize("name", ["watson-v1.json", "watson-v2.json", "watson-actions.json"])
@pytest.mark.parametrize("text", ["", "hello", "refund my order", "change my address", "home"])
def test_watsons_first_generation_takes_the_same_answers(name: str, text: str) -> None:
    bot = read_bot(name)
    answer = make_v1_player(bot).play(Heard(text=text), Memory()).answer
    WatsonV1Emulator.check_answer(answer)
    assert answer == translate_to_watson_v1(make_player(bot).play(Heard(text=text), Memory()).answer)


def test_members_have_other_places_in_v1() -> None:
    v2 = {
        "output": {"intents": [1], "entities": [2], "generic": [3], "actions": [4]},
        "context": {"skills": {"main skill": {"user_defined": {"a": 5}}}},
    }
    assert translate_to_watson_v1(v2) == {
        "intents": [1],
        "entities": [2],
        "output": {"generic": [3]},
        "actions": [4],
        "context": {"a": 5},
    }
