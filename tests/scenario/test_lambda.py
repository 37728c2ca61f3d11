"""A bot that is a LivePerson Function, through the whole gateway (docs/vendors/function.md)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.liveperson import LivePersonEmulator
from emulators.sentinel import INVOKER
from gateway.contract.catalogue import PREFIX
from tests.gateways import KEY, open_gateway

UUID = "4f9a4c1e-6a0a-4a43-9f5e-7b1d2e3f4a5b"
FAAS = PREFIX + "aivendor.faas."


@pytest.fixture
async def platform() -> AsyncIterator[LivePersonEmulator]:
    async with LivePersonEmulator() as emulator:
        yield emulator


def make_account(platform: LivePersonEmulator, **bot_keys: Any) -> dict[str, Any]:
    settings = {
        "lambda_uuid": UUID,
        "client_id": INVOKER.client_id,
        "client_secret": INVOKER.client_secret,
        "base_url": platform.url,
        "account_id": "83482904",
    }
    retry = {"attempts": 3, "initial": 0.01, "maximum": 0.02}
    bot = {"vendor": "function", "settings": settings, "retry": retry, **bot_keys}
    return {"account": "83482904", "auth": {"api_keys": [KEY]}, "bots": {"cook": bot}}


async def test_a_conversation_needs_one_token(platform: LivePersonEmulator, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(platform)) as gateway:
        said = [await gateway.say("cook", text, sequence=number) for number, text in enumerate(["text", "agent"])]
    assert [(answer.status, answer.body) for answer in said] == [
        (200, {"messages": ["Your parcel is on its way."], "context": {}}),
        (
            200,
            {
                "messages": ["One moment, I am connecting you."],
                "context": {"action": "TRANSFER", "actionParameters": {"skill": "human_skill"}},
            },
        ),
    ]
    assert [request.stage for request in platform.requests] == ["token", "message", "message"]
    assert platform.requests[1].path == f"/api/account/83482904/lambdas/{UUID}/invoke"
    assert platform.requests[1].body["payload"] == {
        "convId": "c-1",
        "message": "text",
        "context": {"lpEvent": {"type": "ContentEvent", "sequence": 0}, "lpSdes": {}},
    }


async def test_a_token_that_is_withdrawn_is_renewed_within_the_turn(
    platform: LivePersonEmulator, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, make_account(platform, retry={"attempts": 1})) as gateway:
        before = await gateway.say("cook", "text")
        await platform.rotate_key(keep=False)
        after = await gateway.say("cook", "text")
    assert (before.status, after.status) == (200, 200)
    assert [request.stage for request in platform.requests] == ["token", "message", "message", "token", "message"]


@pytest.mark.parametrize(
    ("fault", "code", "status", "calls"),
    [
        (Fault(status=500), "invoke-lambda", 502, 3),
        (Fault(status=502), "invoke-lambda", 502, 3),
        (Fault(status=504), "invoke-lambda", 502, 3),
        (Fault(status=408), "invoke-lambda", 502, 1),
        (Fault(status=901), "invoke-lambda", 502, 1),
        (Fault(status=500, error="com.liveperson.faas.handler.runtime-exception"), "invoke-lambda", 502, 1),
        (Fault(status=404), "failed-faas-request", 502, 1),
        (Fault(status=400), "failed-faas-request", 502, 1),
        (Fault(kind="cut"), "invoke-lambda", 502, 1),
        (Fault(kind="hang"), "invoke-lambda", 504, 1),
        (Fault(kind="empty"), "missing-response-body", 502, 1),
        (Fault(status=503, stage="token"), "failed-faas-request", 502, 0),
        (Fault(status=401, stage="token"), "failed-faas-request", 502, 0),
    ],
    ids=lambda value: f"{value.stage} {value.error or value.status or value.kind}" if isinstance(value, Fault) else "",
)
async def test_a_failure_has_its_code_and_the_bot_answers_again(
    fault: Fault, code: str, status: int, calls: int, platform: LivePersonEmulator, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, make_account(platform, timeouts={"attempt": 0.5, "total": 5})) as gateway:
        platform.faults.add(fault)
        failed = await gateway.say("cook", "text")
        called = sum(request.stage == "message" for request in platform.requests)
        platform.clear()
        well = await gateway.say("cook", "text")
    assert (failed.status, failed.body["error"]["name"], called) == (status, FAAS + code, calls)
    assert (well.status, well.body["messages"]) == (200, ["Your parcel is on its way."])


async def test_a_call_too_many_is_made_again_after_a_second(platform: LivePersonEmulator, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(platform)) as gateway:
        platform.faults.add(Fault(status=429, times=1))
        answer = await gateway.say("cook", "text")
    first, second = [request.time for request in platform.requests if request.stage == "message"]
    assert (answer.status, second - first >= 1) == (200, True)
