"""Signing in: what goes over the wire for each auth_type, and what happens when Watson refuses it."""

import asyncio
import threading
from base64 import b64encode
from typing import Any

import aiohttp
import pytest

from emulators.faults import Fault
from emulators.watson import WatsonEmulator
from gateway.contract.errors import FailureKind, VendorFailure
from tests.fakes import FakeClock
from vendors.http import HttpAnswer
from vendors.watson import errors
from vendors.watson.connection import Connection
from vendors.watson.settings import WatsonV2Settings
from vendors.watson.transport import RequestsV2, prepare_v2


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
        """In which the SDK has prepared the requests."""

        def prepare() -> RequestsV2:
            self.threads.append(threading.current_thread())
            return prepare_v2(url=settings.url, version=settings.version, assistant="a-1", environment=None)

        self.clock = clock
        self.connection = Connection(settings, prepare, http=http, clock=clock)

    async def call(self, *, seconds: float = 5, not_found: str | None = None) -> HttpAnswer:
        until = self.clock.monotonic() + seconds
        requests = self.connection.requests or await self.connection.open()
        return await self.connection.call(
            requests.open_session, b"{}", until=until, code=errors.V2_CREATE_SESSION, not_found=not_found
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
    with pytest.raises(VendorFailure) as caught:
        await caller.call()
    assert (caught.value.kind, caught.value.vendor_status) == (FailureKind.DENIED, 401)
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
    with pytest.raises(VendorFailure) as caught:
        await caller.call()
    await caller.connection.close()
    assert (caught.value.kind, caught.value.code) == (FailureKind.DENIED, errors.V2_CREATE_SESSION)
    assert [request.stage for request in watson.requests] == ["token", "session", "token", "session"]


async def test_no_other_refusal_renews_the_token(watson: WatsonEmulator, caller: Caller) -> None:
    watson.faults.add(Fault(status=403, stage="session"))
    with pytest.raises(VendorFailure) as caught:
        await caller.call()
    await caller.connection.close()
    assert (caught.value.kind, caught.value.vendor_status) == (FailureKind.DENIED, 403)
    assert [request.stage for request in watson.requests] == ["token", "session"]


@pytest.mark.parametrize(("status", "code"), [(404, errors.V2_SEND_QUERY), (400, errors.V2_CREATE_SESSION)])
async def test_a_404_may_have_a_code_of_its_own(watson: WatsonEmulator, caller: Caller, status: int, code: str) -> None:
    watson.faults.add(Fault(status=status, message="prose", headers={"Retry-After": "3"}, stage="session", times=2))
    for not_found, told in ((errors.V2_SEND_QUERY, code), (None, errors.V2_CREATE_SESSION)):
        with pytest.raises(VendorFailure) as caught:
            await caller.call(not_found=not_found)
        assert (caught.value.code, caught.value.vendor_status, caught.value.retry_after) == (told, status, 3.0)
        assert caught.value.request_id is not None
        assert "prose" not in caught.value.message
    assert (await caller.call()).status == 201
    await caller.connection.close()


async def test_a_failed_call_is_not_repeated(watson: WatsonEmulator, caller: Caller) -> None:
    watson.faults.add(Fault(status=503, stage="session"))
    with pytest.raises(VendorFailure) as caught:
        await caller.call()
    await caller.connection.close()
    assert caught.value.kind is FailureKind.UNAVAILABLE
    assert [request.stage for request in watson.requests] == ["token", "session"]


async def test_no_answer_in_time_is_told_as_such(watson: WatsonEmulator, caller: Caller) -> None:
    await caller.call()
    watson.faults.add(Fault(kind="hang", stage="session"))
    with pytest.raises(VendorFailure) as caught:
        await caller.call(seconds=0.1)
    await caller.connection.close()
    assert caught.value.kind is FailureKind.TIMED_OUT


async def test_nothing_goes_out_when_the_time_is_over(watson: WatsonEmulator, caller: Caller) -> None:
    with pytest.raises(VendorFailure) as caught:
        await caller.call(seconds=0)
    assert caught.value.kind is FailureKind.NOT_SENT
    assert watson.requests == []


async def test_the_first_calls_have_the_requests_prepared_once_and_off_the_loop(caller: Caller) -> None:
    answers = await asyncio.gather(*(caller.call() for _ in range(5)), caller.connection.open())
    assert [answer.status for answer in answers if isinstance(answer, HttpAnswer)] == [201] * 5
    (thread,) = caller.threads
    assert thread is not threading.main_thread()


async def test_a_caller_that_gives_up_leaves_the_requests_to_the_others(caller: Caller) -> None:
    impatient = asyncio.ensure_future(caller.call())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.wait({impatient})
    assert (await caller.call()).status == 201
    assert len(caller.threads) == 1


async def test_requests_that_could_not_be_prepared_are_prepared_by_the_next_call(http: aiohttp.ClientSession) -> None:
    made: list[str] = []

    def prepare() -> str:
        made.append("requests")
        if len(made) == 1:
            raise OSError("no certificates")
        return "requests"

    settings = WatsonV2Settings.model_validate({"url": "https://w.test", "assistant_id": "a", "auth_type": "none"})
    connection = Connection(settings, prepare, http=http, clock=FakeClock())

    async def open_twice() -> list[str | BaseException]:
        return await asyncio.gather(*(connection.open() for _ in range(2)), return_exceptions=True)

    assert [type(outcome) for outcome in await open_twice()] == [OSError, OSError]
    assert await open_twice() == ["requests"] * 2
    assert connection.requests == "requests"
    assert made == ["requests"] * 2
