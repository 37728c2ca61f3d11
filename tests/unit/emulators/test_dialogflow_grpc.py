"""Google's own asynchronous client talks to the emulator's gRPC server."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.api_core import exceptions as api
from google.cloud import dialogflow_v2, dialogflowcx_v3
from google.protobuf import json_format
from google.rpc.error_details_pb2 import RetryInfo
from grpc import aio

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ES = (dialogflow_v2, "projects/emulator/agent/sessions/s1", {"text": {"text": "text", "languageCode": "en"}})
CX = (
    dialogflowcx_v3,
    "projects/p/locations/global/agents/a/sessions/s1",
    {"text": {"text": "text"}, "languageCode": "en"},
)
Api = tuple[Any, str, dict[str, Any]]


@asynccontextmanager
async def calling(emulator: DialogflowEmulator, api_: Api) -> AsyncIterator[Any]:
    """Give a function that asks through Google's client, and gives the answer in JSON."""
    sdk, session, query = api_
    async with aio.insecure_channel(emulator.grpc_address) as channel:
        client = sdk.SessionsAsyncClient
        asked = client(transport=client.get_transport_class("grpc_asyncio")(channel=channel))

        async def ask(session: str = session, timeout: float = 5, **headers: str) -> Any:
            body = {"session": session, "queryInput": query, "queryParams": {"payload": {"n": 1, "half": 0.5}}}
            request = sdk.DetectIntentRequest.wrap(json_format.ParseDict(body, sdk.DetectIntentRequest.pb()()))
            answer = await asked.detect_intent(request, retry=None, timeout=timeout, metadata=list(headers.items()))
            return answer if answer is None else json_format.MessageToDict(type(answer).pb(answer))

        yield ask


@pytest.mark.parametrize("api_", [ES, CX], ids=["es", "cx"])
async def test_a_request_is_answered_and_noted_as_over_rest(dialogflow: DialogflowEmulator, api_: Api) -> None:
    async with calling(dialogflow, api_) as ask:
        answer = await ask()
    assert "Your parcel is on its way." in str(answer["queryResult"])
    assert answer["responseId"]
    (noted,) = dialogflow.requests
    version = {dialogflow_v2: "v2", dialogflowcx_v3: "v3"}[api_[0]]
    assert (noted.method, noted.path, noted.stage, noted.heard.text) == (
        "GRPC",
        f"/{version}/{api_[1]}:detectIntent",
        "message",
        "text",
    )
    assert noted.body == {"queryInput": api_[2], "queryParams": {"payload": {"n": 1, "half": 0.5}}}
    assert noted.headers["X-Goog-Request-Params"] == f"session={api_[1]}"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"error": "UNAVAILABLE"}, grpc.StatusCode.UNAVAILABLE),
        ({"status": 503}, grpc.StatusCode.UNAVAILABLE),
        ({"status": 429}, grpc.StatusCode.RESOURCE_EXHAUSTED),
        ({"error": "CANCELLED"}, grpc.StatusCode.CANCELLED),
        ({"status": 404}, grpc.StatusCode.NOT_FOUND),
        ({"status": 418}, grpc.StatusCode.FAILED_PRECONDITION),
        ({"status": 520}, grpc.StatusCode.INTERNAL),
        ({"error": "NoSuchName"}, grpc.StatusCode.INTERNAL),
        ({"kind": "cut"}, grpc.StatusCode.UNAVAILABLE),
        ({"kind": "cut_body"}, grpc.StatusCode.UNAVAILABLE),
        ({"kind": "hang"}, grpc.StatusCode.DEADLINE_EXCEEDED),
    ],
    ids=str,
)
async def test_a_fault_is_a_status(dialogflow: DialogflowEmulator, fault: Any, code: grpc.StatusCode) -> None:
    dialogflow.faults.add(Fault(**fault, times=1))
    async with calling(dialogflow, CX) as ask:
        with pytest.raises(api.GoogleAPICallError) as caught:
            await ask(timeout=0.2 if fault.get("kind") == "hang" else 5)
        assert caught.value.grpc_status_code is code
        assert "queryResult" in await ask()


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ({"kind": "garbage"}, None),
        ({"kind": "truncate"}, None),
        ({"kind": "body", "body": ["none"]}, None),
        ({"kind": "body", "body": {"responseId": "r"}}, {"responseId": "r"}),
        ({"kind": "empty"}, {}),
    ],
    ids=str,
)
async def test_a_fault_is_a_strange_answer(dialogflow: DialogflowEmulator, fault: Any, answer: Any) -> None:
    dialogflow.faults.add(Fault(**fault))
    async with calling(dialogflow, ES) as ask:
        assert await ask() == answer


