"""Hooks elsewhere, run by the real runner over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias

import pytest
import structlog
from aiohttp import web
from structlog.testing import LogCapture

from config.sections import Hooks
from emulators.faults import Fault
from emulators.liveperson import CustomFailure, LivePersonEmulator
from emulators.sentinel import INVOKER
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.errors import FAILED_HOOK, HookFailed
from gateway.contract.types import Channel, Json
from gateway.remote_hooks import HookMaker
from hooks.context import HookContext, HookScope
from hooks.runner import HookRunner
from tests.hook_service import HookService, give
from vendors.guarded import GuardedSessions

PAYLOAD: Json = {"inputText": "my card is 4111", "userId": "c-1"}
UUID = "4f9a4c1e-6a0a-4a43-9f5e-7b1d2e3f4a5b"
MakeRunner: TypeAlias = Callable[..., HookRunner]


@pytest.fixture
async def make_runner() -> AsyncIterator[MakeRunner]:
    """Make the runner of a `hooks` section."""
    sessions = GuardedSessions(headers={}, keep_alive=15)
    sandbox = Sandbox()

    def make(timeout: float = 5, **section: Any) -> HookRunner:
        hooks = Hooks.model_validate(section)
        return HookRunner(*HookMaker(sessions, SystemClock()).make(hooks), timeout=timeout, sandbox=sandbox)

    yield make
    await sandbox.close()
    await sessions.close()


@pytest.fixture
def captured() -> LogCapture:
    return LogCapture()


@pytest.fixture
def scope(captured: LogCapture) -> HookScope:
    return HookScope(
        account="1",
        bot="concierge",
        vendor="lex-v2",
        channel=Channel.MESSAGING,
        conversation_id="c-1",
        event_payload={},
        state={},
        log=structlog.wrap_logger(structlog.PrintLogger(), processors=[captured]),
    )


@pytest.fixture
async def service() -> AsyncIterator[HookService]:
    async with HookService() as up:
        yield up


@pytest.fixture
async def platform() -> AsyncIterator[LivePersonEmulator]:
    async with LivePersonEmulator(functions={UUID: lambda given: given["payload"] | {"seen": True}}) as up:
        yield up


def note(payload: Json, ctx: HookContext) -> None:
    payload["noted"] = payload["inputText"]


def ample() -> float:
    return 60.0


def name_function(platform: LivePersonEmulator, **others: str) -> dict[str, str]:
    return {
        "lambda_uuid": UUID,
        "client_id": INVOKER.client_id,
        "client_secret": INVOKER.client_secret,
        "base_url": platform.url,
        "account_id": "1",
        **others,
    }


async def fail(runner: HookRunner, scope: HookScope, payload: Json = PAYLOAD) -> str:
    with pytest.raises(HookFailed) as caught:
        await runner.run_pre(payload, scope, ample)
    assert caught.value.code == FAILED_HOOK
    return caught.value.message


@pytest.mark.parametrize("kind", ["pre", "post"])
async def test_a_url_gets_the_payload_and_its_answer_takes_its_place(
    kind: str, service: HookService, make_runner: MakeRunner, scope: HookScope
) -> None:
    service.answer = lambda payload: give({**payload, "inputText": "grüezi"})
    runner = make_runner(**{kind: [{"url": f"{service.url}/hooks?a=b", "headers": {"X-Key": "k"}}]})
    run = runner.run_pre if kind == "pre" else runner.run_post
    assert await run(PAYLOAD, scope, ample) == {**PAYLOAD, "inputText": "grüezi"}
    [got] = service.got
    assert (got.path, got.body, got.headers["Content-Type"], got.headers["X-Key"]) == (
        "/hooks?a=b",
        PAYLOAD,
        "application/json",
        "k",
    )


@pytest.mark.parametrize("kind", ["pre", "post"])
async def test_a_function_gets_the_payload_as_its_input_s(
    kind: str, platform: LivePersonEmulator, make_runner: MakeRunner, scope: HookScope
) -> None:
    runner = make_runner(**{kind: [name_function(platform)]})
    run = runner.run_pre if kind == "pre" else runner.run_post
    assert [await run(PAYLOAD, scope, ample) for _ in range(2)] == [{**PAYLOAD, "seen": True}] * 2
    assert [request.stage for request in platform.requests] == ["token", "message", "message"]
    assert (platform.requests[1].body["headers"], platform.requests[1].body["payload"]) == ([], PAYLOAD)


async def test_hooks_of_every_kind_run_in_their_order(
    service: HookService, platform: LivePersonEmulator, make_runner: MakeRunner, scope: HookScope
) -> None:
    service.answer = lambda payload: give({**payload, "inputText": payload["inputText"] + "!"})
    url = {"url": service.url}
    runner = make_runner(pre=[url, "tests.unit.gateway.test_remote_hooks:note", name_function(platform), url])
    assert await runner.run_pre(PAYLOAD, scope, ample) == {
        **PAYLOAD,
        "inputText": "my card is 4111!!",
        "noted": "my card is 4111!",
        "seen": True,
    }
    assert [got.body.get("seen") for got in service.got] == [None, True]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda _: give({"error": "my card is 4111"}, 500), "answered with HTTP 500"),
        (lambda _: give({}, 404), "answered with HTTP 404"),
        (lambda _: web.Response(status=307, headers={"Location": "/elsewhere"}), "answered with HTTP 307"),
        (lambda _: web.Response(), "gave nothing back, not even the payload as it was"),
        (lambda _: web.Response(status=204), "gave nothing back, not even the payload as it was"),
        (lambda _: give(None), "gave null back, not the payload"),
        (lambda _: web.Response(text="<html>"), "gave back what is not JSON"),
        (lambda _: give([]), "returned a value of type list, not a dict or None"),
        (lambda _: give("text"), "returned a value of type str, not a dict or None"),
        (
            lambda _: give({"a": "b" * 4 * 1024 * 1024}),
            "could not be called: an answer of more than 4194304 bytes",
        ),
    ],
    ids=["500", "404", "redirect", "empty", "204", "null", "html", "list", "string", "too large"],
)
async def test_what_is_no_result_is_a_failed_hook(
    answer: Any, problem: str, service: HookService, make_runner: MakeRunner, scope: HookScope
) -> None:
    service.answer = answer
    runner = make_runner(pre=[{"url": f"{service.url}/a-secret-path"}])
    assert (await fail(runner, scope)).startswith(f"the pre hook {service.url} {problem}")
    assert len(service.got) == 1
    service.answer = give
    assert await runner.run_pre(PAYLOAD, scope, ample) == PAYLOAD


async def test_an_error_hook_may_answer_what_it_likes(
    service: HookService, make_runner: MakeRunner, scope: HookScope, captured: LogCapture
) -> None:
    answers = iter([web.Response(status=204), web.Response(text="thanks"), give(None), web.Response(status=500)])
    service.answer = lambda _: next(answers)
    runner = make_runner(error=[{"url": service.url}] * 4)
    await runner.run_error({"error": {"name": "x"}}, scope)
    assert [got.body for got in service.got] == [{"error": {"name": "x"}}] * 4
    assert [entry["problem"] for entry in captured.entries] == ["answered with HTTP 500"]


async def test_a_hook_that_is_late_is_cut_and_left_alone_after_some_time(
    service: HookService, make_runner: MakeRunner, scope: HookScope
) -> None:
    async def hang(_payload: Any) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    service.answer = hang
    runner = make_runner(timeout=0.1, pre=[{"url": service.url}])
    messages = [await fail(runner, scope) for _ in range(6)]
    assert messages == [f"the pre hook {service.url} could not be called: no answer in time"] * 5 + [
        f"the pre hook {service.url} was not called: it has run past its timeout 5 times in a row"
    ]
    assert len(service.got) == 5


async def test_a_service_that_is_not_there(make_runner: MakeRunner, scope: HookScope) -> None:
    async with HookService() as service:
        url = service.url
    message = await fail(make_runner(pre=[{"url": url}]), scope)
    assert message.startswith(f"the pre hook {url} could not be called: no connection")


@pytest.mark.parametrize("host", ["10.1.2.3", "169.254.169.254", "192.168.0.1", "[fd00::1]"])
async def test_a_private_address_is_not_called(host: str, make_runner: MakeRunner, scope: HookScope) -> None:
    message = await fail(make_runner(pre=[{"url": f"https://{host}/hook?key=secret"}]), scope)
    assert message == (
        f"the pre hook https://{host} was not called: its host is a private one that allow_private does not list"
    )


async def test_a_function_behind_a_private_address_is_not_called(
    platform: LivePersonEmulator, make_runner: MakeRunner, scope: HookScope
) -> None:
    problem = f"the pre hook lambda {UUID} was not called: its host is a private one that allow_private does not list"
    for others in ({"base_url": "https://10.1.2.3"}, {"token_url": "https://10.1.2.3/token"}):
        assert await fail(make_runner(pre=[name_function(platform, **others)]), scope) == problem
    assert platform.requests == []


def throw(_given: Any) -> Json:
    raise CustomFailure("my card is 4111")


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (throw, "answered with HTTP 901, com.liveperson.faas.handler.custom-failure"),
        (lambda _: None, "gave nothing back, not even the payload as it was"),
        ("text", "returned a value of type str, not a dict or None"),
    ],
    ids=["calls back with an error", "gives nothing", "gives a string"],
)
async def test_a_function_that_fails_is_a_failed_hook(
    function: Any, problem: str, make_runner: MakeRunner, scope: HookScope
) -> None:
    async with LivePersonEmulator(functions={UUID: function}) as platform:
        message = await fail(make_runner(pre=[name_function(platform)]), scope)
    assert message == f"the pre hook lambda {UUID} {problem}"


async def test_a_token_that_cannot_be_had_is_a_failed_hook(
    platform: LivePersonEmulator, make_runner: MakeRunner, scope: HookScope
) -> None:
    platform.faults.add(Fault(status=401, stage="token", times=1))
    runner = make_runner(pre=[name_function(platform)])
    assert await fail(runner, scope) == (
        f"the pre hook lambda {UUID} could not be called: the token endpoint answered with an error"
    )
    assert await runner.run_pre(PAYLOAD, scope, ample) == {**PAYLOAD, "seen": True}


async def test_the_state_and_the_payload_are_left_as_they_were(
    service: HookService, make_runner: MakeRunner, scope: HookScope
) -> None:
    scope.state["acme.turns"] = 3
    service.answer = lambda _: give({"another": True})
    before = dict(PAYLOAD)
    await make_runner(pre=[{"url": service.url}]).run_pre(PAYLOAD, scope, ample)
    assert (scope.state, PAYLOAD) == ({"acme.turns": 3}, before)
