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
from gateway.ingress.answers import TurnAnswer
from gateway.ingress.endpoint_event import Closed, join_opening, parse_endpoint_event, parse_opening
from gateway.ingress.endpoint_reply import NOTHING, render_endpoint_reply
from gateway.ingress.errors import answering_errors
from gateway.ingress.events import INVALID_EVENT, UNKNOWN_BOT, read_json
from gateway.ingress.keys import GATE, PACER, PIPELINE
from gateway.ingress.vendor_state import EndpointState, VendorStates
from gateway.openings import Openings

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


def add_endpoint_routes(application: web.Application) -> None:
    """Add this door's four routes."""
    environments = "/v1/bots/{bot}/environments"
    conversation = environments + "/{environment}/conversations/{convId}"
    application.router.add_get(environments, answering_errors(get_environments))
    application.router.add_get(environments + "/{environment}/state", answering_errors(get_state))
    application.router.add_put(conversation, answering_errors(put_conversation))
    application.router.add_post(conversation + "/events", answering_errors(post_endpoint_event))


async def get_environments(request: web.Request) -> web.Response:
    """List a bot's environments, in the account file's order."""
    return _json([*await _find_environments(request)])


async def get_state(request: web.Request) -> web.Response:
    """Tell whether an environment's vendor answers."""
    bot = await _find_bot(request)
    draining = request.app[GATE].draining
    state = EndpointState.MAINTENANCE if draining else await request.app[ENDPOINT].states.look(bot)
    return _json({"state": state, "version": __version__})


async def put_conversation(request: web.Request) -> web.Response:
    """Open a conversation, or renew what an open one was opened with: 200 either way."""
    with request.app[GATE].admit():
        bot = await _find_bot(request)
        conversation_id = _read_conversation_id(request)
        opening = _parse(parse_opening, await read_json(request))
        await request.app[ENDPOINT].openings.open(bot, conversation_id, opening)
    return _json({})


async def post_endpoint_event(request: web.Request) -> web.StreamResponse:
    """Answer one event of an open conversation."""
    with request.app[GATE].admit():
        await request.app[PACER].begin()
        bot = await _find_bot(request)
        conversation_id = _read_conversation_id(request)
        body = await read_json(request)
        event = _parse(lambda payload: parse_endpoint_event(payload, conversation_id), body)
        if isinstance(event, Closed):
            await request.app[ENDPOINT].openings.close(bot, conversation_id)
            return _json(NOTHING)
        with request.app[GATE].admit_vendor(bot.vendor_name):
            answer = await request.app[PIPELINE].answer(bot, event, write_reply, prepare=join_opening)
    return TurnAnswer(answer)


def write_reply(reply: Reply) -> bytes:
    """Write a reply as this door's answer."""
    return dumps(render_endpoint_reply(reply))


async def _find_environments(request: web.Request) -> Mapping[str, Bot]:
    """Find the path's bot in the token's account. Raise RequestRefused."""
    endpoint = request.app[ENDPOINT]
    account = await endpoint.tokens.verify(request.headers.get(hdrs.AUTHORIZATION, ""))
    environments = endpoint.environments.get((account, BotName(request.match_info["bot"])))
    if environments is None:
        raise RequestRefused(UNKNOWN_BOT, "The account has no such bot.")
    return environments


async def _find_bot(request: web.Request) -> Bot:
    bot = (await _find_environments(request)).get(request.match_info["environment"])
    if bot is None:
        raise RequestRefused(UNKNOWN_BOT, "The bot has no such environment.")
    return bot


def _read_conversation_id(request: web.Request) -> ConversationId:
    conversation_id = request.match_info["convId"]
    if len(conversation_id) > MAX_CONVERSATION_ID:
        raise RequestRefused(INVALID_EVENT, f"The conversation's id has more than {MAX_CONVERSATION_ID} characters.")
    return ConversationId(conversation_id)


def _parse(parse: Callable[[Any], _Parsed], payload: Any) -> _Parsed:
    try:
        return parse(payload)
    except InvalidEvent as problem:
        raise RequestRefused(INVALID_EVENT, f"The body cannot be used: {problem}.") from None


def _json(value: object) -> web.Response:
    return web.Response(body=dumps(value), content_type="application/json")
