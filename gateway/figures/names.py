"""Where figures lie in the archive, how finely, and how long they stay."""

from typing import Final, TypeAlias

from gateway.contract.types import AccountId, BotName

BotKey: TypeAlias = tuple[AccountId, BotName]

MINUTE: Final = 60
WEEK: Final = 7 * 86_400
FINE: Final = 10
"""Seconds of the smallest bucket: what turns are counted into as they end."""
RESOLUTIONS: Final = {FINE: 900.0, MINUTE: 6.5 * 3600, 900: WEEK + 3600.0}
"""Seconds of a bucket -> seconds that it is kept."""
WINDOWS: Final = {600: FINE, 3600: MINUTE, 21_600: MINUTE, 86_400: 900, WEEK: 900}
"""Seconds that one can look back -> seconds of a bucket: 60 to 672 points."""
ACTIVE: Final = {MINUTE: 2400.0, WEEK: 15 * 86_400.0}
"""Seconds of a period -> seconds that it is kept which bots had turns in it, and how many."""
KEPT: Final = 8 * 86_400.0
"""Seconds that states, errors and the lives of processes are kept: a week, and a day to spare."""
ERRORS_KEPT: Final = 500
"""Per bot."""
STATES_KEPT: Final = 500
"""Per bot."""
LIVES_KEPT: Final = 1000
"""Of processes that have ended."""
LIVES: Final = "lives"
"""The list of the lives that have ended, and the map of those that go on."""


def name_bucket(bot: BotKey, resolution: int, number: int) -> str:
    """Name the counts of a bot's bucket: the one that begins `number * resolution` seconds after 1970."""
    account, name = bot
    return f"turns/{account}/{name}/{resolution}/{number}"


def name_active(period: int, number: int) -> str:
    """Name the counts of the bots that had turns in a minute or a week; the fields are `write_key`'s."""
    return f"active/{period}/{number}"


def name_states(bot: BotKey) -> str:
    """Name the list of what processes told of a bot's state."""
    account, name = bot
    return f"states/{account}/{name}"


def name_errors(bot: BotKey) -> str:
    """Name the list of a bot's errors."""
    account, name = bot
    return f"errors/{account}/{name}"


def write_key(bot: BotKey) -> str:
    """Write a bot's key as one text; neither part holds a slash."""
    account, name = bot
    return f"{account}/{name}"


def read_key(text: str) -> BotKey:
    """Read what `write_key` wrote."""
    account, _, name = text.partition("/")
    return AccountId(account), BotName(name)
