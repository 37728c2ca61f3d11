from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import Authenticator, BasicAuthenticator, IAMAuthenticator
from ibm_watson import AssistantV2
from ibm_watson.assistant_v2 import MessageInput, MessageInputOptions

from emulators.faults import Fault
from emulators.iam import APIKEY, PASSWORD, USERNAME
from emulators.watson import WatsonEmulator

ASSISTANT = "4d1c7e6a-0000-4000-8000-000000000001"
ENVIRONMENT = "4d1c7e6a-0000-4000-8000-000000000002"
BASIC = {"Authorization": aiohttp.encode_basic_auth(USERNAME, PASSWORD)}
SESSIONS = f"/v2/assistants/{ASSISTANT}/sessions"
VERSION = {"version": "2024-08-25"}


class Sdk:
    """IBM's client, each call in a thread."""

    def __init__(self, emulator: WatsonEmulator, authenticator: Authenticator | None = None) -> None:
        iam = IAMAuthenticator(APIKEY, url=f"{emulator.url}/identity/token")
        self._sdk = AssistantV2(version="2024-08-25", authenticator=authenticator or iam)
        self._sdk.set_service_url(emulator.url)

    async def open(self) -> str:
        answer = await asyncio.to_thread(self._sdk.create_session, ASSISTANT, ENVIRONMENT)
        assert answer.get_status_code() == 201
        session_id: str = answer.get_result()["session_id"]
        return session_id

    async def say(self, session: str, text: str, **members: Any) -> dict[str, Any]:
        said = MessageInput(message_type="text", text=text, options=MessageInputOptions(return_context=True))
        answer = await asyncio.to_thread(
            self._sdk.message, ASSISTANT, ENVIRONMENT, session, input=said, user_id="u", **members
        )
        result: dict[str, Any] = answer.get_result()
        return result

    async def close(self, session: str) -> None:
        await asyncio.to_thread(self._sdk.delete_session, ASSISTANT, ENVIRONMENT, session)

    async def refusal(self, session: str, text: str) -> tuple[int, str]:
        with pytest.raises(ApiException) as caught:
            await self.say(session, text)
        return caught.value.status_code, caught.value.message


async def open_session(http: aiohttp.ClientSession, url: str) -> str:
    async with http.post(f"{url}{SESSIONS}", params=VERSION, headers=BASIC) as response:
        assert response.status == 201
        session_id: str = (await response.json())["session_id"]
        return session_id


async def post(http: aiohttp.ClientSession, url: str, body: Any, **params: str) -> tuple[int, Any]:
    async with http.post(url, json=body, params=params, headers=BASIC) as response:
        return response.status, await response.json()


