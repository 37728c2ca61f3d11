"""Over both transports: the token is sent, kept, and renewed once when it is refused."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault
from gateway.contract.errors import FailureKind, VendorFailure
from vendors.dialogflow.credentials import Token
from vendors.dialogflow.errors import ES_CODES, ES_SEND_QUERY
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.dialogflow.signing import send_signed
from vendors.dialogflow.transport import Transport, make_transport
from vendors.services import Services

SESSION = "projects/emulator/agent/sessions/c1"
BODY = {"queryInput": {"text": {"text": "text", "languageCode": "en"}}, "queryParams": {"payload": {}}}


@pytest.fixture(params=["rest", "grpc"])
async def transport(
    request: pytest.FixtureRequest, emulator: DialogflowEmulator, settings: DialogflowEsSettings, services: Services
) -> AsyncIterator[Transport]:
    if request.param == "grpc":
        settings = settings.model_copy(update={"transport": "grpc", "api_endpoint": emulator.grpc_address})
    made = make_transport(settings, services, version="v2", location=None, codes=ES_CODES)
    await made.open()
    yield made
    await made.close()


def stages(emulator: DialogflowEmulator) -> list[str]:
    return [request.stage for request in emulator.requests]


async def test_token_is_sent_and_used_again(emulator: DialogflowEmulator, transport: Transport) -> None:
    for _ in range(2):
        answer = await transport.detect_intent(SESSION, BODY, timeout=5)
        assert answer["queryResult"]["fulfillmentText"] == "Your parcel is on its way."

    assert stages(emulator) == ["token", "message", "message"]
    assert emulator.requests[1].headers["Authorization"].startswith("Bearer ya29.")
    assert emulator.requests[1].headers["Authorization"] == emulator.requests[2].headers["Authorization"]


async def test_refused_token_is_renewed_and_the_request_sent_again_once(
    emulator: DialogflowEmulator, transport: Transport
) -> None:
    await transport.detect_intent(SESSION, BODY, timeout=5)
    emulator.expire_tokens()
    emulator.requests.clear()

    answer = await transport.detect_intent(SESSION, BODY, timeout=5)

    assert answer["queryResult"]["fulfillmentText"] == "Your parcel is on its way."
    assert stages(emulator) == ["message", "token", "message"]
    assert emulator.requests[0].headers["Authorization"] != emulator.requests[2].headers["Authorization"]


async def test_many_refused_requests_share_one_renewal(emulator: DialogflowEmulator, transport: Transport) -> None:
    await transport.detect_intent(SESSION, BODY, timeout=5)
    emulator.expire_tokens()
    emulator.requests.clear()

    await asyncio.gather(*(transport.detect_intent(SESSION, BODY, timeout=5) for _ in range(20)))

    assert stages(emulator).count("token") == 1


async def test_token_that_is_refused_twice_is_denied(emulator: DialogflowEmulator, transport: Transport) -> None:
    emulator.faults.add(Fault(error="UNAUTHENTICATED"))

    with pytest.raises(VendorFailure) as caught:
        await transport.detect_intent(SESSION, BODY, timeout=5)

    assert (caught.value.kind, caught.value.vendor_status, caught.value.vendor_error) == (
        FailureKind.DENIED,
        401,
        "UNAUTHENTICATED",
    )
    assert stages(emulator) == ["token", "message", "token", "message"]
    emulator.faults.clear()
    assert "queryResult" in await transport.detect_intent(SESSION, BODY, timeout=5)


async def test_turn_is_not_sent_when_signing_in_takes_too_long(
    emulator: DialogflowEmulator, transport: Transport
) -> None:
    emulator.faults.add(Fault(kind="delay", delay=1, stage="token"))

    with pytest.raises(VendorFailure) as caught:
        await transport.detect_intent(SESSION, BODY, timeout=0.1)

    assert (caught.value.kind, caught.value.code) == (FailureKind.NOT_SENT, ES_SEND_QUERY)
    assert stages(emulator) == ["token"]


async def test_no_time_left_after_signing_in(clock: Any) -> None:
    class Late:
        at_hand = None

        async def token(self, *, timeout: float) -> Token:
            clock.ahead += timeout
            return Token({}, None)

    async def attempt(headers: dict[str, str], left: float) -> dict[str, Any]:
        raise AssertionError(f"sent with {left} seconds left")

    with pytest.raises(VendorFailure) as caught:
        await send_signed(attempt, Late(), clock, timeout=5, code=ES_SEND_QUERY)  # type: ignore[arg-type]  # as slow as can be

    assert (caught.value.kind, caught.value.message) == (
        FailureKind.NOT_SENT,
        "signing in to Google took all the time there was",
    )


async def test_nobody_signs_in(clock: Any) -> None:
    async def attempt(headers: dict[str, str], left: float) -> dict[str, Any]:
        return {"headers": headers, "left": left}

    assert await send_signed(attempt, None, clock, timeout=5, code=ES_SEND_QUERY) == {"headers": {}, "left": 5}
