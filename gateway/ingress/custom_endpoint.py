"""The Custom Endpoint's door, version 1: LivePerson's connector asks bots without a function between (docs/custom-endpoint.md).

The account comes from the verified token; everything after the parsing of an event and before the rendering of a reply is the
other door's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from aiohttp import hdrs, web

from gateway import __version__
from gateway.bot import Bot
from gateway.contract.errors import RequestRefused
from gateway.contract.event import MAX_CONVERSATION_ID, InvalidEvent
from gateway.contract.types import AccountId, BotName, ConversationId, Reply
from gateway.contract.wire import dumps
from gateway.ingress.answers import write_answer
from gateway.ingress.call import INVALID_EVENT, Answered, Call, RequestCall, read_json
from gateway.ingress.endpoint_event import Closed, join_opening, parse_endpoint_event, parse_opening
from gateway.ingress.endpoint_reply import NOTHING, render_endpoint_reply
from gateway.ingress.errors import answering_errors
from gateway.ingress.events import UNKNOWN_BOT
from gateway.ingress.keys import GATE
from gateway.ingress.vendor_state import EndpointState, VendorStates
from gateway.openings import Openings
from gateway.pipeline import Pipeline
from gateway.resilience.limiter import Gate
from gateway.resilience.pacer import Pacer

_Parsed = TypeVar("_Parsed")


class Tokens(Protocol):
    """Tells who calls."""

    async def verify(self, authorization: str) -> AccountId:
        """Check an Authorization header and give the token's account. Raise RequestRefused: 401, whatever is wrong."""


@dataclass(slots=True)
class Endpoint:
    """What this door serves now; a reload replaces the first two members at once."""

    tokens: Tokens
    environments: Mapping[tuple[AccountId, BotName], Mapping[str, Bot]]
    """The bots of accounts that have a `custom_endpoint` section, by the names of their environments."""
    states: VendorStates
    openings: Openings


ENDPOINT: Final = web.AppKey("endpoint", Endpoint)
_ENVIRONMENTS: Final = "/v1/bots/{bot}/environments"
_CONVERSATION: Final = _ENVIRONMENTS + "/{environment}/conversations/{convId}"
ENDPOINT_EVENTS: Final = _CONVERSATION + "/events"


def add_endpoint_routes(application: web.Application) -> None:
    """Add this door's routes, all but that of events."""
    application.router.add_get(_ENVIRONMENTS, answering_errors(get_environments))
    application.router.add_get(_ENVIRONMENTS + "/{environment}/state", answering_errors(get_state))
    application.router.add_put(_CONVERSATION, answering_errors(put_conversation))


async def get_environments(request: web.Request) -> web.Response:
    """List a bot's environments, in the account file's order."""
    found = await _find_environments(request.app[ENDPOINT], request.match_info["bot"], RequestCall(request))
    return _json([*found]).to_response()


async def get_state(request: web.Request) -> web.Response:
    """Tell whether an environment's vendor answers."""
    bot = await _find_bot_of(request)
    draining = request.app[GATE].draining
    state = EndpointState.MAINTENANCE if draining else await request.app[ENDPOINT].states.look(bot)
    return _json({"state": state, "version": __version__}).to_response()


async def put_conversation(request: web.Request) -> web.Response:
    """Open a conversation, or renew what an open one was opened with: 200 either way."""
    with request.app[GATE].admit():
        bot = await _find_bot_of(request)
        conversation_id = _read_conversation_id(request.match_info["convId"])
        opening = _parse(parse_opening, await read_json(RequestCall(request)))
        await request.app[ENDPOINT].openings.open(bot, conversation_id, opening)
    return _json({}).to_response()


class EndpointDoor:
    """Answers events of open conversations."""

    def __init__(self, endpoint: Endpoint, pipeline: Pipeline, gate: Gate, pacer: Pacer) -> None:
        self._endpoint = endpoint
        self._pipeline = pipeline
        self._gate = gate
        self._pacer = pacer

    async def post_event(self, call: Call, names: tuple[str, ...]) -> Answered:
        """Answer one event; the names are those of a bot, an environment and a conversation."""
        name, environment, conversation = names
        with self._gate.admit():
            if not self._pacer.begin_now():
                await self._pacer.begin()
            bot = await _find_bot(self._endpoint, name, environment, call)
            conversation_id = _read_conversation_id(conversation)
            body = await read_json(call)
            event = _parse(lambda payload: parse_endpoint_event(payload, conversation_id), body)
            if isinstance(event, Closed):
                await self._endpoint.openings.close(bot, conversation_id)
                return _json(NOTHING)
            call.forget()
            with self._gate.admit_vendor(bot.vendor_name):
                return write_answer(await self._pipeline.answer(bot, event, write_reply, prepare=join_opening))


def write_reply(reply: Reply) -> bytes:
    """Write a reply as this door's answer."""
    return dumps(render_endpoint_reply(reply))


async def _find_environments(endpoint: Endpoint, name: str, call: Call) -> Mapping[str, Bot]:
    """Find the path's bot in the token's account. Raise RequestRefused."""
    account = await endpoint.tokens.verify(call.headers.get(hdrs.AUTHORIZATION, ""))
    environments = endpoint.environments.get((account, BotName(name)))
    if environments is None:
        raise RequestRefused(UNKNOWN_BOT, "The account has no such bot.")
    return environments


async def _find_bot_of(request: web.Request) -> Bot:
    names = request.match_info
    return await _find_bot(request.app[ENDPOINT], names["bot"], names["environment"], RequestCall(request))


async def _find_bot(endpoint: Endpoint, name: str, environment: str, call: Call) -> Bot:
    bot = (await _find_environments(endpoint, name, call)).get(environment)
    if bot is None:
        raise RequestRefused(UNKNOWN_BOT, "The bot has no such environment.")
    return bot


def _read_conversation_id(conversation_id: str) -> ConversationId:
    if len(conversation_id) > MAX_CONVERSATION_ID:
        raise RequestRefused(INVALID_EVENT, f"The conversation's id has more than {MAX_CONVERSATION_ID} characters.")
    return ConversationId(conversation_id)


def _parse(parse: Callable[[Any], _Parsed], payload: Any) -> _Parsed:
    try:
        return parse(payload)
    except InvalidEvent as problem:
        raise RequestRefused(INVALID_EVENT, f"The body cannot be used: {problem}.") from None


def _json(value: object) -> Answered:
    return Answered(dumps(value))
