from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from google.api_core.exceptions import GoogleAPICallError, ServiceUnavailable
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.cloud import dialogflow_v2
from google.cloud.dialogflow_v2.services.sessions.transports import SessionsRestTransport
from google.oauth2 import service_account
from google.protobuf import json_format

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault
from emulators.google_tokens import ServiceAccount

if TYPE_CHECKING:
    import aiohttp

SESSION = "projects/emulator/agent/sessions/s1"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
HELLO = {"queryInput": {"text": {"text": "hello", "languageCode": "en"}}}


def text(said: str, **members: Any) -> dict[str, Any]:
    return {"queryInput": {"text": {"text": said, "languageCode": "en-US"}}, **members}


async def detect(
    http: aiohttp.ClientSession, emulator: DialogflowEmulator, body: Any, session: str = SESSION, token: str = ""
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with http.post(f"{emulator.url}/v2/{session}:detectIntent", json=body, headers=headers) as response:
        return response.status, await response.json()


def sdk(emulator: DialogflowEmulator) -> dialogflow_v2.SessionsClient:
    transport = SessionsRestTransport(host=emulator.url, credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]  # google-auth has no types
    return dialogflow_v2.SessionsClient(transport=transport)


async def sdk_detect(client: dialogflow_v2.SessionsClient, said: str) -> Any:
    query = {"text": {"text": said, "language_code": "en"}}
    request = {"session": SESSION, "query_input": query}
    return await asyncio.to_thread(client.detect_intent, request=request, retry=None, timeout=5)


async def test_googles_client_talks_to_it(dialogflow: DialogflowEmulator) -> None:
    client = sdk(dialogflow)
    answer = await sdk_detect(client, "where is my parcel")
    assert [bool(item.payload) for item in answer.query_result.fulfillment_messages] == [False, True, False, True]
    assert answer.query_result.query_text == "where is my parcel"
    assert answer.query_result.intent.display_name == "TrackParcel"
    assert answer.response_id
    with pytest.raises(ServiceUnavailable):
        await sdk_detect(client, "break")
    assert (await sdk_detect(client, "text")).query_result.fulfillment_text == "Your parcel is on its way."
    client.transport.close()  # type: ignore[no-untyped-call]  # generated without types


async def test_every_turn_is_read_by_the_real_proto(
    dialogflow: DialogflowEmulator, http: aiohttp.ClientSession
) -> None:
    for (kind, said), turn in dialogflow.dialogue.turns.items():
        if turn.fault is None and not turn.raw:
            query = {kind: {"name" if kind == "event" else "text": said, "languageCode": "en"}}
            status, body = await detect(http, dialogflow, {"queryInput": query})
            assert status == 200, turn.name
            read = json_format.ParseDict(body, dialogflow_v2.DetectIntentResponse.pb()())
            meant = json_format.ParseDict(turn.answer, dialogflow_v2.DetectIntentResponse.pb()())
            assert body == json_format.MessageToDict(read), turn.name
            for field, value in meant.query_result.ListFields():
                assert getattr(read.query_result, field.name) == value, turn.name


@pytest.mark.parametrize(
    "session",
    [
        "projects/p/agent/sessions/s1",
        "projects/p/locations/europe-west2/agent/sessions/s1",
        "projects/p/agent/environments/draft/users/-/sessions/s1",
        "projects/p/locations/europe-west2/agent/environments/draft/users/-/sessions/s1",
        "projects/p/agent/sessions/" + "s" * 36,
    ],
)
async def test_every_form_of_session_is_known(
    dialogflow: DialogflowEmulator, http: aiohttp.ClientSession, session: str
) -> None:
    assert (await detect(http, dialogflow, HELLO, session))[0] == 200
    assert dialogflow.requests[0].heard.text == "hello"


async def test_events_are_matched_by_name(dialogflow: DialogflowEmulator, http: aiohttp.ClientSession) -> None:
    for name, expected in (("WELCOME", "Welcome"), ("DIALOGFLOW_CHAR_LIMIT", "TooLong")):
        _, body = await detect(http, dialogflow, {"queryInput": {"event": {"name": name, "languageCode": "en"}}})
        assert body["queryResult"]["intent"]["displayName"] == expected
    _, body = await detect(http, dialogflow, text("WELCOME"))
    assert body["queryResult"]["intent"]["isFallback"]


@pytest.mark.parametrize(
    "body",
    [
        {"queryInput": {"text": {"text": "hi", "languageCode": "en"}}, "surprise": 1},
        {"queryInput": {"text": {"text": "hi", "language": "en"}}},
        {"queryInput": {"text": "hi"}},
        {"queryInput": {}},
        {"queryInput": {"text": {"text": "hi"}}},
        text("x" * 257),
        text(""),
        ["list"],
    ],
    ids=["unknown", "nested", "type", "nothing", "language", "long", "empty", "list"],
)
async def test_bodies_that_dialogflow_refuses(
    dialogflow: DialogflowEmulator, http: aiohttp.ClientSession, body: Any
) -> None:
    status, answer = await detect(http, dialogflow, body)
    assert status == 400
    assert answer["error"]["status"] == "INVALID_ARGUMENT"
    assert answer["error"]["code"] == 400


async def test_long_text_and_payload_are_taken(dialogflow: DialogflowEmulator, http: aiohttp.ClientSession) -> None:
    body = text("x" * 256, queryParams={"payload": {"lpEvent": {}, "lpSdes": {"authenticatedSdes": {}}}})
    assert (await detect(http, dialogflow, body))[0] == 200


async def test_long_session_id_is_refused_unless_allowed(http: aiohttp.ClientSession) -> None:
    session = "projects/p/agent/sessions/" + "s" * 59
    async with DialogflowEmulator() as strict, DialogflowEmulator(max_session_id=128) as lenient:
        assert (await detect(http, strict, HELLO, session))[0] == 400
        assert (await detect(http, lenient, HELLO, session))[0] == 200


async def test_unknown_project_and_path_are_not_found(http: aiohttp.ClientSession) -> None:
    async with DialogflowEmulator(projects={"other"}) as dialogflow:
        status, body = await detect(http, dialogflow, HELLO)
        assert (status, body["error"]["status"]) == (404, "NOT_FOUND")
        assert (await detect(http, dialogflow, HELLO, "nonsense"))[0] == 404


async def test_fixed_tokens_are_demanded(http: aiohttp.ClientSession) -> None:
    async with DialogflowEmulator(tokens={"good"}) as dialogflow:
        status, body = await detect(http, dialogflow, HELLO, token="bad")
        assert (status, body["error"]["status"]) == (401, "UNAUTHENTICATED")
        assert (await detect(http, dialogflow, HELLO, token="good"))[0] == 200


async def test_google_auth_gets_a_token_for_a_service_account(http: aiohttp.ClientSession) -> None:
    account = await asyncio.to_thread(ServiceAccount.generate)
    async with DialogflowEmulator(account=account) as dialogflow:
        info = account.credentials(dialogflow.url)
        credentials = service_account.Credentials.from_service_account_info(info, scopes=SCOPES)  # type: ignore[no-untyped-call]
        assert (await detect(http, dialogflow, HELLO))[0] == 401
        await asyncio.to_thread(credentials.refresh, Request())
        assert (await detect(http, dialogflow, HELLO, token=credentials.token))[0] == 200
        assert [recorded.stage for recorded in dialogflow.requests] == ["message", "token", "message"]
        dialogflow.expire_tokens()
        assert (await detect(http, dialogflow, HELLO, token=credentials.token))[0] == 401


async def test_a_strangers_key_gets_no_token() -> None:
    account = await asyncio.to_thread(ServiceAccount.generate)
    stranger = await asyncio.to_thread(ServiceAccount.generate)
    async with DialogflowEmulator(account=account) as dialogflow:
        info = stranger.credentials(dialogflow.url)
        credentials = service_account.Credentials.from_service_account_info(info, scopes=SCOPES)  # type: ignore[no-untyped-call]
        with pytest.raises(RefreshError, match="invalid_grant"):
            await asyncio.to_thread(credentials.refresh, Request())


async def test_other_grants_are_refused(dialogflow: DialogflowEmulator, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{dialogflow.url}/token", data={"grant_type": "password"}) as response:
        assert (response.status, (await response.json())["error"]) == (400, "unsupported_grant_type")


async def test_faults_are_the_sdks_own_exceptions_and_then_it_is_well(dialogflow: DialogflowEmulator) -> None:
    client = sdk(dialogflow)
    for error, status in (("RESOURCE_EXHAUSTED", 429), ("INTERNAL", 500), ("DEADLINE_EXCEEDED", 504)):
        dialogflow.faults.add(Fault(error=error, times=1))
        with pytest.raises(GoogleAPICallError) as caught:
            await sdk_detect(client, "text")
        assert caught.value.code == status
    assert (await sdk_detect(client, "text")).query_result.fulfillment_text
    client.transport.close()  # type: ignore[no-untyped-call]  # generated without types


@pytest.mark.parametrize("answer", [None, ["list"], {"queryResult": "text"}, {"queryResult": {"fulfilmentText": "x"}}])
async def test_answers_are_checked_against_the_proto(dialogflow: DialogflowEmulator, answer: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        dialogflow.say("hello", answer)
