from typing import Any

import pytest
from aiohttp import web

from emulators.function import FunctionEmulator
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.types import ReadingContext, Reply, Text
from tests.unit.vendors.function.conftest import MakeBot
from vendors.function.errors import FAILED_FAAS_REQUEST, MISSING_RESPONSE_BODY

REQUEST = {"convId": "another", "message": "text", "context": {"lpEvent": {"a": "ü"}, "lpSdes": {}}}


async def test_a_turn(make_bot: MakeBot) -> None:
    async with FunctionEmulator() as service:
        bot = make_bot(url=f"{service.url}/turn?a=b")
        await bot.open()
        session: dict[str, Any] = {}
        request = bot.build_request(parse_event({"convId": "a", "message": "text"}), session)
        answer = await bot.ask(request, session, timeout=10)
        await bot.close()
    assert answer == {"messages": ["Your parcel is on its way."], "context": {}}
    assert bot.read_reply(answer, ReadingContext()) == Reply(messages=(Text("Your parcel is on its way."),))


async def test_payload_is_posted_as_json_with_the_headers(make_bot: MakeBot) -> None:
    async with FunctionEmulator(required_headers={"Authorization": "Bearer k"}) as service:
        bot = make_bot(url=f"{service.url}/turn?a=b", headers={"Authorization": "Bearer k", "X-Brand": "acme"})
        await bot.ask(REQUEST, {"convId": "a"}, timeout=10)
        [sent] = service.requests
    assert (sent.method, sent.path, dict(sent.query), sent.body) == (
        "POST",
        "/turn",
        {"a": "b"},
        {**REQUEST, "convId": "a"},
    )
    assert (sent.headers["Content-Type"], sent.headers["Authorization"], sent.headers["X-Brand"]) == (
        "application/json",
        "Bearer k",
        "acme",
    )


async def fail(bot: Any) -> VendorFailure:
    with pytest.raises(VendorFailure) as caught:
        await bot.ask(REQUEST, {"convId": "a"}, timeout=10)
    return caught.value


async def test_a_refused_connection_may_be_tried_again(make_bot: MakeBot) -> None:
    async with FunctionEmulator() as service:
        url = service.url
    failure = await fail(make_bot(url=url))
    assert (failure.kind, failure.code, failure.retries) == (FailureKind.NOT_SENT, FAILED_FAAS_REQUEST, None)


async def test_tls_that_fails_may_be_tried_again(make_bot: MakeBot) -> None:
    async with FunctionEmulator() as service:
        failure = await fail(make_bot(url=service.url.replace("http:", "https:")))
    assert (failure.kind, failure.code, failure.retries) == (FailureKind.NOT_SENT, FAILED_FAAS_REQUEST, None)


async def test_a_redirect_is_not_followed(make_bot: MakeBot) -> None:
    visited = []

    async def redirect(request: web.Request) -> web.Response:
        visited.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", redirect)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        failure = await fail(make_bot(url=f"http://127.0.0.1:{runner.addresses[0][1]}/turn"))
    finally:
        await runner.cleanup()
    assert (failure.kind, failure.code, visited) == (FailureKind.REFUSED, FAILED_FAAS_REQUEST, ["/turn"])


async def test_null_is_a_missing_body(make_bot: MakeBot) -> None:
    async with FunctionEmulator() as service:
        service.say("text", None, raw=True)
        failure = await fail(make_bot(url=service.url))
    assert (failure.kind, failure.code) == (FailureKind.UNUSABLE, MISSING_RESPONSE_BODY)
