from typing import Any

import pytest

from emulators.faults import Fault
from emulators.liveperson import CustomFailure, LivePersonEmulator
from emulators.sentinel import INVOKER
from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.types import ReadingContext, Reply, Text
from tests.unit.vendors.function.conftest import MakeBot
from vendors.function.errors import FAILED_FAAS_REQUEST, INVOKE_LAMBDA, MISSING_RESPONSE_BODY

UUID = "4f9a4c1e-6a0a-4a43-9f5e-7b1d2e3f4a5b"
REQUEST = {"convId": "another", "message": "text", "context": {"lpEvent": {"a": "ü"}, "lpSdes": {}}}


def settings(platform: LivePersonEmulator, **others: str) -> dict[str, str]:
    return {
        "lambda_uuid": UUID,
        "client_id": INVOKER.client_id,
        "client_secret": INVOKER.client_secret,
        "base_url": platform.url,
        "account_id": "83482904",
        **others,
    }


async def fail(bot: Any, *, seconds: float = 10) -> VendorFailure:
    with pytest.raises(VendorFailure) as caught:
        await bot.ask(REQUEST, {"convId": "a"}, timeout=seconds)
    return caught.value


async def test_a_turn(make_bot: MakeBot) -> None:
    async with LivePersonEmulator() as platform:
        bot = make_bot(**settings(platform))
        await bot.open()
        session: dict[str, Any] = {}
        request = bot.build_request(parse_event({"convId": "a", "message": "text"}), session)
        answer = await bot.ask(request, session, timeout=10)
        await bot.close()
        sent = platform.requests[-1].body
    assert answer == {"messages": ["Your parcel is on its way."], "context": {}}
    assert bot.read_reply(answer, ReadingContext()) == Reply(messages=(Text("Your parcel is on its way."),))
    assert (sent["headers"], sent["payload"]) == ([], {**request, "convId": "a"})


async def test_the_older_token_endpoint_will_do(make_bot: MakeBot) -> None:
    async with LivePersonEmulator() as platform:
        url = f"{platform.url}/sentinel/api/account/83482904/app/token?v=1.0"
        await make_bot(**settings(platform, token_url=url)).ask(REQUEST, {"convId": "a"}, timeout=10)
        token = platform.requests[0]
    assert (token.path, dict(token.query)) == ("/sentinel/api/account/83482904/app/token", {"v": "1.0"})


async def test_a_platform_that_is_not_there_may_be_tried_again(make_bot: MakeBot) -> None:
    async with LivePersonEmulator() as platform:
        bot = make_bot(**settings(platform))
    failure = await fail(bot)
    assert (failure.kind, failure.code, failure.retries) == (FailureKind.NOT_SENT, FAILED_FAAS_REQUEST, None)


async def test_a_token_endpoint_that_is_not_there_may_be_tried_again(make_bot: MakeBot) -> None:
    async with LivePersonEmulator() as platform, LivePersonEmulator() as other:
        token_url = other.token_url("83482904")
        await other.stop()
        failure = await fail(make_bot(**settings(platform, token_url=token_url)))
    assert (failure.kind, failure.code, failure.retries) == (FailureKind.NOT_SENT, FAILED_FAAS_REQUEST, None)


async def test_a_wrong_secret_is_denied_and_not_printed(make_bot: MakeBot) -> None:
    async with LivePersonEmulator() as platform:
        failure = await fail(make_bot(**settings(platform, client_secret="a-wrong-one")))
    assert (failure.kind, failure.code, failure.retries, failure.message) == (
        FailureKind.DENIED,
        FAILED_FAAS_REQUEST,
        0,
        "No access to LivePerson Functions: the token endpoint answered with an error (HTTP 401)",
    )


async def test_a_function_that_hangs_is_not_called_again(make_bot: MakeBot) -> None:
    async with LivePersonEmulator() as platform:
        bot = make_bot(**settings(platform))
        await bot.ask(REQUEST, {"convId": "a"}, timeout=10)
        platform.faults.add(Fault(kind="hang", times=1))
        failure = await fail(bot, seconds=0.1)
    assert (failure.kind, failure.code, failure.retries) == (FailureKind.TIMED_OUT, INVOKE_LAMBDA, 0)


def call_back_with_an_error(_given: dict[str, Any]) -> None:
    raise CustomFailure("my card is 4111")


def throw(_given: dict[str, Any]) -> None:
    raise ValueError("my card is 4111")


@pytest.mark.parametrize(
    ("function", "kind", "code", "message"),
    [
        (
            call_back_with_an_error,
            FailureKind.SERVER_FAULT,
            INVOKE_LAMBDA,
            "LivePerson Functions answered with an error (HTTP 901, com.liveperson.faas.handler.custom-failure)",
        ),
        (
            throw,
            FailureKind.SERVER_FAULT,
            INVOKE_LAMBDA,
            "LivePerson Functions answered with an error (HTTP 901, com.liveperson.faas.handler.runtime-exception)",
        ),
        (
            lambda _given: None,
            FailureKind.UNUSABLE,
            MISSING_RESPONSE_BODY,
            "The function's answer cannot be used: it is empty",
        ),
        (
            "Hi",
            FailureKind.UNUSABLE,
            INVOKE_LAMBDA,
            "The function's answer cannot be used: it must be an object, not string",
        ),
    ],
    ids=["calls back with an error", "throws", "gives nothing", "gives a string"],
)
async def test_what_the_function_itself_does_wrong(
    function: Any, kind: FailureKind, code: str, message: str, make_bot: MakeBot
) -> None:
    async with LivePersonEmulator(functions={UUID: function}) as platform:
        failure = await fail(make_bot(**settings(platform)))
    assert (failure.kind, failure.code, failure.retries, failure.message) == (kind, code, 0, message)


async def test_a_request_that_json_cannot_hold_is_not_sent(make_bot: MakeBot) -> None:
    async with LivePersonEmulator() as platform:
        with pytest.raises(InvalidRequest):
            await make_bot(**settings(platform)).ask({"message": {1, 2}}, {"convId": "a"}, timeout=10)
        assert platform.requests == []
