"""A gateway that is wrong in one way for each bot, so that it can be seen that the load kit notices."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

ERROR_ID = "c2b7a0de-2f6b-4a8e-8a55-1b0f6a0f2d11"


class BadGateway:
    """Answers events at both doors; what is wrong is said by the bot's name."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: Counter[tuple[str, int]] = Counter()
        """Conversation and sequence -> how often it came."""
        self.opened: set[str] = set()
        self.keys: set[str] = set()

    async def answer_event(self, request: web.Request) -> web.StreamResponse:
        """Answer at the door of the custom integration."""
        body = await request.json()
        key = (body["convId"], body["context"]["lpEvent"]["sequence"])
        self.seen[key] += 1
        self.keys.add(request.headers.get("Authorization", ""))
        match request.match_info["bot"]:
            case "misshapen":
                return web.json_response({"messages": [""], "context": {}})
            case "forgetful":
                return web.json_response({"messages": [f"answer {self.seen[key]}"], "context": {}})
            case "refusing":
                error = {"errorId": ERROR_ID, "name": "botbridge.error.overloaded", "message": "full", "vendor": None}
                return web.json_response({"error": {**error, "retryable": True}}, status=503)
            case "silent":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case _:
                return web.json_response({"messages": ["well"], "context": {}})

    async def open_conversation(self, request: web.Request) -> web.Response:
        """Open a conversation; it is forgotten once, so that it must be opened again."""
        self.opened ^= {request.match_info["conversation"]}
        self.keys.add(request.headers.get("Authorization", ""))
        return web.json_response({})

    async def answer_endpoint_event(self, request: web.Request) -> web.Response:
        """Answer at the door of the Custom Endpoint, where the first opening was of no use."""
        body = await request.json()
        conversation = request.match_info["conversation"]
        if conversation in self.opened:
            error = {"errorId": ERROR_ID, "name": "botbridge.error.unknown-conversation", "message": "unknown"}
            return web.json_response({"error": {**error, "vendor": None, "retryable": False}}, status=404)
        self.seen[conversation, body["context"]["lpEvent"]["sequence"]] += 1
        return web.json_response({"response": [], "analytics": {"intents": []}})

    async def issue_token(self, request: web.Request) -> web.Response:
        """Give a token to the application that has the right secret."""
        form = await request.post()
        if form["client_secret"] != "hush":
            return web.json_response({}, status=401)
        return web.json_response({"access_token": "token-1", "expires_in": 3600})


@asynccontextmanager
async def open_bad_gateway() -> AsyncIterator[BadGateway]:
    """Serve on a free port."""
    gateway = BadGateway()
    application = web.Application()
    conversation = "/v1/bots/{bot}/environments/draft/conversations/{conversation}"
    application.router.add_post("/v1/accounts/{account}/bots/{bot}/events", gateway.answer_event)
    application.router.add_put(conversation, gateway.open_conversation)
    application.router.add_post(f"{conversation}/events", gateway.answer_endpoint_event)
    application.router.add_post("/token", gateway.issue_token)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield gateway
    finally:
        await runner.cleanup()


def describe_account(bots: list[Any], **others: Any) -> dict[str, Any]:
    """Describe an account for the file of the targets."""
    return {"account": "5", "key": "k", "bots": bots, **others}