async def test_a_late_answer_is_good(dialogflow: DialogflowEmulator) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    dialogflow.sleep = sleep
    dialogflow.faults.add(Fault(kind="delay", delay=7))
    for api_ in (ES, CX):
        async with calling(dialogflow, api_) as ask:
            assert "queryResult" in await ask()
    assert waited == [7, 7]


@pytest.mark.parametrize(
    ("fault", "delays"),
    [
        ({"headers": {"Retry-After": "2"}}, [2.0]),
        (
            {
                "body": {
                    "error": {
                        "details": [
                            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"},
                            {"@type": "type.googleapis.com/no.such.Type"},
                            5,
                        ]
                    }
                }
            },
            [1.5],
        ),
        ({}, []),
    ],
    ids=["header", "details", "none"],
)
async def test_how_long_to_wait_is_a_detail(dialogflow: DialogflowEmulator, fault: Any, delays: list[float]) -> None:
    dialogflow.faults.add(Fault(error="RESOURCE_EXHAUSTED", **fault))
    async with calling(dialogflow, ES) as ask:
        with pytest.raises(api.ResourceExhausted) as caught:
            await ask()
    found = [detail.retry_delay for detail in caught.value.details if isinstance(detail, RetryInfo)]
    assert [delay.seconds + delay.nanos / 1e9 for delay in found] == delays


async def test_tokens_sessions_and_agents_are_checked() -> None:
    async with DialogflowEmulator(tokens={"good"}, agents={"a"}) as dialogflow, calling(dialogflow, CX) as ask:
        with pytest.raises(api.Unauthenticated):
            await ask()
        token = {"authorization": "Bearer good"}
        assert "queryResult" in await ask(**token)
        with pytest.raises(api.NotFound):
            await ask("projects/p/locations/global/agents/b/sessions/s1", **token)
        with pytest.raises(api.NotFound):
            await ask("nonsense", **token)
        with pytest.raises(api.InvalidArgument):
            await ask("projects/p/locations/global/agents/a/sessions/" + "s" * 37, **token)


async def test_what_the_dialogue_says_goes_wrong_goes_wrong(dialogflow: DialogflowEmulator) -> None:
    sdk, session, _ = CX
    query = {"text": {"text": "unavailable once"}, "languageCode": "en"}
    async with calling(dialogflow, (sdk, session, query)) as ask:
        with pytest.raises(api.ServiceUnavailable):
            await ask()
        assert "Well again" in str(await ask())


async def test_it_stops_with_calls_under_way_and_starts_again(dialogflow: DialogflowEmulator) -> None:
    dialogflow.faults.add(Fault(kind="hang"))
    async with calling(dialogflow, ES) as ask:
        asking = asyncio.ensure_future(ask())
        while not dialogflow.requests:
            await asyncio.sleep(0.001)
        await dialogflow.stop()
        with pytest.raises(api.ServiceUnavailable):
            await asking
    with pytest.raises(RuntimeError, match="not running"):
        _ = dialogflow.grpc_address
    await dialogflow.start()
    dialogflow.clear()
    async with calling(dialogflow, ES) as ask:
        assert "queryResult" in await ask()
