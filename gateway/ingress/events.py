"""The custom-integration door: a LivePerson Function posts its event here and hands our answer to its callback."""

from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import istr

from gateway.bot import Bot
from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.event import InvalidEvent, parse_event
from gateway.contract.reply import render
from gateway.contract.types import AccountId, BotName, Event, Reply
from gateway.contract.wire import WireError, dumps, loads
from gateway.ingress.answers import TurnAnswer
from gateway.ingress.auth import authorize, require_loopback
from gateway.ingress.keys import GATE, PACER, PIPELINE, SERVED
from gateway.ingress.signatures import SIGNATURE

MAX_BODY: Final = 1024 * 1024
"""Bytes of an event's body."""
IDEMPOTENCY_KEY: Final = istr("Idempotency-Key")
INVALID_EVENT = OWN_PREFIX + "invalid-event"
UNKNOWN_BOT = OWN_PREFIX + "unknown-bot"
TOO_LARGE = OWN_PREFIX + "payload-too-large"
UNSUPPORTED_TYPE = OWN_PREFIX + "unsupported-media-type"


async def post_event(request: web.Request) -> web.StreamResponse:
    """Answer one event: POST /v1/accounts/{account}/bots/{bot}/events."""
    with request.app[GATE].admit():
        await request.app[PACER].begin()
        bot = await find_bot(request)
        with request.app[GATE].admit_vendor(bot.vendor_name):
            event = await _read_event(request)
            answer = await request.app[PIPELINE].answer(
                bot, event, render_reply, idempotency_key=request.headers.get(IDEMPOTENCY_KEY)
            )
    return TurnAnswer(answer)


def render_reply(reply: Reply) -> bytes:
    """Write a reply as the custom integration's answer."""
    return dumps(render(reply))


async def find_bot(request: web.Request) -> Bot:
    """Find the bot that the path names, once the caller has shown that its account is theirs. Raise RequestRefused.

    A signature counts before a key, and its body is read before the caller is known: as much of it as an event may have.
    """
    served = request.app[SERVED]
    account_id = AccountId(request.match_info["account"])
    account = served.accounts.get(account_id)
    if account is None:
        raise RequestRefused(UNKNOWN_BOT, "No such account.")
    signature = request.headers.get(SIGNATURE)
    if account.is_open:
        require_loopback(request)
    elif signature is not None and served.signatures.has_secrets(account_id):
        await served.signatures.verify(signature, lambda: _read_body(request), account_id)
    else:
        authorize(request, account_id, served.api_keys)
    bot = account.bots.get(BotName(request.match_info["bot"]))
    if bot is None:
        raise RequestRefused(UNKNOWN_BOT, "The account has no such bot.")
    return bot


async def _read_event(request: web.Request) -> Event:
    try:
        return parse_event(await read_json(request))
    except InvalidEvent as problem:
        raise RequestRefused(INVALID_EVENT, f"The body is not an event: {problem}.") from None


async def read_json(request: web.Request) -> Any:
    """Read a body that must be JSON. Raise RequestRefused."""
    if not _is_json(request):
        raise RequestRefused(UNSUPPORTED_TYPE, "The body must be JSON: Content-Type: application/json.")
    body = await _read_body(request)
    try:
        return loads(body)
    except WireError as problem:
        raise RequestRefused(INVALID_EVENT, f"The body is not an event: {problem}.") from None


async def _read_body(request: web.Request) -> bytes:
    """Read the whole body, unpacked; a second time it is at hand."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise RequestRefused(TOO_LARGE, f"The body has more than {MAX_BODY} bytes.") from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise RequestRefused(
            INVALID_EVENT, "The body is not an event: it is not in the encoding that it names."
        ) from None


def _is_json(request: web.Request) -> bool:
    """Accept application/json and application/…+json; a request that names no type is not JSON."""
    if hdrs.CONTENT_TYPE not in request.headers:
        return False
    kind = request.content_type
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
