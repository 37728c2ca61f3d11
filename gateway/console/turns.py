"""The tester: one turn through a bot's real pipeline, and all that happened in it."""

import asyncio
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from gateway.bot import Bot
from gateway.console.bodies import read_object
from gateway.console.bots import FLEET, find_bot
from gateway.console.records import Source, write_record
from gateway.contract.errors import BridgeError, RequestRefused, TurnFailed
from gateway.contract.event import InvalidEvent, parse_event
from gateway.contract.ports import Clock
from gateway.contract.types import TESTER_PREFIX, Channel, Event, Json
from gateway.contract.wire import dumps, loads
from gateway.ingress.call import INVALID_EVENT
from gateway.ingress.events import UNKNOWN_BOT, render_reply
from gateway.ingress.keys import GATE, PIPELINE
from gateway.resilience.deadline import Deadline
from gateway.turn import Turn

CLOCK: Final = web.AppKey("clock", Clock)
_MEMBERS: Final = frozenset({"event", "channel", "environment"})


async def post_turn(request: web.Request) -> web.Response:
    """Run one turn and show it, also when it failed: POST accounts/{account}/bots/{bot}/turns."""
    bot = find_bot(request)
    body = await read_object(request, _MEMBERS)
    bot = _choose_channel(_choose_environment(request, bot, body.get("environment")), body.get("channel"))
    event = _read_event(body.get("event"))
    turn, source, reply = await _run(request, bot, event)
    # Megabytes, where the vendor's answer has as many.
    content = await asyncio.to_thread(lambda: dumps(write_record(turn, source, reply=reply)))
    return web.Response(body=content, content_type="application/json")


async def _run(request: web.Request, bot: Bot, event: Event) -> tuple[Turn, Source, Json | None]:
    """Run a turn as the front doors do, its place in the gateway included."""
    clock, gate = request.app[CLOCK], request.app[GATE]
    source = Source("tester", clock.time())
    turns: list[Turn] = []
    reply: Json | None = None
    try:
        with gate.admit(), gate.admit_vendor(bot.vendor_name):
            answer = await request.app[PIPELINE].answer(bot, event, render_reply, observer=turns.append)
        reply = loads(answer.body)
    except TurnFailed:
        pass  # the turn says so
    except RequestRefused as refusal:
        if not turns:  # it was refused at the door
            turns.append(_make_refused(bot, event, refusal, clock))
    return turns[0], source, reply


def _make_refused(bot: Bot, event: Event, refusal: BridgeError, clock: Clock) -> Turn:
    turn = Turn(bot, event, Deadline(clock, bot.total_timeout), clock.monotonic())
    turn.outcome, turn.error = "refused", refusal
    return turn


def _read_event(payload: Any) -> Event:
    """Read the event, in a conversation of the tester's own: no consumer's is ever touched. Raise RequestRefused (400)."""
    if isinstance(payload, dict):
        conversation = payload.get("convId")
        if isinstance(conversation, str) and conversation.strip() and not conversation.startswith(TESTER_PREFIX):
            payload = payload | {"convId": TESTER_PREFIX + conversation}
    try:
        return parse_event(payload)
    except InvalidEvent as problem:
        raise RequestRefused(INVALID_EVENT, f"The body has no event: {problem}.") from None


def _choose_environment(request: web.Request, bot: Bot, name: Any) -> Bot:
    if name is None:
        return bot
    variants = request.app[FLEET].environments.get((bot.account, bot.name), {})
    if not isinstance(name, str) or name not in variants:
        raise RequestRefused(UNKNOWN_BOT, "The bot has no such environment.")
    return variants[name]


def _choose_channel(bot: Bot, name: Any) -> Bot:
    """Give the bot as it is on a channel: its rules and its reading, and all else as it is."""
    if name is None:
        return bot
    try:
        channel = Channel(name)
    except ValueError:
        raise RequestRefused(INVALID_EVENT, "The channel must be messaging or chat.") from None
    if channel is bot.rules.channel:
        return bot
    return replace(bot, rules=replace(bot.rules, channel=channel), reading=replace(bot.reading, channel=channel))
