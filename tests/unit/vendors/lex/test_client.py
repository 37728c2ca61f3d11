"""The client against the emulator, with boto3's own client as the oracle (decision 1)."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from emulators.call import Recorded
from emulators.faults import Fault
from emulators.lex import LexEmulator
from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.types import Event, HookKeys, Json
from gateway.contract.wire import loads
from tests.unit.vendors.lex.conftest import SETTINGS, MakeBot
from vendors.lex.errors import SEND_QUERY

if TYPE_CHECKING:
    from gateway.contract.ports import Vendor

WIRE = loads((Path(__file__).parents[3] / "data" / "lex" / "wire.json").read_bytes())
CONVERSATION = "5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11"


def say(text: str, conversation: str = CONVERSATION) -> Event:
    return parse_event({"convId": conversation, "message": text})


@contextmanager
def boto3_client(url: str, settings: dict[str, str]) -> Iterator[Any]:
    client = boto3.client(
        "lexv2-runtime",
        region_name=settings["region"],
        aws_access_key_id=settings["access_key_id"],
        aws_secret_access_key=settings["secret_access_key"],
        aws_session_token=settings.get("session_token"),
        endpoint_url=url,
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        yield client
    finally:
        client.close()


def ask_boto3(url: str, settings: dict[str, str], session_id: str, body: Json) -> Json:
    """Ask as boto3 does, in a thread. Raise ClientError."""
    with boto3_client(url, settings) as client:
        answer: Json = client.recognize_text(
            botId=settings["bot_id"],
            botAliasId=settings["bot_alias_id"],
            localeId=settings["locale_id"],
            sessionId=session_id,
            **body,
        )
    return answer


def on_the_wire(request: Recorded) -> Json:
    """Give all of a request that AWS looks at, the moment and the signature aside (the emulator has checked them)."""
    authorization = request.headers["Authorization"].rpartition(", Signature=")[0]
    names = ("Host", "Content-Type", "X-Amz-Security-Token")
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "body": request.body,
        "headers": {name: request.headers.get(name) for name in names},
        "authorization": authorization,
    }


@pytest.mark.parametrize("case", WIRE, ids=lambda case: case["name"])
async def test_request_and_answer_are_those_of_boto3(case: Json, make_bot: MakeBot) -> None:
    settings = {**SETTINGS, **case.get("settings", {})}
    body: Json = {key: case[key] for key in ("text", "requestAttributes", "sessionState") if key in case}
    if "repeat" in case:
        body["requestAttributes"] = {key: value * case["repeat"] for key, value in body["requestAttributes"].items()}
    async with LexEmulator(session_token=settings.get("session_token"), region=settings["region"]) as lex:
        bot = await make_bot(**settings, endpoint_url=lex.url)
        request = {"sessionId": case["conversation"], **body}
        ours = await bot.ask(request, {"convId": case["conversation"]}, timeout=10)
        theirs = await asyncio.to_thread(ask_boto3, lex.url, settings, case["conversation"], body)
        sent_by_us, sent_by_boto3 = lex.requests
    assert on_the_wire(sent_by_us) == on_the_wire(sent_by_boto3)
    theirs.pop("ResponseMetadata")
    assert ours == theirs


@pytest.mark.parametrize("text", ["hello", "where is my parcel", "note", "agent", "nobody knows this"])
async def test_answer_is_parsed_as_boto3_does(text: str, lex: LexEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(endpoint_url=lex.url)
    ours = await bot.ask({"text": text}, {"convId": "a1"}, timeout=10)
    theirs = await asyncio.to_thread(ask_boto3, lex.url, SETTINGS, "a1", {"text": text})
    theirs.pop("ResponseMetadata")
    assert ours == theirs


@pytest.mark.parametrize("error", LexEmulator.errors)
async def test_error_is_read_as_boto3_does(error: str, lex: LexEmulator, make_bot: MakeBot) -> None:
    lex.faults.add(Fault(error=error, headers={"x-amzn-RequestId": "the-same-id"}))
    bot = await make_bot(endpoint_url=lex.url)
    with pytest.raises(VendorFailure) as ours:
        await bot.ask({"text": "hello"}, {"convId": "a1"}, timeout=10)
    with pytest.raises(ClientError) as theirs:
        await asyncio.to_thread(ask_boto3, lex.url, SETTINGS, "a1", {"text": "hello"})
    told = theirs.value.response
    assert (ours.value.vendor_error, ours.value.vendor_status, ours.value.request_id) == (
        told["Error"]["Code"],
        told["ResponseMetadata"]["HTTPStatusCode"],
        told["ResponseMetadata"]["RequestId"],
    )


@pytest.mark.parametrize(
    "changes",
    [{"secret_access_key": "wrong"}, {"access_key_id": "AKIDOTHER"}, {"session_token": "stray"}],
    ids=["secret", "key id", "token"],
)
async def test_wrong_keys_are_denied(changes: dict[str, str], lex: LexEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(**changes, endpoint_url=lex.url)
    with pytest.raises(VendorFailure) as caught:
        await bot.ask({"text": "hello"}, {"convId": "a1"}, timeout=10)
    assert (caught.value.kind, caught.value.code, caught.value.vendor_status) == (FailureKind.DENIED, SEND_QUERY, 403)


async def test_a_conversation_keeps_what_the_bot_stores(lex: LexEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(endpoint_url=lex.url)
    lex.say("vip", {"messages": [{"contentType": "PlainText", "content": "Noted"}]}, attributes={"tier": "gold"})
    session: dict[str, Any] = {}
    for text in ("hello", "vip", "hello"):
        await bot.ask(bot.build_request(say(text), session), session, timeout=10)
    assert [request.body.get("sessionState") for request in lex.requests] == [
        {"sessionAttributes": {"convId": CONVERSATION}},
        None,
        None,
    ]
    assert session == {
        "convId": CONVERSATION,
        "started": True,
        "attributes": {"convId": CONVERSATION, "tier": "gold"},
    }


async def test_a_session_that_ended_in_silence_is_told_the_conversation_again(
    lex: LexEmulator, make_bot: MakeBot
) -> None:
    bot = await make_bot(endpoint_url=lex.url)
    lex.say("vip", {"messages": [{"contentType": "PlainText", "content": "Noted"}]}, attributes={"tier": "gold"})
    session: dict[str, Any] = {}
    await bot.ask(bot.build_request(say("hello"), session), session, timeout=10)
    lex.session_attributes.clear()
    for text in ("vip", "hello"):
        await bot.ask(bot.build_request(say(text), session), session, timeout=10)
    assert list(lex.session_attributes.values()) == [{"tier": "gold", "convId": CONVERSATION}]


async def test_another_try_wipes_nothing_that_the_first_has_stored(lex: LexEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(endpoint_url=lex.url)
    lex.say("vip", {"messages": [{"contentType": "PlainText", "content": "Noted"}]}, attributes={"tier": "gold"})
    lex.faults.add(Fault(kind="cut_body", times=1))
    session: dict[str, Any] = {}
    request = bot.build_request(say("vip"), session)
    with pytest.raises(VendorFailure):
        await bot.ask(request, session, timeout=10)
    lex.say("vip", {"messages": [{"contentType": "PlainText", "content": "Noted again"}]})
    await bot.ask(request, session, timeout=10)
    assert list(lex.session_attributes.values()) == [{"convId": CONVERSATION, "tier": "gold"}]


async def test_a_wait_that_is_cancelled_may_have_been_taken(lex: LexEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(endpoint_url=lex.url)
    lex.faults.add(Fault(kind="hang", times=1))
    session: dict[str, Any] = {}
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await bot.ask(bot.build_request(say("hello"), session), session, timeout=10)
    assert session == {"convId": CONVERSATION, "started": True}


async def test_a_refused_connection_was_not_sent(make_bot: MakeBot) -> None:
    async with LexEmulator() as lex:
        url = lex.url
    bot = await make_bot(endpoint_url=url)
    session: dict[str, Any] = {}
    with pytest.raises(VendorFailure) as caught:
        await bot.ask(bot.build_request(say("hello"), session), session, timeout=10)
    assert (caught.value.kind, caught.value.retries, session["started"]) == (FailureKind.NOT_SENT, None, False)


async def test_a_request_that_json_cannot_hold_is_not_sent(lex: LexEmulator, make_bot: MakeBot) -> None:
    bot = await make_bot(endpoint_url=lex.url)
    with pytest.raises(InvalidRequest, match=r"^\$: cannot be written as JSON: "):
        await bot.ask({"text": "hi", "requestAttributes": {"a": object()}}, {"convId": "a1"}, timeout=10)
    assert lex.requests == []


async def test_a_text_that_is_cut_is_logged_without_its_words(
    make_bot: MakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    bot = await make_bot()
    with caplog.at_level(logging.WARNING, "vendors.lex.client"):
        request = bot.build_request(say("secret " * 200), {})
    assert len(request["text"]) == 1024
    assert caplog.messages == ["lex-text-cut: 1400 characters, Lex takes 1024"]


async def test_it_is_a_vendor(make_bot: MakeBot) -> None:
    bot = await make_bot()
    vendor: Vendor = bot
    assert (vendor.keys, vendor.send_code) == (HookKeys("Lex", "lexQuery", "lex"), SEND_QUERY)
