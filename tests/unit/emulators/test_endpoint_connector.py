from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from emulators.endpoint_connector import Attempt, EndpointConnector, EndpointFailed, play
from emulators.liveperson import LivePersonEmulator
from emulators.lp_events import Consumer
from emulators.sentinel import BOT_SCOPE, Application

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

DATA = Path(__file__).parents[2] / "data/liveperson"
NOW = 1_700_000_000
CONVERSATION = "/v1/bots/lex/environments/draft/conversations/c-1"


class Endpoint:
    """A Custom Endpoint: plays the statuses it is given, then does what one does; knows the conversations it was given."""

    def __init__(self, liveperson: LivePersonEmulator) -> None:
        self.statuses: list[int | None] = []
        self.retry_after: str | None = None
        self.known: set[str] = set()
        self.got: list[tuple[str, str, Any]] = []
        self._liveperson = liveperson
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        self.server = TestServer(app)

    async def answer(self, request: web.Request) -> web.Response:
        self._liveperson.sentinel.check(request.headers["Authorization"], "83482904", BOT_SCOPE, NOW)
        body: Any = await request.json() if request.can_read_body else None
        self.got.append((request.method, request.path, body))
        status = self.statuses.pop(0) if self.statuses else 200
        if status is None:
            assert request.transport is not None
            request.transport.abort()
        if status != 200:
            headers = {"Retry-After": self.retry_after} if self.retry_after is not None else {}
            return web.Response(status=status or 500, text="no", headers=headers)
        if request.method == "PUT":
            self.known.add(request.path)
            return web.json_response({})
        if request.method == "GET":
            return web.json_response({"state": "online", "version": "1.0.0"})
        if request.path.removesuffix("/events") not in self.known:
            return web.json_response({"error": "unknown conversation"}, status=404)
        said = body.get("data", {}).get("message", body["type"])
        return web.json_response({"response": [{"type": "TEXT", "data": {"message": f"{said}!"}}], "analytics": {}})


@pytest.fixture
async def liveperson() -> AsyncIterator[LivePersonEmulator]:
    async with LivePersonEmulator(clock=lambda: NOW) as emulator:
        yield emulator


@pytest.fixture
async def endpoint(liveperson: LivePersonEmulator) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint(liveperson)
    async with endpoint.server:
        yield endpoint


class Rig:
    """A connector at that endpoint, whose pauses are noted and not waited for."""

    def __init__(self, http: aiohttp.ClientSession, endpoint: Endpoint, liveperson: LivePersonEmulator) -> None:
        self.now = float(NOW)
        self.pauses: list[float] = []
        self.connector = EndpointConnector(
            http,
            str(endpoint.server.make_url("")).rstrip("/"),
            liveperson.token_url("83482904"),
            bot="lex",
            clock=lambda: self.now,
            sleep=self.sleep,
        )

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def rig(http: aiohttp.ClientSession, endpoint: Endpoint, liveperson: LivePersonEmulator) -> Rig:
    return Rig(http, endpoint, liveperson)


@pytest.mark.parametrize("case", orjson.loads((DATA / "retries.json").read_bytes()), ids=lambda case: case["name"])
async def test_tries_again_as_the_policy_says(rig: Rig, endpoint: Endpoint, case: Any) -> None:
    endpoint.statuses = [*case["statuses"]]
    endpoint.known = {CONVERSATION}
    path, event = f"{CONVERSATION}/events", {"type": "START"}
    endpoint.retry_after = case.get("retry_after")
    if "failed" in case:
        with pytest.raises(EndpointFailed) as failure:
            await rig.connector.request("POST", path, event)
        assert (failure.value.status, failure.value.body) == (case["failed"], "no")
    else:
        answer = await rig.connector.request("POST", path, event)
        assert answer["response"] == [{"type": "TEXT", "data": {"message": "START!"}}]
    assert rig.pauses == case["pauses"]
    assert rig.connector.attempts == [Attempt("POST", path, status) for status in case["statuses"]]


async def test_an_unknown_conversation_is_created_and_the_event_sent_again(rig: Rig, endpoint: Endpoint) -> None:
    talk = rig.connector.conversation(Consumer(conv_id="c-1"))
    answer = await talk.say("hello")
    assert answer == {"response": [{"type": "TEXT", "data": {"message": "hello!"}}], "analytics": {}}
    assert [(method, path) for method, path, _ in endpoint.got] == [
        ("POST", f"{CONVERSATION}/events"),
        ("PUT", CONVERSATION),
        ("POST", f"{CONVERSATION}/events"),
    ]
    assert endpoint.got[0][2] == endpoint.got[2][2]


async def test_it_is_created_again_only_once(rig: Rig, endpoint: Endpoint) -> None:
    endpoint.statuses = [404, 200, 404]
    with pytest.raises(EndpointFailed, match="404"):
        await rig.connector.conversation().say("hello")
    assert len(endpoint.got) == 3


async def test_every_kind_of_event(rig: Rig, endpoint: Endpoint) -> None:
    sdes: dict[str, Any] = {"authenticatedSdes": {"customerInfo": {}}}
    talk = rig.connector.conversation(Consumer(conv_id="c-1", sdes=sdes))
    await talk.create()
    await talk.start("cancel my order")
    await talk.say("yes", {"type": "ExternalId", "id": "b-1"})
    await talk.send_rich_content({"type": "vertical"})
    await talk.send_file(relativePath="a/b.png", fileType="PNG")
    await talk.tell("CLOSED")
    await talk.close()
    assert [body for _, _, body in endpoint.got] == orjson.loads((DATA / "endpoint_bodies.json").read_bytes())


async def test_environments_and_state(rig: Rig, endpoint: Endpoint) -> None:
    await rig.connector.environments()
    assert await rig.connector.state() == {"state": "online", "version": "1.0.0"}
    environments = "/v1/bots/lex/environments"
    assert endpoint.got == [("GET", environments, None), ("GET", f"{environments}/draft/state", None)]


async def test_a_script_is_played(rig: Rig) -> None:
    said = [(said, items) async for said, items in play(rig.connector.conversation(), ["hello"])]
    assert said == [
        ("START", [{"type": "TEXT", "data": {"message": "START!"}}]),
        ("hello", [{"type": "TEXT", "data": {"message": "hello!"}}]),
        ("CLOSE", [{"type": "TEXT", "data": {"message": "CLOSE_CONVERSATION!"}}]),
    ]


async def test_a_token_is_kept_until_it_is_about_to_expire(rig: Rig, liveperson: LivePersonEmulator) -> None:
    first = await rig.connector.token()
    rig.now += 3539
    assert await rig.connector.token() == first
    rig.now += 1
    assert await rig.connector.token() != first
    assert len(liveperson.requests) == 2


async def test_no_token_no_request(
    http: aiohttp.ClientSession, endpoint: Endpoint, liveperson: LivePersonEmulator
) -> None:
    stranger = Application("stranger", "guess", BOT_SCOPE)
    connector = EndpointConnector(http, "http://127.0.0.1", liveperson.token_url("1"), bot="lex", application=stranger)
    with pytest.raises(EndpointFailed, match="401"):
        await connector.state()
    assert connector.attempts == []
