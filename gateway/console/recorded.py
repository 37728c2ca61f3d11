"""The routes of recordings: the switch of a bot, and what has been recorded."""

from typing import Final

from aiohttp import web

from gateway.bot import Bot
from gateway.console.bodies import read_object
from gateway.console.bots import find_bot
from gateway.console.recordings import MAX_BOTS, MAX_SECONDS, Recordings, TooManyRecordings
from gateway.console.records import write_summary
from gateway.contract.errors import RequestRefused
from gateway.contract.types import Json
from gateway.contract.wire import dumps
from gateway.figures.names import BotKey
from gateway.ingress.call import INVALID_EVENT
from gateway.telemetry.logging import get_logger

RECORDINGS: Final = web.AppKey("recordings", Recordings)
_log = get_logger("console")


async def get_recording(request: web.Request) -> web.Response:
    """Tell until when a bot is recorded: GET …/recording."""
    return _write_switch(request, _key(find_bot(request)))


async def put_recording(request: web.Request) -> web.Response:
    """Record a bot for a while: PUT …/recording."""
    key = _key(find_bot(request))
    seconds = (await read_object(request, {"seconds"})).get("seconds")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 1 <= seconds <= MAX_SECONDS:
        raise RequestRefused(INVALID_EVENT, f"seconds must be a whole number from 1 to {MAX_SECONDS}.")
    try:
        await request.app[RECORDINGS].switch_on(key, seconds)
    except TooManyRecordings:
        raise web.HTTPConflict(text=f"{MAX_BOTS} bots are recorded already; end one of these recordings.") from None
    _log.info("recording-on", account=key[0], bot=key[1], seconds=seconds, address=request.remote)
    return _write_switch(request, key)


async def delete_recording(request: web.Request) -> web.Response:
    """Record a bot no longer: DELETE …/recording."""
    key = _key(find_bot(request))
    await request.app[RECORDINGS].switch_off(key)
    _log.info("recording-off", account=key[0], bot=key[1], address=request.remote)
    return _write_switch(request, key)


async def get_turns(request: web.Request) -> web.Response:
    """List a bot's recorded turns, newest first: GET …/turns."""
    key = _key(find_bot(request))
    records = await request.app[RECORDINGS].read(key)
    return _json({"turns": [write_summary(record) for record in records]})


async def get_turn(request: web.Request) -> web.Response:
    """Give one recorded turn: GET …/turns/{id}."""
    key = _key(find_bot(request))
    records = await request.app[RECORDINGS].read(key)
    record = next((one for one in records if one["id"] == request.match_info["id"]), None)
    if record is None:
        raise web.HTTPNotFound(text="There is no such turn, or it is kept no longer.")
    return _json(record)


def _write_switch(request: web.Request, key: BotKey) -> web.Response:
    return _json({"until": request.app[RECORDINGS].find_until(key)})


def _json(value: Json) -> web.Response:
    return web.Response(body=dumps(value), content_type="application/json")


def _key(bot: Bot) -> BotKey:
    return bot.account, bot.name
