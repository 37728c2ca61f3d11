"""Make a bot answer: the player for its vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from emulators.exports.dialogflow_player import DialogflowPlayer
from emulators.exports.lex_player import LexPlayer
from emulators.exports.watson_player import WatsonPlayer, WatsonV1Player

if TYPE_CHECKING:
    from emulators.dialogue import Script
    from emulators.exports.bot import Bot


def make_player(bot: Bot) -> Script:
    """Return a script that plays the bot, for the `scripts` of its vendor's emulator."""
    match bot.vendor:
        case "dialogflow-es":
            return DialogflowPlayer(bot)
        case "lex-v2":
            return LexPlayer(bot)
        case "watson-v2":
            return WatsonPlayer(bot)
        case vendor:
            assert_never(vendor)


def make_v1_player(bot: Bot) -> Script:
    """Return a script that plays a Watson skill behind V1, for the `v1_scripts` of Watson's emulator."""
    return WatsonV1Player(bot)
