"""How a bot is doing: for operators, with one of the account's keys."""

from datetime import UTC, datetime

from aiohttp import web

from gateway.bot import Bot
from gateway.contract.types import Json
from gateway.contract.wire import dumps
from gateway.ingress.call import RequestCall
from gateway.ingress.events import find_bot
from gateway.ingress.keys import GATE, SERVED
from gateway.status import BotState, BotStatus


async def get_status(request: web.Request) -> web.Response:
    """Answer GET /v1/accounts/{account}/bots/{bot}/status."""
    names = request.match_info
    bot = await find_bot(request.app[SERVED], names["account"], names["bot"], RequestCall(request))
    draining = request.app[GATE].draining
    return web.Response(body=dumps(render_status(bot, draining=draining)), content_type="application/json")


def render_status(bot: Bot, *, draining: bool) -> Json:
    """Write a bot's status; times are UTC, in ISO 8601."""
    status: BotStatus = bot.status
    error = status.last_error
    return {
        "account": bot.account,
        "bot": bot.name,
        "vendor": bot.vendor_name,
        "state": BotState.OFFLINE if draining else status.state,
        "since": _render_time(status.since),
        "circuit": None if bot.breaker is None else bot.breaker.state,
        "lastError": None
        if error is None
        else {
            "name": error.code,
            "errorId": error.error_id,
            "message": error.message,
            "remedy": error.remedy,
            "at": _render_time(error.at),
        },
        "counters": {
            "turns": status.counters.turns,
            "conversations": status.counters.conversations,
            "closed": status.counters.closed,
            "transferred": status.counters.transferred,
            "escalated": status.counters.escalated,
            "failed": status.counters.failed,
        },
    }


def _render_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
