from typing import Any

import pytest

from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.types import ReadingContext, Reply, Text
from tests.unit.vendors.function.conftest import MakeBot
from vendors.function.errors import INVOKE_LAMBDA, MISSING_RESPONSE_BODY

BOTS = "tests.unit.vendors.function.bots"
REQUEST = {"convId": "a", "message": "hi", "context": {"lpEvent": {}, "lpSdes": {}}}


async def fail(bot: Any, request: dict[str, Any] = REQUEST, *, seconds: float = 10) -> VendorFailure:
    with pytest.raises(VendorFailure) as caught:
        await bot.ask(request, {"convId": "a"}, timeout=seconds)
    return caught.value


@pytest.mark.parametrize("name", ["echo", "echo_later"])
async def test_a_turn(name: str, make_bot: MakeBot) -> None:
    bot = make_bot(callable=f"{BOTS}:{name}")
    await bot.open()
    session: dict[str, Any] = {}
    request = bot.build_request(parse_event({"convId": "a", "message": "hi"}), session)
    answer = await bot.ask(request, session, timeout=10)
    await bot.close()
    assert answer == {"messages": ["You said: hi"], "context": {}}
    assert bot.read_reply(answer, ReadingContext()) == Reply(messages=(Text("You said: hi"),))


async def test_function_gets_a_copy(make_bot: MakeBot) -> None:
    request = {**REQUEST, "context": {"lpEvent": {"a": 1}, "lpSdes": {}}}
    await make_bot(callable=f"{BOTS}:spoil").ask(request, {"convId": "a"}, timeout=10)
    assert request == {**REQUEST, "context": {"lpEvent": {"a": 1}, "lpSdes": {}}}


async def test_answer_is_plain_json(make_bot: MakeBot) -> None:
    answer = await make_bot(callable=f"{BOTS}:give_a_tuple").ask(REQUEST, {"convId": "a"}, timeout=10)
    assert answer == {"messages": ["Hi", "there"]}


@pytest.mark.parametrize(
    ("name", "message"),
    [("raise_value_error", "The function raised ValueError"), ("leave", "The function raised SystemExit")],
)
async def test_a_function_that_raises_is_not_quoted(name: str, message: str, make_bot: MakeBot) -> None:
    failure = await fail(make_bot(callable=f"{BOTS}:{name}"))
    assert (failure.kind, failure.code, failure.message) == (FailureKind.SERVER_FAULT, INVOKE_LAMBDA, message)


@pytest.mark.parametrize("name", ["hang", "hang_later"])
async def test_a_function_that_hangs_is_left_behind(name: str, make_bot: MakeBot) -> None:
    failure = await fail(make_bot(callable=f"{BOTS}:{name}"), seconds=0.05)
    assert (failure.kind, failure.code, failure.retries) == (FailureKind.TIMED_OUT, INVOKE_LAMBDA, 0)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (None, FailureKind.UNUSABLE, MISSING_RESPONSE_BODY),
        (["Hi"], FailureKind.UNUSABLE, INVOKE_LAMBDA),
        ({"error": "x"}, FailureKind.REPORTED, INVOKE_LAMBDA),
    ],
)
async def test_what_is_no_answer(answer: Any, kind: FailureKind, code: str, make_bot: MakeBot) -> None:
    request = {**REQUEST, "context": {"lpEvent": {"answer": answer}}}
    failure = await fail(make_bot(callable=f"{BOTS}:hand_back"), request)
    assert (failure.kind, failure.code) == (kind, code)


@pytest.mark.parametrize("name", ["give_an_object", "give_a_number_too_large"])
async def test_an_answer_that_json_cannot_hold(name: str, make_bot: MakeBot) -> None:
    failure = await fail(make_bot(callable=f"{BOTS}:{name}"))
    assert (failure.kind, failure.code) == (FailureKind.UNUSABLE, INVOKE_LAMBDA)
    assert failure.message.startswith("The function's answer cannot be used: it cannot be written as JSON: ")


async def test_a_request_that_json_cannot_hold_never_reaches_the_function(make_bot: MakeBot) -> None:
    with pytest.raises(InvalidRequest):
        await make_bot(callable=f"{BOTS}:echo").ask({"message": {1, 2}}, {"convId": "a"}, timeout=10)
