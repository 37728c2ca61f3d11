"""The routes of the dashboard: all bots, and one bot's figures and errors."""

from typing import Final

from aiohttp import web

from gateway.console.bots import ROSTER, find_bot
from gateway.contract.errors import RequestRefused
from gateway.contract.types import Json
from gateway.contract.wire import dumps
from gateway.figures.keeping import Figures
from gateway.ingress.call import INVALID_EVENT

FIGURES: Final = web.AppKey("figures", Figures)
DEFAULT_WINDOW: Final = "3600"
MAX_DIGITS: Final = 9


async def get_bots(request: web.Request) -> web.Response:
    """List all bots: GET bots."""
    return _json({"bots": await request.app[ROSTER].read()})


async def get_figures(request: web.Request) -> web.Response:
    """Give a bot's figures over a window of time: GET …/figures?window=SECONDS."""
    bot = find_bot(request)
    text = request.query.get("window", DEFAULT_WINDOW)
    window = int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else 0
    try:
        return _json(await request.app[FIGURES].read_figures(bot.account, bot.name, window))
    except ValueError as problem:
        raise RequestRefused(INVALID_EVENT, f"{problem}.") from None


async def get_errors(request: web.Request) -> web.Response:
    """List a bot's newest errors: GET …/errors, of one conversation with ?conversation=ID."""
    bot = find_bot(request)
    conversation = request.query.get("conversation") or None
    return _json({"errors": await request.app[FIGURES].read_errors(bot.account, bot.name, conversation)})


def _json(value: Json) -> web.Response:
    return web.Response(body=dumps(value), content_type="application/json")
