"""What this process's bots do at this moment."""

from collections.abc import Iterable

from gateway.bot import Bot
from gateway.figures.lives import Live
from gateway.figures.names import BotKey


def look_at(bots: Iterable[Bot]) -> dict[BotKey, Live]:
    """Give those of the bots that are not idle; of a bot all environments together, whichever are among `bots`.

    The bots that have been made will do: a bot that was not has no turns under way.
    """
    seen: dict[BotKey, Live] = {}
    for bot in bots:
        # The limiter is the bot's, for all of its environments; circuits are their own.
        in_flight = bot.limiter.in_flight if bot.environment is None else 0
        live = Live(in_flight, None if bot.breaker is None else bot.breaker.state)
        if not live.is_idle:
            key = bot.account, bot.name
            seen[key] = seen.get(key, Live()) + live
    return seen
