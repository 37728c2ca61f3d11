import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault
from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from vendors.dialogflow.errors import ES_SEND_QUERY
from vendors.dialogflow.rest import RestTransport
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.services import Services

SESSION = "projects/emulator/agent/sessions/c1"
BODY = {"queryInput": {"text": {"text": "text", "languageCode": "en"}}, "queryParams": {"payload": {}}}


@pytest.fixture
async def transport(settings: DialogflowEsSettings, services: Services) -> AsyncIterator[RestTransport]:
    made = RestTransport(settings, services, version="v2", location=None, code=ES_SEND_QUERY)
    await made.open()
    yield made
    await made.close()


def stages(emulator: DialogflowEmulator) -> list[str]:
    return [request.stage for request in emulator.requests]


async def test_token_is_sent_and_used_again(emulator: DialogflowEmulator, transport: RestTransport) -> None:
    first = await transport.detect_intent(SESSION, BODY, timeout=5)
    second = await transport.detect_intent(SESSION, BODY, timeout=5)

    assert (
        first["queryResult"]
        == second["queryResult"]
        == {
            "queryText": "text",
            "languageCode": "en",
            "fulfillmentText": "Your parcel is on its way.",
            "fulfillmentMessages": [{"text": {"text": ["Your parcel is on its way."]}}],
        }
    )
    assert stages(emulator) == ["token", "message", "message"]
    assert emulator.requests[1].headers["Authorization"].startswith("Bearer ya29.")


async def test_refused_token_is_renewed_and_the_request_sent_again_once(
    emulator: DialogflowEmulator, transport: RestTransport
) -> None:
    await transport.detect_intent(SESSION, BODY, timeout=5)
    emulator.expire_tokens()
    emulator.requests.clear()

    answer = await transport.detect_intent(SESSION, BODY, timeout=5)

    assert answer["queryResult"]["fulfillmentText"] == "Your parcel is on its way."
    assert stages(emulator) == ["message", "token", "message"]
    assert emulator.requests[0].headers["Authorization"] != emulator.requests[2].headers["Authorization"]


async def test_many_refused_requests_share_one_renewal(emulator: DialogflowEmulator, transport: RestTransport) -> None:
    await transport.detect_intent(SESSION, BODY, timeout=5)
    emulator.expire_tokens()
    emulator.requests.clear()

    await asyncio.gather(*(transport.detect_intent(SESSION, BODY, timeout=5) for _ in range(20)))

    assert stages(emulator).count("token") == 1


async def test_token_that_is_refused_twice_is_denied(emulator: DialogflowEmulator, transport: RestTransport) -> None:
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
    emulator: DialogflowEmulator, transport: RestTransport
) -> None:
    emulator.faults.add(Fault(kind="delay", delay=1, stage="token"))

    with pytest.raises(VendorFailure) as caught:
        await transport.detect_intent(SESSION, BODY, timeout=0.1)

    assert (caught.value.kind, caught.value.code) == (FailureKind.NOT_SENT, ES_SEND_QUERY)
    assert stages(emulator) == ["token"]


async def test_no_time_left_after_signing_in(services: Services, settings: DialogflowEsSettings, clock: Any) -> None:
    transport = RestTransport(settings, services, version="v2", location=None, code=ES_SEND_QUERY)

    class Late:
        async def token(self, *, timeout: float) -> Any:  # noqa: ASYNC109
            clock.ahead += timeout
            return type("Token", (), {"headers": {}})

    transport._credentials = Late()  # type: ignore[assignment]  # as slow as can be

    with pytest.raises(VendorFailure) as caught:
        await transport.detect_intent(SESSION, BODY, timeout=5)

    assert (caught.value.kind, caught.value.message) == (
        FailureKind.NOT_SENT,
        "signing in to Google took all the time there was",
    )


async def test_what_is_not_json_is_not_sent(emulator: DialogflowEmulator, transport: RestTransport) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await transport.detect_intent(SESSION, {"queryInput": {1, 2}}, timeout=5)

    assert str(caught.value) == "request: cannot be written as JSON: Type is not JSON serializable: set"
    assert emulator.requests == []