async def test_ibms_sdk_talks_to_it_with_iam(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    session = await sdk.open()
    answer = await sdk.say(session, "where is my parcel")
    assert [item["response_type"] for item in answer["output"]["generic"]] == ["text", "pause", "text", "text"]
    assert answer["session_id"] == session
    assert [recorded.stage for recorded in watson.requests] == ["token", "session", "message"]
    assert watson.requests[0].body["grant_type"] == "urn:ibm:params:oauth:grant-type:apikey"
    assert watson.requests[2].heard.text == "where is my parcel"


async def test_ibms_sdk_talks_to_it_with_basic_auth(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson, BasicAuthenticator(USERNAME, PASSWORD))
    answer = await sdk.say(await sdk.open(), "")
    assert answer["output"]["generic"][0]["text"] == "Welcome to the parcel desk."
    await sdk.close(answer["session_id"])
    assert (await sdk.refusal(answer["session_id"], "text"))[0] == 404


async def test_wrong_api_key_gets_no_token(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson, IAMAuthenticator("wrong", url=watson.url))
    with pytest.raises(ApiException) as caught:
        await sdk.open()
    assert caught.value.status_code == 400


async def test_token_endpoint_may_have_a_prefix(watson: WatsonEmulator, http: aiohttp.ClientSession) -> None:
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": APIKEY}
    async with http.post(f"{watson.url}/iam/identity/token", data=form) as response:
        token = await response.json()
    assert token["expiration"] - token["expires_in"] == pytest.approx(time.time(), abs=60)
    async with http.post(f"{watson.url}/identity/token", data={"apikey": APIKEY}) as response:
        assert (response.status, (await response.json())["errorCode"]) == (400, "BXNIM0106E")


@pytest.mark.parametrize("header", [None, "Bearer invented", "Basic bm86bm8="])
async def test_strangers_are_refused(watson: WatsonEmulator, http: aiohttp.ClientSession, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    async with http.post(f"{watson.url}{SESSIONS}", params=VERSION, headers=headers) as response:
        assert (response.status, await response.json()) == (401, {"error": "Unauthorized", "code": 401})


async def test_tokens_expire_by_the_clock(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    session = await sdk.open()
    started = time.time()
    watson.clock = lambda: started + 3601
    assert (await sdk.refusal(session, "text"))[0] == 401


async def test_tokens_expire_on_demand(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    session = await sdk.open()
    watson.expire_tokens()
    assert (await sdk.refusal(session, "text"))[0] == 401


async def test_sessions_expire_on_demand_and_a_new_one_is_well(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    session = await sdk.open()
    watson.expire_sessions()
    assert await sdk.refusal(session, "text") == (404, "Invalid Session")
    assert (await sdk.say(await sdk.open(), "text"))["output"]["generic"]


async def test_session_expires_after_its_last_use(watson: WatsonEmulator, http: aiohttp.ClientSession) -> None:
    now = 1000.0
    watson.clock = lambda: now
    session = await open_session(http, watson.url)
    url = f"{watson.url}{SESSIONS}/{session}/message"
    now += 299
    assert (await post(http, url, {"input": {"text": "text"}}, **VERSION))[0] == 200
    now += 299
    assert (await post(http, url, {"input": {"text": "text"}}, **VERSION))[0] == 200
    now += 300
    answer = await post(http, url, {"input": {"text": "text"}}, **VERSION)
    assert answer == (404, {"error": "Invalid Session", "code": 404})


async def test_wrong_assistant_is_another_404(http: aiohttp.ClientSession) -> None:
    async with WatsonEmulator(assistants={"other"}) as watson:
        status, body = await post(http, f"{watson.url}{SESSIONS}", {}, **VERSION)
        assert status == 404
        assert body["error"] != "Invalid Session"


@pytest.mark.parametrize(
    "text", ["x" * 2049, "one\ntwo", "one\ttwo", "one\rtwo"], ids=["long", "newline", "tab", "return"]
)
async def test_texts_that_watson_refuses(watson: WatsonEmulator, http: aiohttp.ClientSession, text: str) -> None:
    session = await open_session(http, watson.url)
    url = f"{watson.url}{SESSIONS}/{session}/message"
    status, body = await post(http, url, {"input": {"text": text}}, **VERSION)
    assert (status, body["code"]) == (400, 400)


@pytest.mark.parametrize("body", [["list"], {"input": "text"}, {"input": {"options": 1}}, {"context": {"skills": []}}])
async def test_bodies_that_watson_refuses(watson: WatsonEmulator, http: aiohttp.ClientSession, body: Any) -> None:
    session = await open_session(http, watson.url)
    assert (await post(http, f"{watson.url}{SESSIONS}/{session}/message", body, **VERSION))[0] == 400


@pytest.mark.parametrize("version", [{}, {"version": "today"}])
async def test_version_is_required(
    watson: WatsonEmulator, http: aiohttp.ClientSession, version: dict[str, str]
) -> None:
    assert (await post(http, f"{watson.url}{SESSIONS}", {}, **version))[0] == 400


async def test_context_comes_back_only_on_request(watson: WatsonEmulator, http: aiohttp.ClientSession) -> None:
    session = await open_session(http, watson.url)
    url = f"{watson.url}{SESSIONS}/{session}/message"
    context = {"skills": {"main skill": {"user_defined": {"convId": "c1"}}}}
    _, first = await post(http, url, {"input": {"text": "set encoded metadata"}, "context": context}, **VERSION)
    assert "context" not in first
    _, second = await post(http, url, {"input": {"text": "text", "options": {"return_context": True}}}, **VERSION)
    variables = second["context"]["skills"]["main skill"]["user_defined"]
    assert variables == {"convId": "c1", "encodedMetadata": "eyJhIjoxfQ=="}


async def test_context_of_an_answer_is_kept(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    session = await sdk.open()
    await sdk.say(session, "set encoded metadata by actions")
    answer = await sdk.say(session, "text")
    assert answer["context"]["skills"]["actions skill"]["skill_variables"] == {"encodedMetadata": "eyJhIjozfQ=="}


async def test_break_fails_and_other_turns_go_on(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    session = await sdk.open()
    assert await sdk.refusal(session, "break") == (500, "Internal Server Error")
    assert (await sdk.say(session, "text"))["output"]["generic"]


@pytest.mark.parametrize("stage", ["token", "session"])
async def test_faults_before_the_message(watson: WatsonEmulator, stage: Any) -> None:
    watson.faults.add(Fault(status=403, stage=stage, times=1))
    with pytest.raises(ApiException) as caught:
        await Sdk(watson).open()
    assert caught.value.status_code == 403
    sdk = Sdk(watson)  # the first one would wait a minute before it asked for a token again
    assert (await sdk.say(await sdk.open(), "text"))["output"]["generic"]


async def test_unknown_path_is_not_found(watson: WatsonEmulator, http: aiohttp.ClientSession) -> None:
    assert await post(http, f"{watson.url}/v9/x", {}) == (404, {"error": "Resource not found", "code": 404})


@pytest.mark.parametrize("answer", [None, ["list"], {"output": "text"}, {"output": {"generic": [{"text": "untyped"}]}}])
async def test_answers_are_checked_by_ibms_sdk(watson: WatsonEmulator, answer: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        watson.say("hello", answer)


async def test_every_turn_of_the_dialogue_can_be_said(watson: WatsonEmulator) -> None:
    sdk = Sdk(watson)
    session = await sdk.open()
    for (_, text), turn in watson.dialogue.turns.items():
        if turn.fault is None and not turn.raw:
            assert (await sdk.say(session, text))["output"] == turn.answer["output"], turn.name
