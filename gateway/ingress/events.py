"""The custom-integration door: a LivePerson Function posts its event here and hands our answer to its callback."""

from typing import Final

from multidict import istr

from gateway.bot import Bot
from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.event import InvalidEvent, parse_event
from gateway.contract.reply import render
from gateway.contract.types import AccountId, BotName, Reply
from gateway.contract.wire import dumps
from gateway.ingress.answers import write_answer
from gateway.ingress.auth import authorize, require_loopback
from gateway.ingress.call import INVALID_EVENT, Answered, Call, read_json
from gateway.ingress.keys import Served
from gateway.ingress.signatures import SIGNATURE
from gateway.pipeline import Pipeline
from gateway.resilience.limiter import Gate
from gateway.resilience.pacer import Pacer

IDEMPOTENCY_KEY: Final = istr("Idempotency-Key")
UNKNOWN_BOT = OWN_PREFIX + "unknown-bot"
EVENTS: Final = "/v1/accounts/{account}/bots/{bot}/events"


class EventDoor:
    """Answers events."""

    def __init__(self, served: Served, pipeline: Pipeline, gate: Gate, pacer: Pacer) -> None:
        self._served = served
        self._pipeline = pipeline
        self._gate = gate
        self._pacer = pacer

    async def post_event(self, call: Call, names: tuple[str, ...]) -> Answered:
        """Answer one event; the names are those of an account and a bot."""
        account, name = names
        with self._gate.admit():
            if not self._pacer.begin_now():
                await self._pacer.begin()
            bot = await find_bot(self._served, account, name, call)
            with self._gate.admit_vendor(bot.vendor_name):
                body = await read_json(call)
                try:
                    event = parse_event(body)
                except InvalidEvent as problem:
                    raise RequestRefused(INVALID_EVENT, f"The body is not an event: {problem}.") from None
                key = call.headers.get(IDEMPOTENCY_KEY)
                call.forget()
                return write_answer(await self._pipeline.answer(bot, event, render_reply, idempotency_key=key))


def render_reply(reply: Reply) -> bytes:
    """Write a reply as the custom integration's answer."""
    return dumps(render(reply))


async def find_bot(served: Served, account_id: str, name: str, call: Call) -> Bot:
    """Find the bot that a path names, once the caller has shown that its account is theirs. Raise RequestRefused.

    A signature counts before a key, and its body is read before the caller is known: as much of it as an event may have.
    """
    known = AccountId(account_id)
    account = served.accounts.get(known)
    if account is None:
        raise RequestRefused(UNKNOWN_BOT, "No such account.")
    signature = call.headers.get(SIGNATURE)
    if account.is_open:
        require_loopback(call)
    elif signature is not None and served.signatures.has_secrets(known):
        await served.signatures.verify(signature, call.read, known)
    else:
        authorize(call, known, served.api_keys)
    bot = account.bots.get(BotName(name))
    if bot is None:
        raise RequestRefused(UNKNOWN_BOT, "The account has no such bot.")
    return bot
