from collections.abc import AsyncIterator
from typing import Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault
from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from vendors.dialogflow.errors import CX_CODES, ES_CODES
from vendors.dialogflow.rest import RestTransport, may_hold_whole_numbers
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.http import MAX_ANSWER
from vendors.services import Services

SESSION = "projects/emulator/agent/sessions/c1"
BODY = {"queryInput": {"text": {"text": "text", "languageCode": "en"}}, "queryParams": {"payload": {}}}


@pytest.fixture
async def transport(settings: DialogflowEsSettings, services: Services) -> AsyncIterator[RestTransport]:
    made = RestTransport(settings, services, version="v2", location=None, codes=ES_CODES)
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


async def test_what_is_not_json_is_not_sent(emulator: DialogflowEmulator, transport: RestTransport) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await transport.detect_intent(SESSION, {"queryInput": {1, 2}}, timeout=5)

    assert str(caught.value) == "request: cannot be written as JSON: Type is not JSON serializable: set"
    assert emulator.requests == []


async def test_numbers_are_whole_where_they_can_be(emulator: DialogflowEmulator, transport: RestTransport) -> None:
    emulator.faults.add(Fault(kind="body", body={"queryResult": {"a": 2.0, "b": [1.5, {"c": -0.0}]}}))

    assert await transport.detect_intent(SESSION, BODY, timeout=5) == {"queryResult": {"a": 2, "b": [1.5, {"c": 0}]}}


PLACES = ('{{"a":{}}}', '{{"a": {}}}', '{{"a":[{}]}}', '{{"a":[1,{},2]}}', '{{"a":"b","c":{},"d":1}}')


@pytest.mark.parametrize(
    ("numbers", "whole"),
    [
        (("2.0", "-2.0", "10.00", "1e3", "1E3", "1e+3", "12e-0", "-15.5E1", "100e-2", "1e0001"), True),
        (("2", "0.97", "-1.5", "1.25"), False),
    ],
)
def test_numbers_that_may_be_whole_are_seen(numbers: tuple[str, ...], *, whole: bool) -> None:
    bodies = [place.format(number + after) for number in numbers for place in PLACES for after in ("", *" \n\t\r")]

    assert [body for body in bodies if may_hold_whole_numbers(body.encode()) is not whole] == []


@pytest.mark.parametrize("text", ["more, 1e3", "4c33f535-ac58-431c-8858-b161ea42fac9", "1e3", "true", "x1e3,"])
def test_words_are_no_numbers(text: str) -> None:
    assert not may_hold_whole_numbers(b'{"a":"%s","b":false}' % text.encode())


@pytest.mark.parametrize(
    ("kind", "code"),
    [("garbage", CX_CODES.parse), ("empty", CX_CODES.parse), ("cut", CX_CODES.send), ("status", CX_CODES.send)],
)
async def test_what_cannot_be_parsed_has_a_code_of_its_own(
    emulator: DialogflowEmulator, settings: DialogflowEsSettings, services: Services, kind: Any, code: str
) -> None:
    transport = RestTransport(settings, services, version="v2", location=None, codes=CX_CODES)
    emulator.faults.add(Fault(kind=kind))

    with pytest.raises(VendorFailure) as caught:
        await transport.detect_intent(SESSION, BODY, timeout=5)
    await transport.close()

    assert caught.value.code == code


async def test_an_answer_beyond_all_measure_is_unusable(
    emulator: DialogflowEmulator, settings: DialogflowEsSettings, services: Services
) -> None:
    transport = RestTransport(settings, services, version="v2", location=None, codes=CX_CODES)
    emulator.faults.add(Fault(kind="body", body={"queryResult": {"text": "x" * (MAX_ANSWER + 1)}}))

    with pytest.raises(VendorFailure) as caught:
        await transport.detect_intent(SESSION, BODY, timeout=5)
    await transport.close()

    assert (caught.value.kind, caught.value.code) == (FailureKind.UNUSABLE, CX_CODES.parse)
