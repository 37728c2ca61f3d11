"""Hooks that are services and LivePerson Functions, through the whole gateway (docs/hooks.md, "Elsewhere")."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.liveperson import LivePersonEmulator
from emulators.sentinel import INVOKER
from emulators.server import Running
from gateway.contract.catalogue import PREFIX
from tests.gateways import make_account, make_event, open_gateway
from tests.hook_service import HookService, give

FAILED_HOOK = PREFIX + "aivendor.faas.failed-hook"
VENDORS = ("lex", "dialogflow", "dialogflow-cx", "watson", "watson-v1", "function")


@pytest.fixture
async def service() -> AsyncIterator[HookService]:
    async with HookService() as up:
        yield up


def name_function(platform: LivePersonEmulator, uuid: str) -> dict[str, str]:
    return {
        "lambda_uuid": uuid,
        "client_id": INVOKER.client_id,
        "client_secret": INVOKER.client_secret,
        "base_url": platform.url,
        "account_id": "83482904",
    }


@pytest.mark.parametrize("bot", VENDORS)
async def test_hooks_that_change_nothing_change_nothing(
    bot: str, running: Running, service: HookService, tmp_path: Path
) -> None:
    async with LivePersonEmulator(functions={"keep": lambda given: given["payload"]}) as platform:
        remote = [{"url": service.url}, name_function(platform, "keep")]
        hooked, plain = make_account(running, hooks={"pre": remote, "post": remote}), make_account(running)
        async with open_gateway(tmp_path, hooked, plain | {"account": "55"}) as gateway:
            with_hooks = await gateway.say(bot, "text")
            without = await gateway.say(bot, "text", account="55")
    assert (with_hooks.status, with_hooks.body) == (200, without.body)
    assert len(service.got) == 2


async def test_a_brand_s_own_functions_see_and_change_the_vendor_s_request_and_answer(
    running: Running, tmp_path: Path
) -> None:
    seen: list[tuple[str, Any]] = []

    def pre(given: dict[str, Any]) -> Any:
        seen.append(("pre", given["payload"]["text"]))
        return given["payload"] | {"text": "agent"}

    async def post(given: dict[str, Any]) -> Any:
        seen.append(("post", list(given["payload"])[:1]))
        given["payload"]["messages"].insert(0, {"contentType": "PlainText", "content": "By the way:"})
        return given["payload"]

    async with LivePersonEmulator(functions={"pre": pre, "post": post}) as platform:
        hooks = {"pre": [name_function(platform, "pre")], "post": [name_function(platform, "post")]}
        async with open_gateway(tmp_path, make_account(running, hooks=hooks)) as gateway:
            answer = await gateway.say("lex", "hello")
    assert answer.body["messages"][0] == "By the way:"
    assert answer.body["context"]["action"] == "TRANSFER"
    assert (running.lex.requests[0].body["text"], [name for name, _ in seen]) == ("agent", ["pre", "post"])
    assert seen[0] == ("pre", "hello")


async def test_a_failing_hook_fails_the_turn_and_the_vendor_is_not_asked(
    running: Running, service: HookService, tmp_path: Path
) -> None:
    service.answer = lambda _: give({"error": "my card is 4111"}, 500)
    hooks = {"pre": [{"url": f"{service.url}/a-secret-path"}]}
    async with open_gateway(tmp_path, make_account(running, hooks=hooks)) as gateway:
        failed = await gateway.say("function", "text")
        asked = len(running.function.requests)
        service.answer = give
        well = await gateway.say("function", "text")
    assert (failed.status, failed.body["error"]["name"], asked) == (500, FAILED_HOOK, 0)
    assert failed.body["error"]["message"] == f"the pre hook {service.url} answered with HTTP 500"
    assert (well.status, well.body["messages"]) == (200, ["Your parcel is on its way."])


async def test_a_failing_hook_is_passed_over_where_the_account_says_so(
    running: Running, service: HookService, tmp_path: Path
) -> None:
    service.answer = lambda _: give({}, 503)
    hooks = {"pre": [{"url": service.url}], "post": [{"url": service.url}], "on_failure": "skip"}
    async with open_gateway(tmp_path, make_account(running, hooks=hooks)) as gateway:
        answer = await gateway.say("function", "text")
    assert (answer.status, answer.body["messages"], len(service.got)) == (200, ["Your parcel is on its way."], 2)


async def test_the_error_hook_is_told_and_its_own_failure_changes_nothing(
    running: Running, service: HookService, tmp_path: Path
) -> None:
    answers = iter([give({}, 500), give("noted")])
    service.answer = lambda _: next(answers)
    hooks = {"error": [{"url": f"{service.url}/first"}, {"url": f"{service.url}/second"}]}
    account = make_account(running, hooks=hooks, escalation={"skill": "human_skill", "message": "One moment."})
    async with open_gateway(tmp_path, account) as gateway:
        running.function.faults.add(Fault(status=500))
        answer = await gateway.say("function", "text")
    assert (answer.status, answer.body["messages"]) == (200, ["One moment."])
    assert [got.path for got in service.got] == ["/first", "/second"]
    report = service.got[1].body
    assert report == {
        "error": {"errorId": answer.headers["X-Error-Id"], "name": PREFIX + "aivendor.faas.invoke-lambda"},
        "vendor": "Custom Integration",
        "faasPayload": make_event("text"),
        "convId": "c-1",
    }


async def test_a_private_address_is_refused_unless_it_is_listed(
    running: Running, service: HookService, tmp_path: Path
) -> None:
    """127.0.0.1 in IPv6's clothes stands for a private address: that it is this machine's, no name look-up is needed for."""
    url = f"https://[::ffff:127.0.0.1]:{service.port}/hook"
    refused, listed = (
        make_account(running, hooks={"pre": [{"url": url}], "allow_private": hosts})
        for hosts in ([], ["::ffff:127.0.0.1"])
    )
    async with open_gateway(tmp_path, refused, listed | {"account": "55"}) as gateway:
        answers = [await gateway.say("function", "text", account=account) for account in ("83482904", "55")]
    messages = [answer.body["error"]["message"] for answer in answers]
    assert messages[0].endswith("was not called: its host is a private one that allow_private does not list")
    # It is connected to, and then there is no TLS.
    assert "could not be called: no connection" in messages[1]
    assert service.got == []
