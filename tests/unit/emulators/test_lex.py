from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from emulators.dialogue import Dialogue
from emulators.faults import Fault
from emulators.lex import ACCESS_KEY_ID, SECRET_ACCESS_KEY, LexEmulator

if TYPE_CHECKING:
    import aiohttp

BOT = "BOTBRIDGE1"
PATH = f"/bots/{BOT}/botAliases/TSTALIASID/botLocales/en_US/sessions"


async def client(emulator: LexEmulator, **options: Any) -> Any:
    keys = {"aws_access_key_id": ACCESS_KEY_ID, "aws_secret_access_key": SECRET_ACCESS_KEY, **options}
    config = Config(retries={"total_max_attempts": 1})
    return await asyncio.to_thread(
        boto3.client, "lexv2-runtime", endpoint_url=emulator.url, region_name="us-east-1", config=config, **keys
    )


async def say(sdk: Any, text: str, *, session: str = "conversation-1", **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await asyncio.to_thread(
        sdk.recognize_text,
        botId=BOT,
        botAliasId="TSTALIASID",
        localeId="en_US",
        sessionId=session,
        text=text,
        **members,
    )
    return answer


async def refusal(sdk: Any, text: str, **members: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        await say(sdk, text, **members)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


async def test_boto3_talks_to_it(lex: LexEmulator) -> None:
    answer = await say(await client(lex), "Hello ", requestAttributes={"BC-LP-CONTEXT": "{}"})
    assert [message["contentType"] for message in answer["messages"]] == ["PlainText", "PlainText", "CustomPayload"]
    assert answer["sessionId"] == "conversation-1"
    assert answer["requestAttributes"] == {"BC-LP-CONTEXT": "{}"}
    assert answer["interpretations"][0]["nluConfidence"] == {"score": 0.97}
    assert answer["ResponseMetadata"]["RequestId"]


async def test_requests_are_recorded(lex: LexEmulator) -> None:
    await say(await client(lex), "hello")
    (recorded,) = lex.requests
    assert (recorded.method, recorded.path) == ("POST", f"{PATH}/conversation-1/text")
    assert recorded.body == {"text": "hello"}
    assert recorded.stage == "message"
    assert recorded.heard.text == "hello"
    assert recorded.headers["authorization"].startswith("AWS4-HMAC-SHA256 ")


async def test_session_ids_with_colons_are_signed_as_sent(lex: LexEmulator) -> None:
    answer = await say(await client(lex), "text", session="a:b._-C")
    assert answer["sessionId"] == "a:b._-C"


async def test_wrong_secret_is_refused(lex: LexEmulator) -> None:
    sdk = await client(lex, aws_secret_access_key="wrong")
    assert await refusal(sdk, "hello") == (403, "InvalidSignatureException")


async def test_unknown_key_is_refused(lex: LexEmulator) -> None:
    sdk = await client(lex, aws_access_key_id="AKIDSTRANGER")
    assert await refusal(sdk, "hello") == (403, "UnrecognizedClientException")


async def test_session_token_is_demanded() -> None:
    async with LexEmulator(session_token="session") as lex:
        assert (await refusal(await client(lex), "hello"))[1] == "UnrecognizedClientException"
        answer = await say(await client(lex, aws_session_token="session"), "text")
        assert answer["messages"][0]["content"] == "Your parcel is on its way."


async def test_unknown_bot_is_not_found() -> None:
    async with LexEmulator(bots={"OTHERBOT01"}) as lex:
        assert await refusal(await client(lex), "hello") == (404, "ResourceNotFoundException")


async def test_unsigned_request_is_refused_in_the_shape_of_aws(lex: LexEmulator, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{lex.url}{PATH}/s1/text", json={"text": "hello"}) as response:
        assert response.status == 403
        assert response.headers["x-amzn-ErrorType"].startswith("MissingAuthenticationTokenException:http://")
        assert response.headers["x-amzn-RequestId"]
        assert await response.json() == {"message": "Missing Authentication Token"}


async def test_limits_of_text_and_session_id(lex: LexEmulator) -> None:
    sdk = await client(lex)
    assert await refusal(sdk, "x" * 1025) == (400, "ValidationException")
    assert await refusal(sdk, "hello", session="with space") == (400, "ValidationException")
    assert (await say(sdk, "x" * 1024))["messages"]


@pytest.mark.parametrize(
    "answer", [{"messages": [{"content": "no type"}]}, {"messages": "none"}, {"surprise": 1}, ["list"], None]
)
async def test_answers_are_checked_against_the_service_model(lex: LexEmulator, answer: Any) -> None:
    with pytest.raises(ValueError, match="answer"):
        lex.say("hello", answer)


async def test_unknown_words_of_closed_sets_are_refused(lex: LexEmulator) -> None:
    with pytest.raises(ValueError, match=r"messages\[0\].contentType: 'Composite' is none of"):
        lex.say("hello", {"messages": [{"contentType": "Composite", "content": "{}"}]})


async def test_attributes_of_a_request_replace_the_stored_ones(lex: LexEmulator) -> None:
    sdk = await client(lex)
    lex.say("vip", {"messages": []}, attributes={"tier": "gold"})
    first = await say(sdk, "vip", sessionState={"sessionAttributes": {"convId": "c1"}})
    assert first["sessionState"]["sessionAttributes"] == {"convId": "c1", "tier": "gold"}
    kept = await say(sdk, "text")
    assert kept["sessionState"]["sessionAttributes"] == {"convId": "c1", "tier": "gold"}
    replaced = await say(sdk, "text", sessionState={"sessionAttributes": {"convId": "c1"}})
    assert replaced["sessionState"]["sessionAttributes"] == {"convId": "c1"}
    other = await say(sdk, "text", session="conversation-2")
    assert other["sessionState"]["sessionAttributes"] == {}


async def test_break_fails_every_time_and_other_turns_go_on(lex: LexEmulator) -> None:
    sdk = await client(lex)
    assert await refusal(sdk, "break") == (429, "ThrottlingException")
    assert await refusal(sdk, "break") == (429, "ThrottlingException")
    assert (await say(sdk, "text"))["messages"]


@pytest.mark.parametrize(
    ("error", "status"),
    [("ConflictException", 409), ("DependencyFailedException", 424), ("InternalServerException", 500)],
)
async def test_faults_are_the_sdks_own_exceptions_and_then_it_is_well(
    lex: LexEmulator, error: str, status: int
) -> None:
    sdk = await client(lex)
    lex.faults.add(Fault(error=error, times=1))
    assert await refusal(sdk, "text") == (status, error)
    assert (await say(sdk, "text"))["messages"]


async def test_every_turn_of_the_dialogue_can_be_said(lex: LexEmulator) -> None:
    sdk = await client(lex)
    assert isinstance(lex.dialogue, Dialogue)
    for (_, text), turn in lex.dialogue.turns.items():
        if turn.fault is None and not turn.raw:
            answer = await say(sdk, text)
            assert answer.get("messages", []) == turn.answer.get("messages", []), turn.name
