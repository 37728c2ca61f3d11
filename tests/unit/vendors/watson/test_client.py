"""A conversation's session: made, kept, renewed, and given up."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest

from emulators.faults import Fault
from emulators.watson import WatsonEmulator
from gateway.contract.callables import Sandbox
from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.reply import render
from gateway.contract.types import HookKeys, Json, ReadingContext
from tests.fakes import FakeClock
from vendors.registry import VENDORS
from vendors.services import Services
from vendors.watson import errors
from vendors.watson.client import WatsonV2
from vendors.watson.settings import WatsonV2Settings

MakeBot: TypeAlias = Callable[..., Awaitable[WatsonV2]]


async def say(bot: WatsonV2, text: str, session: dict[str, Any]) -> Json:
    request = bot.build_request(parse_event({"convId": "c-1", "message": text}), session)
    return await bot.ask(request, session, timeout=5)


def calls(watson: WatsonEmulator) -> list[str]:
    return [request.stage for request in watson.requests if request.stage != "token"]


def sessions(watson: WatsonEmulator) -> list[str]:
    return [request.path.split("/")[-2] for request in watson.requests if request.stage == "message"]


def test_it_is_the_vendor_of_its_name() -> None:
    assert VENDORS["watson-v2"].load_settings() is WatsonV2Settings
    assert WatsonV2.keys == HookKeys("WatsonAssistantV2", "watsonV2Payload", "watsonv2")
    assert WatsonV2.send_code.endswith(".aivendor.watsonv2.send-query")


async def test_the_first_turn_makes_a_session_and_the_second_uses_it(watson: WatsonEmulator, bot: WatsonV2) -> None:
    session: dict[str, Any] = {}
    first = await say(bot, "text", session)
    kept = dict(session)
    await say(bot, "several texts", session)
    assert calls(watson) == ["session", "message", "message"]
    assert sessions(watson) == [kept["session_id"]] * 2
    assert session == kept == {"session_id": next(iter(watson.sessions))}
    assert render(bot.read_reply(first, ReadingContext())) == {
        "messages": ["Your parcel is on its way."],
        "context": {},
    }


async def test_what_watson_receives(watson: WatsonEmulator, bot: WatsonV2) -> None:
    event = parse_event({"convId": "c-1", "message": "a\nb", "context": {"lpEvent": {"sequence": 1}, "lpSdes": {}}})
    await bot.ask(bot.build_request(event, {}), {}, timeout=5)
    token, created, said = watson.requests
    variables = {"convId": "c-1", "lpEvent": {"sequence": 1}, "lpSdes": {}}
    assert token.stage == "token"
    assert (created.path, created.body, dict(created.query)) == (
        "/v2/assistants/a-1/sessions",
        {},
        {"version": "2021-11-27"},
    )
    assert (said.path, said.body, dict(said.query)) == (
        f"/v2/assistants/a-1/sessions/{next(iter(watson.sessions))}/message",
        {
            "input": {
                "message_type": "text",
                "text": "a b",
                "options": {"return_context": True, "alternate_intents": True},
            },
            "context": {
                "skills": {
                    "main skill": {"user_defined": variables},
                    "actions skill": {"skill_variables": variables},
                }
            },
        },
        {"version": "2021-11-27"},
    )


async def test_with_an_environment_its_path_and_version_are_called(watson: WatsonEmulator, make_bot: MakeBot) -> None:
    session: dict[str, Any] = {}
    await say(await make_bot(environment_id="e-1", version="2024-08-25"), "text", session)
    base = "/v2/assistants/a-1/environments/e-1/sessions"
    paths = [request.path for request in watson.requests if request.stage != "token"]
    assert paths == [base, f"{base}/{session['session_id']}/message"]
    assert {request.query["version"] for request in watson.requests if request.stage != "token"} == {"2024-08-25"}


async def test_an_expired_session_is_renewed_and_the_message_sent_again(watson: WatsonEmulator, bot: WatsonV2) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    old = session["session_id"]
    watson.expire_sessions()
    watson.requests.clear()
    answer = await say(bot, "several texts", session)
    assert answer["output"]["generic"][0]["text"] == "First."
    assert calls(watson) == ["message", "session", "message"]
    assert sessions(watson) == [old, session["session_id"]]
    assert session["session_id"] in watson.sessions


async def test_a_new_session_that_is_refused_too_is_invalid(watson: WatsonEmulator, bot: WatsonV2) -> None:
    session: dict[str, Any] = {}
    watson.faults.add(Fault(status=404, message="Invalid Session", times=2))
    with pytest.raises(VendorFailure) as caught:
        await say(bot, "text", session)
    assert (caught.value.code, caught.value.kind, caught.value.vendor_status, caught.value.retries) == (
        errors.V2_INVALID_SESSION,
        FailureKind.REFUSED,
        404,
        0,
    )
    assert calls(watson) == ["session", "message", "session", "message"]
    assert (await say(bot, "text", session))["output"]["generic"]


async def test_an_assistant_that_is_gone_is_no_invalid_session(watson: WatsonEmulator, bot: WatsonV2) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    watson.requests.clear()
    watson.faults.add(Fault(status=404, stage="message", times=1), Fault(status=404, stage="session", times=1))
    with pytest.raises(VendorFailure) as caught:
        await say(bot, "text", session)
    assert (caught.value.code, caught.value.kind) == (errors.V2_SEND_QUERY, FailureKind.REFUSED)
    assert calls(watson) == ["message", "session"]
    assert session == {}
    await say(bot, "text", session)


async def test_an_unknown_assistant_is_told_on_the_first_turn(watson: WatsonEmulator, make_bot: MakeBot) -> None:
    with pytest.raises(VendorFailure) as caught:
        await say(await make_bot(assistant_id="a-2"), "text", {})
    assert (caught.value.code, caught.value.kind) == (errors.V2_SEND_QUERY, FailureKind.REFUSED)
    assert calls(watson) == ["session"]


async def test_a_session_that_cannot_be_renewed_is_not_tried_again_with_the_old_one(
    watson: WatsonEmulator, bot: WatsonV2
) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    watson.expire_sessions()
    watson.faults.add(Fault(status=503, stage="session", times=1))
    with pytest.raises(VendorFailure) as caught:
        await say(bot, "text", session)
    assert (caught.value.code, caught.value.kind) == (errors.V2_CREATE_SESSION, FailureKind.UNAVAILABLE)
    watson.requests.clear()
    await say(bot, "text", session)
    assert calls(watson) == ["session", "message"]


async def test_a_session_survives_a_turn_that_fails(watson: WatsonEmulator, bot: WatsonV2) -> None:
    session: dict[str, Any] = {}
    watson.faults.add(Fault(status=500, times=1))
    with pytest.raises(VendorFailure):
        await say(bot, "text", session)
    kept = dict(session)
    await say(bot, "text", session)
    assert session == kept
    assert calls(watson) == ["session", "message", "message"]


@pytest.mark.parametrize("odd", [None, "", 7, ["s"]], ids=repr)
async def test_an_odd_stored_session_is_none(watson: WatsonEmulator, bot: WatsonV2, odd: object) -> None:
    session: dict[str, Any] = {"session_id": odd}
    await bot.ask({"input": {"text": "text"}}, session, timeout=5)
    assert session["session_id"] in watson.sessions


async def test_a_hook_cannot_change_the_session(watson: WatsonEmulator, bot: WatsonV2) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    request = bot.build_request(parse_event({"convId": "c-1", "message": "text"}), session)
    await bot.ask({**request, "session_id": "stolen"}, session, timeout=5)
    assert sessions(watson) == [session["session_id"]] * 2


async def test_a_request_that_cannot_be_sent_opens_no_session(watson: WatsonEmulator, bot: WatsonV2) -> None:
    session: dict[str, Any] = {}
    with pytest.raises(InvalidRequest, match=r"\$: cannot be written as JSON"):
        await bot.ask({"input": {"text": object()}}, session, timeout=5)
    assert (session, watson.requests) == ({}, [])


async def test_asking_leaves_the_request_as_it_is(bot: WatsonV2) -> None:
    request: Json = {"input": {"text": "a\nb"}, "context": {"skills": {}}, "mine": 1}
    await bot.ask(request, {}, timeout=5)
    assert request == {"input": {"text": "a\nb"}, "context": {"skills": {}}, "mine": 1}


async def test_a_wrong_key_is_denied(watson: WatsonEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(apikey="wrong")
    with pytest.raises(VendorFailure) as caught:
        await say(bot, "text", {})
    assert (caught.value.code, caught.value.kind, caught.value.vendor_status, caught.value.retries) == (
        errors.V2_CREATE_SESSION,
        FailureKind.DENIED,
        400,
        0,
    )
    assert "wrong" not in caught.value.message
    assert [request.stage for request in watson.requests] == ["token"]


async def test_no_token_in_the_middle_of_a_conversation_is_a_query_not_sent(
    watson: WatsonEmulator, bot: WatsonV2, clock: FakeClock
) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    clock.advance(3600)
    watson.faults.add(Fault(kind="cut", stage="token", times=1))
    with pytest.raises(VendorFailure) as caught:
        await say(bot, "text", session)
    assert (caught.value.code, caught.value.kind) == (errors.V2_SEND_QUERY, FailureKind.NOT_SENT)
    assert (await say(bot, "text", session))["output"]["generic"]


async def test_a_token_endpoint_that_does_not_know_its_address_is_no_expired_session(
    watson: WatsonEmulator, bot: WatsonV2, clock: FakeClock
) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    kept = dict(session)
    clock.advance(3600)
    watson.faults.add(Fault(status=404, stage="token", times=1))
    with pytest.raises(VendorFailure) as caught:
        await say(bot, "text", session)
    assert (caught.value.code, caught.value.kind) == (errors.V2_SEND_QUERY, FailureKind.DENIED)
    assert session == kept


async def test_a_watson_that_is_not_there_is_not_sent(http: aiohttp.ClientSession, clock: FakeClock) -> None:
    settings = WatsonV2Settings.model_validate(
        {"url": "http://127.0.0.1:1", "assistant_id": "a-1", "auth_type": "none"}
    )
    bot = WatsonV2(settings, Services(http, Sandbox(), clock))
    await bot.open()
    for session, code in (({}, errors.V2_CREATE_SESSION), ({"session_id": "s"}, errors.V2_SEND_QUERY)):
        with pytest.raises(VendorFailure) as caught:
            await say(bot, "text", session)
        assert (caught.value.code, caught.value.kind, caught.value.retries) == (code, FailureKind.NOT_SENT, 2)
    await bot.close()


async def test_encoded_metadata_lasts_until_the_bot_empties_it(bot: WatsonV2) -> None:
    session: dict[str, Any] = {}
    heard = []
    for text in (
        "text",
        "set encoded metadata",
        "text",
        "set other encoded metadata",
        "empty encoded metadata",
        "text",
    ):
        answer = await say(bot, text, session)
        heard.append(bot.read_reply(answer, ReadingContext()).encoded_metadata)
    assert heard == [None, "eyJhIjoxfQ==", "eyJhIjoxfQ==", "eyJhIjoyfQ==", None, None]


async def test_a_text_that_is_cut_is_logged_without_its_words(bot: WatsonV2, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    bot.build_request(parse_event({"convId": "c-1", "message": "x" * 2049}), {})
    assert caplog.messages == ["watson-text-cut: 2049 characters, Watson takes 2048"]
