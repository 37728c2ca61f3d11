"""The bots as the console lists them, and the one that a request names."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol, TypeAlias

from aiohttp import web

from gateway.bot import Bot
from gateway.console.records import write_time
from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId, BotName, Json
from gateway.contract.wire import dumps
from gateway.ingress.events import UNKNOWN_BOT
from gateway.ingress.keys import GATE
from gateway.status import BotState

BotKey: TypeAlias = tuple[AccountId, BotName]


class Fleet(Protocol):
    """What is served now: a reload replaces both mappings."""

    bots: Mapping[BotKey, Bot]
    environments: Mapping[BotKey, Mapping[str, Bot]]


FLEET: Final = web.AppKey("fleet", Fleet)


def find_bot(request: web.Request) -> Bot:
    """Find the bot that the path names. Raise RequestRefused (404)."""
    key = AccountId(request.match_info["account"]), BotName(request.match_info["bot"])
    bot = request.app[FLEET].bots.get(key)
    if bot is None:
        raise RequestRefused(UNKNOWN_BOT, "There is no such bot.")
    return bot


async def get_bots(request: web.Request) -> web.Response:
    """List all bots: GET bots."""
    fleet, draining = request.app[FLEET], request.app[GATE].draining
    bots = [write_bot(bot, fleet.environments.get(key, {}), draining=draining) for key, bot in fleet.bots.items()]
    return web.Response(body=dumps({"bots": bots}), content_type="application/json")


def write_bot(bot: Bot, environments: Iterable[str], *, draining: bool) -> Json:
    """Write BOT of docs/console.md."""
    status, error = bot.status, bot.status.last_error
    policy = bot.limiter.policy
    return {
        "account": bot.account,
        "bot": bot.name,
        "vendor": bot.vendor_name,
        "channel": bot.rules.channel.value,
        "environments": list(environments),
        "state": BotState.OFFLINE if draining else status.state,
        "since": write_time(status.since),
        "circuit": None if bot.breaker is None else bot.breaker.state,
        "limits": {"inFlight": policy.in_flight, "perSecond": policy.per_second},
        "inFlight": bot.limiter.in_flight,
        "latencyMs": [],
        "turns": [],
        "hooks": bot.hooks.targets,
        "escalation": None if bot.escalation is None else bot.escalation.skill,
        "recordingUntil": None,
        "lastError": None
        if error is None
        else {
            "name": error.code,
            "errorId": error.error_id,
            "message": error.message,
            "remedy": error.remedy,
            "at": write_time(error.at),
        },
    }
