"""Functions called from outside, at the emulated platform, over real sockets."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from multidict import CIMultiDict

from emulators.faults import Fault
from emulators.liveperson import LivePersonEmulator
from emulators.sentinel import CONNECTOR, INVOKER, Application
from gateway.contract.errors import FailureKind
from tests.fakes import FakeClock
from vendors.addresses import FunctionAddress
from vendors.client_credentials import TokenFailure
from vendors.http import HttpAnswer
from vendors.invocation import FunctionInvoker, read_platform_code

UUID = "4f9a4c1e-6a0a-4a43-9f5e-7b1d2e3f4a5b"
PATH = f"/api/account/1/lambdas/{UUID}/invoke"
TOKEN_PATH = "/sentinel/api/v2/account/1/app/token"


@pytest.fixture
async def platform() -> AsyncIterator[LivePersonEmulator]:
    async with LivePersonEmulator(functions={UUID: lambda given: {"messages": [given["payload"]["message"]]}}) as up:
        yield up


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def make(platform: LivePersonEmulator, http: aiohttp.ClientSession, client: Application = INVOKER) -> FunctionInvoker:
    address = FunctionAddress(
        lambda_uuid=UUID,
        account_id="1",
        base_url=platform.url,
        client_id=client.client_id,
        client_secret=client.client_secret,
    )
    return FunctionInvoker(address, http=http, clock=FakeClock(1234.5678))


async def test_a_call(platform: LivePersonEmulator, http: aiohttp.ClientSession) -> None:
    invoker = make(platform, http)
    answers = [await invoker.invoke({"message": "grüezi"}, timeout=10) for _ in range(2)]
    assert [(answer.status, answer.json()) for answer in answers] == [(200, {"messages": ["grüezi"]})] * 2
    token, call, _ = platform.requests
    assert (token.path, call.method, call.path, dict(call.query)) == (
        TOKEN_PATH,
        "POST",
        PATH,
        {"v": "1", "externalSystem": "botbridge"},
    )
    assert call.body == {"headers": [], "payload": {"message": "grüezi"}, "timestamp": 1234567}
    assert call.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_token_is_renewed_once(
    status: int, platform: LivePersonEmulator, http: aiohttp.ClientSession
) -> None:
    invoker = make(platform, http)
    platform.faults.add(Fault(status=status, times=1))
    assert (await invoker.invoke({"message": "hi"}, timeout=10)).status == 200
    assert [request.path for request in platform.requests] == [TOKEN_PATH, PATH, TOKEN_PATH, PATH]


async def test_a_key_that_is_withdrawn_costs_one_renewal(
    platform: LivePersonEmulator, http: aiohttp.ClientSession
) -> None:
    invoker = make(platform, http)
    await invoker.invoke({"message": "hi"}, timeout=10)
    await platform.rotate_key(keep=False)
    assert [(await invoker.invoke({"message": "hi"}, timeout=10)).status for _ in range(2)] == [200, 200]
    stages = [request.stage for request in platform.requests]
    assert stages == ["token", "message", "message", "token", "message", "message"]


async def test_a_client_without_the_permission_is_refused_after_one_renewal(
    platform: LivePersonEmulator, http: aiohttp.ClientSession
) -> None:
    answer = await make(platform, http, CONNECTOR).invoke({"message": "hi"}, timeout=10)
    assert (answer.status, len(platform.requests)) == (403, 4)


async def test_a_renewal_that_fails_is_the_token_s_failure(
    platform: LivePersonEmulator, http: aiohttp.ClientSession
) -> None:
    invoker = make(platform, http)
    await invoker.invoke({"message": "hi"}, timeout=10)
    platform.faults.add(Fault(status=401, times=1), Fault(status=503, stage="token", times=1))
    with pytest.raises(TokenFailure) as caught:
        await invoker.invoke({"message": "hi"}, timeout=10)
    assert (caught.value.kind, caught.value.status) == (FailureKind.UNAVAILABLE, 503)


async def test_other_statuses_are_handed_back(platform: LivePersonEmulator, http: aiohttp.ClientSession) -> None:
    invoker = make(platform, http)
    platform.faults.add(Fault(status=901, error="com.liveperson.faas.handler.runtime-exception", times=1))
    answer = await invoker.invoke({"message": "hi"}, timeout=10)
    assert (answer.status, read_platform_code(answer)) == (901, "com.liveperson.faas.handler.runtime-exception")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"errorCode": "com.liveperson.faas.es.general", "errorMsg": "x"}', "com.liveperson.faas.es.general"),
        (b'{"errorCode": "my card is 4111"}', None),
        (b'{"errorCode": "com.liveperson.faas.es.general my card is 4111"}', None),
        (b'{"errorCode": 5}', None),
        (b"[]", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_only_a_code_of_the_platform_is_one(body: bytes, code: str | None) -> None:
    assert read_platform_code(HttpAnswer(500, CIMultiDict(), body)) == code
