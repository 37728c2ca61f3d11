"""A conversation's context: made by Watson, kept, sent back, and never a hook's to exchange."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
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
from vendors.watson.client_v1 import WatsonV1
from vendors.watson.settings import WatsonV1Settings

MakeBot: TypeAlias = Callable[..., Awaitable[WatsonV1]]


@pytest.fixture
async def make_bot(watson: WatsonEmulator, clock: FakeClock, http: aiohttp.ClientSession) -> AsyncIterator[MakeBot]:
    """Make bots at the emulator; what is given replaces the settings of one that signs in with the right API key."""
    bots: list[WatsonV1] = []

    async def make(**settings: Any) -> WatsonV1:
        given = {
            "url": watson.url,
            "workspace_id": "w-1",
            "apikey": "watson-emulator",
            "token_url": f"{watson.url}/identity/token",
            **settings,
        }
        known = {key: value for key, value in given.items() if value is not None}
        bots.append(WatsonV1(WatsonV1Settings.model_validate(known), Services(http, Sandbox(), clock)))
        await bots[-1].open()
        return bots[-1]

    yield make
    for bot in bots:
        await bot.close()


@pytest.fixture
async def bot(make_bot: MakeBot) -> WatsonV1:
    return await make_bot()


async def say(bot: WatsonV1, text: str, session: dict[str, Any]) -> Json:
    request = bot.build_request(parse_event({"convId": "c-1", "message": text}), session)
    return await bot.ask(request, session, timeout=5)


def sent(watson: WatsonEmulator) -> list[Any]:
    """Give the contexts that Watson has received."""
    return [request.body["context"] for request in watson.requests if request.stage == "message"]


def test_it_is_the_vendor_of_its_name() -> None:
    assert VENDORS["watson-v1"].load_settings() is WatsonV1Settings
    assert WatsonV1.keys == HookKeys("WatsonAssistant", "watsonV1Payload", "watson")
    assert WatsonV1.send_code.endswith(".aivendor.watson.send-query")


async def test_what_watson_receives(watson: WatsonEmulator, bot: WatsonV1) -> None:
    event = parse_event({"convId": "c-1", "message": "a\nb", "context": {"lpEvent": {"sequence": 1}, "lpSdes": {}}})
    session: dict[str, Any] = {}
    await bot.ask(bot.build_request(event, session), session, timeout=5)
    token, said = watson.requests
    assert token.stage == "token"
    assert (said.method, said.path, said.body, dict(said.query)) == (
        "POST",
        "/v1/workspaces/w-1/message",
        {
            "input": {"text": "a b"},
            "alternate_intents": True,
            "context": {"convId": "c-1", "lpEvent": {"sequence": 1}, "lpSdes": {}},
        },
        {"version": "2021-11-27"},
    )


async def test_the_whole_context_comes_back_with_livepersons_members_of_each_event(
    watson: WatsonEmulator, bot: WatsonV1
) -> None:
    session: dict[str, Any] = {}
    for number, text in enumerate(("text", "where is my parcel", "text"), start=1):
        context = {"lpEvent": {"sequence": number}, "lpSdes": {"lead": number}}
        event = parse_event({"convId": "c-1", "message": text, "context": context})
        given = await bot.ask(bot.build_request(event, session), session, timeout=5)
        assert session == {"convId": "c-1", "context": given["context"]}
    first, second, third = sent(watson)
    conversation_id = session["context"]["conversation_id"]
    system = {"initialized": True, "dialog_stack": [{"dialog_node": "root"}]}
    watsons = {"conversation_id": conversation_id, "metadata": {"user_id": conversation_id}}
    assert first == {"convId": "c-1", "lpEvent": {"sequence": 1}, "lpSdes": {"lead": 1}}
    assert second == {
        "convId": "c-1",
        "lpEvent": {"sequence": 2},
        "lpSdes": {"lead": 2},
        **watsons,
        "system": {**system, "dialog_turn_counter": 1, "dialog_request_counter": 1},
    }
    assert third == {
        "convId": "c-1",
        "lpEvent": {"sequence": 3},
        "lpSdes": {"lead": 3},
        **watsons,
        "system": {**system, "dialog_turn_counter": 2, "dialog_request_counter": 2},
        "lastParcel": "42",
    }


async def test_without_a_stored_context_the_conversation_begins_anew(watson: WatsonEmulator, bot: WatsonV1) -> None:
    first: dict[str, Any] = {}
    again: dict[str, Any] = {}
    await say(bot, "text", first)
    await say(bot, "text", again)
    assert sent(watson) == [{"convId": "c-1", "lpEvent": {}, "lpSdes": {}}] * 2
    assert first["context"]["conversation_id"] != again["context"]["conversation_id"]


async def test_a_conversation_survives_a_turn_that_fails(watson: WatsonEmulator, bot: WatsonV1) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    kept = dict(session)
    watson.faults.add(Fault(status=500, times=1))
    with pytest.raises(VendorFailure):
        await say(bot, "text", session)
    assert session == kept
    await say(bot, "text", session)
    assert session["context"]["conversation_id"] == kept["context"]["conversation_id"]
    assert session["context"]["system"]["dialog_turn_counter"] == 2


async def test_an_error_in_a_good_answer_leaves_the_conversation_where_it_was(
    watson: WatsonEmulator, bot: WatsonV1
) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    kept = dict(session)
    watson.v1.say("odd", {"error": "broken", "context": {"conversation_id": "other"}}, raw=True)
    answer = await say(bot, "odd", session)
    with pytest.raises(VendorFailure) as caught:
        bot.read_reply(answer, ReadingContext())
    assert (caught.value.code, caught.value.kind) == (errors.WATSON_ERROR, FailureKind.REPORTED)
    assert session == kept


async def test_a_hook_cannot_change_whose_conversation_it_is(watson: WatsonEmulator, bot: WatsonV1) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    conversation_id = session["context"]["conversation_id"]
    request = bot.build_request(parse_event({"convId": "c-1", "message": "text"}), session)
    stolen = {**request["context"], "convId": "stolen", "conversation_id": "stolen", "vip": True}
    await bot.ask({**request, "context": stolen}, session, timeout=5)
    assert sent(watson)[1] == {**request["context"], "vip": True}
    assert session["convId"] == session["context"]["convId"] == "c-1"
    assert session["context"]["conversation_id"] == conversation_id


async def test_a_request_that_cannot_be_sent_is_not(watson: WatsonEmulator, bot: WatsonV1) -> None:
    session: dict[str, Any] = {}
    with pytest.raises(InvalidRequest, match=r"\$: cannot be written as JSON"):
        await bot.ask({"message": "hi", "context": {"odd": object()}}, session, timeout=5)
    assert (session, watson.requests) == ({}, [])


async def test_asking_leaves_the_request_as_it_is(bot: WatsonV1) -> None:
    request: Json = {"message": "a\nb", "context": {"conversation_id": "mine", "convId": "c-1"}, "mine": 1}
    await bot.ask(request, {}, timeout=5)
    assert request == {"message": "a\nb", "context": {"conversation_id": "mine", "convId": "c-1"}, "mine": 1}


async def test_basic_auth_needs_no_token(watson: WatsonEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(apikey=None, username="emulator", password="watson-emulator")
    answer = await say(bot, "text", {})
    assert render(bot.read_reply(answer, ReadingContext())) == {
        "messages": ["Your parcel is on its way."],
        "context": {},
    }
    assert [request.stage for request in watson.requests] == ["message"]


async def test_a_refused_token_is_renewed_once(watson: WatsonEmulator, bot: WatsonV1) -> None:
    session: dict[str, Any] = {}
    await say(bot, "text", session)
    watson.expire_tokens()
    await say(bot, "text", session)
    assert [request.stage for request in watson.requests] == ["token", "message", "message", "token", "message"]


async def test_a_workspace_that_is_not_there_is_refused(watson: WatsonEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(workspace_id="w-2")
    with pytest.raises(VendorFailure) as caught:
        await say(bot, "text", {})
    assert (caught.value.code, caught.value.kind, caught.value.vendor_status, caught.value.retries) == (
        errors.V1_SEND_QUERY,
        FailureKind.REFUSED,
        404,
        0,
    )
    assert [request.stage for request in watson.requests] == ["token", "message"]


async def test_a_watson_that_is_not_there_is_not_sent(http: aiohttp.ClientSession, clock: FakeClock) -> None:
    settings = WatsonV1Settings.model_validate(
        {"url": "http://127.0.0.1:1", "workspace_id": "w-1", "auth_type": "none"}
    )
    bot = WatsonV1(settings, Services(http, Sandbox(), clock))
    await bot.open()
    with pytest.raises(VendorFailure) as caught:
        await say(bot, "text", {})
    await bot.close()
    assert (caught.value.code, caught.value.kind, caught.value.retries) == (
        errors.V1_SEND_QUERY,
        FailureKind.NOT_SENT,
        2,
    )


async def test_encoded_metadata_lasts_until_the_bot_empties_it(bot: WatsonV1) -> None:
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


async def test_all_matching_intents_are_asked_for(bot: WatsonV1) -> None:
    reply = bot.read_reply(await say(bot, "intent with alternatives", {}), ReadingContext())
    assert [intent.id for intent in reply.alternatives] == ["CancelOrder", "Complaint"]


async def test_a_text_that_is_cut_is_logged_without_its_words(bot: WatsonV1, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    bot.build_request(parse_event({"convId": "c-1", "message": "x" * 2049}), {})
    assert caplog.messages == ["watson-text-cut: 2049 characters, Watson takes 2048"]
