"""Signing in: what goes over the wire for each auth_type, and what happens when Watson refuses it."""

import asyncio
import threading
from base64 import b64encode
from typing import Any

import aiohttp
import pytest
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import Authenticator

from emulators.faults import Fault
from emulators.watson import WatsonEmulator
from gateway.contract.errors import FailureKind
from tests.fakes import FakeClock
from vendors.exchange import TransportFailure
from vendors.http import HttpAnswer
from vendors.watson.connection import Connection
from vendors.watson.settings import WatsonV2Settings
from vendors.watson.transport import AsyncAssistantV2


class Caller:
    """Opens sessions through a connection of its own."""

    def __init__(
        self, watson: WatsonEmulator, http: aiohttp.ClientSession, clock: FakeClock, credentials: dict[str, Any]
    ) -> None:
        settings = WatsonV2Settings.model_validate(
            {
                "url": watson.url,
                "assistant_id": "a-1",
                "token_url": f"{watson.url}/identity/token",
                **credentials,
            }
        )

        self.threads: list[threading.Thread] = []
        """In which the SDK's client was made."""

        def build(authenticator: Authenticator) -> AsyncAssistantV2:
            self.threads.append(threading.current_thread())
            return AsyncAssistantV2(
                url=settings.url, version=settings.version, authenticator=authenticator, http_session=http
            )

        self.clock = clock
        self.connection = Connection(settings, build, clock=clock)

    async def call(self, *, seconds: float = 5) -> HttpAnswer:
        return await self.connection.call(
            lambda sdk, left: sdk.open_session("a-1", None, timeout=left), until=self.clock.monotonic() + seconds
        )


@pytest.fixture
def caller(watson: WatsonEmulator, http: aiohttp.ClientSession, clock: FakeClock) -> Caller:
    return Caller(watson, http, clock, {"apikey": "watson-emulator"})


def signs(watson: WatsonEmulator) -> list[str | None]:
    return [request.headers.get("Authorization") for request in watson.requests if request.stage == "session"]


async def test_basic_is_sent_with_every_call(
    watson: WatsonEmulator, http: aiohttp.ClientSession, clock: FakeClock
) -> None:
    caller = Caller(watson, http, clock, {"username": "emulator", "password": "watson-emulator"})
    answers = [await caller.call(), await caller.call()]
    assert [answer.status for answer in answers] == [201, 201]
    assert signs(watson) == [f"Basic {b64encode(b'emulator:watson-emulator').decode()}"] * 2
    assert {request.stage for request in watson.requests} == {"session"}


async def test_none_sends_nothing(watson: WatsonEmulator, http: aiohttp.ClientSession, clock: FakeClock) -> None:
    caller = Caller(watson, http, clock, {"apikey": "watson-emulator", "auth_type": "none"})
    with pytest.raises(ApiException, match="HTTP 401"):
        await caller.call()
    assert signs(watson) == [None]
    assert len(watson.requests) == 1


async def test_a_token_is_fetched_once_for_many_calls(watson: WatsonEmulator, caller: Caller) -> None:
    await caller.connection.open()
    await asyncio.gather(*(caller.call() for _ in range(20)))
    await caller.connection.close()
    stages = [request.stage for request in watson.requests]
    assert (stages.count("token"), stages.count("session")) == (1, 20)
    assert len(set(signs(watson))) == 1


async def test_a_refused_token_is_renewed_once_for_all(watson: WatsonEmulator, caller: Caller) -> None:
    await caller.call()
    watson.expire_tokens()
    answers = await asyncio.gather(*(caller.call() for _ in range(5)))
    await caller.connection.close()
    assert [answer.status for answer in answers] == [201] * 5
    assert [request.stage for request in watson.requests].count("token") == 2


async def test_a_renewed_token_that_is_refused_too_ends_it(watson: WatsonEmulator, caller: Caller) -> None:
    watson.faults.add(Fault(status=401, stage="session"))
    with pytest.raises(ApiException, match="HTTP 401"):
        await caller.call()
    await caller.connection.close()
    assert [request.stage for request in watson.requests] == ["token", "session", "token", "session"]


async def test_no_other_refusal_renews_the_token(watson: WatsonEmulator, caller: Caller) -> None:
    watson.faults.add(Fault(status=403, stage="session"))
    with pytest.raises(ApiException, match="HTTP 403"):
        await caller.call()
    await caller.connection.close()
    assert [request.stage for request in watson.requests] == ["token", "session"]


async def test_nothing_goes_out_when_the_time_is_over(watson: WatsonEmulator, caller: Caller) -> None:
    with pytest.raises(TransportFailure) as caught:
        await caller.call(seconds=0)
    assert caught.value.kind is FailureKind.NOT_SENT
    assert watson.requests == []


async def test_the_first_calls_make_the_client_once_and_off_the_loop(caller: Caller) -> None:
    answers = await asyncio.gather(*(caller.call() for _ in range(5)), caller.connection.open())
    assert [answer.status for answer in answers if answer is not None] == [201] * 5
    (thread,) = caller.threads
    assert thread is not threading.main_thread()


async def test_a_caller_that_gives_up_leaves_the_client_to_the_others(caller: Caller) -> None:
    impatient = asyncio.ensure_future(caller.call())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.wait({impatient})
    assert (await caller.call()).status == 201
    assert len(caller.threads) == 1


async def test_a_client_that_could_not_be_made_is_made_by_the_next_call(http: aiohttp.ClientSession) -> None:
    made: list[str] = []

    def build(_authenticator: Authenticator) -> str:
        made.append("client")
        if len(made) == 1:
            raise OSError("no certificates")
        return "client"

    async def send(sdk: str, _left: float) -> HttpAnswer:
        return HttpAnswer(200, {}, sdk.encode())

    settings = WatsonV2Settings.model_validate({"url": "https://w.test", "assistant_id": "a", "auth_type": "none"})
    connection = Connection(settings, build, clock=FakeClock())

    async def call_twice() -> list[HttpAnswer | BaseException]:
        return await asyncio.gather(*(connection.call(send, until=2000) for _ in range(2)), return_exceptions=True)

    assert [type(outcome) for outcome in await call_twice()] == [OSError, OSError]
    assert await call_twice() == [HttpAnswer(200, {}, b"client")] * 2
    assert made == ["client"] * 2
