from __future__ import annotations

from pathlib import Path

import pytest

from emulators.exports.dialogflow_player import DialogflowPlayer
from emulators.exports.lex_player import LexPlayer
from emulators.exports.player import make_player, make_v1_player
from emulators.exports.reader import read_export
from emulators.exports.watson_player import WatsonPlayer, WatsonV1Player

DATA = Path(__file__).parents[3] / "data" / "exports"


@pytest.mark.parametrize(
    ("name", "player"),
    [
        ("dialogflow-es", DialogflowPlayer),
        ("lex-v1.json", LexPlayer),
        ("lex-v2", LexPlayer),
        ("watson-v1.json", WatsonPlayer),
        ("watson-actions.json", WatsonPlayer),
    ],
)
def test_each_format_has_its_player(name: str, player: type) -> None:
    bot = read_export(DATA / name).bot
    assert bot is not None
    assert type(make_player(bot)) is player


def test_watsons_first_generation_has_one_of_its_own() -> None:
    bot = read_export(DATA / "watson-v2.json").bot
    assert bot is not None
    assert type(make_v1_player(bot)) is WatsonV1Player
