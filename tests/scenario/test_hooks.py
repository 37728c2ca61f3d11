"""Hooks around a turn: order, shapes, state, every way to fail, and the error report (docs/hooks.md)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from emulators.faults import Fault
from emulators.server import Running
from gateway.contract.catalogue import PREFIX
from tests import own_hooks
from tests.gateways import Gateway, make_account, make_event, open_gateway

FAILED_HOOK = PREFIX + "aivendor.faas.failed-hook"


@pytest.fixture(autouse=True)
def _clean_hooks() -> Iterator[None]:
    own_hooks.SEEN.clear()
    own_hooks.RELEASE.clear()
    yield
    own_hooks.RELEASE.set()


def hooked(running: Running, **hooks: Any) -> dict[str, Any]:
    named = {
        kind: [
            f"tests.own_hooks:{entry}"
            if isinstance(entry, str)
            else {**entry, "use": f"tests.own_hooks:{entry['use']}"}
            for entry in entries
        ]
        if isinstance(entries, list)
        else entries
        for kind, entries in hooks.items()
    }
    return make_account(running, hooks=named)


async def test_pre_hooks_run_in_order_each_on_what_the_one_before_left(running: Running, tmp_path: Path) -> None:
    account = hooked(running, pre=[{"use": "tag", "with": {"with": "please"}}, "tag_async"])
    async with open_gateway(tmp_path, account) as gateway:
        await gateway.say("function", "hi")
    assert running.function.requests[0].body["message"] == "HI PLEASE"
    assert own_hooks.SEEN[0] == (
        "tag",
        {"convId": "c-1", "message": "hi", "context": {"lpEvent": {"type": "ContentEvent"}, "lpSdes": {}}},
        {"with": "please"},
    )


async def test_post_hooks_get_the_native_answer_and_change_it(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, hooked(running, post=["sign"])) as gateway:
        answer = await gateway.say("function", "text")
    assert answer.body["messages"] == ["Your parcel is on its way.", "(function, function, messaging)"]
    assert own_hooks.SEEN == [("sign", {"messages": ["Your parcel is on its way."], "context": {}})]


async def test_hooks_run_once_per_event_and_not_per_attempt(running: Running, tmp_path: Path) -> None:
    running.lex.faults.add(Fault(error="ThrottlingException", status=429, times=2))
    account = make_account(running, hooks={"pre": ["tests.own_hooks:report"], "post": ["tests.own_hooks:report"]})
    async with open_gateway(tmp_path, account) as gateway:
        assert (await gateway.say("lex", "hello")).status == 200
    assert len(running.lex.requests) == 3
    assert [name for name, _ in own_hooks.SEEN] == ["report", "report"]


async def test_state_is_kept_per_conversation(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, hooked(running, post=["count"])) as gateway:
        said = [
            (await gateway.say("function", "text", conversation=conversation)).body["messages"][0]
            for conversation in ("a", "a", "b", "a")
        ]
    assert said == ["turn 1", "turn 2", "turn 1", "turn 3"]


async def test_the_conversation_stays_ours_whatever_a_hook_does(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, hooked(running, pre=["steal_session"])) as gateway:
        assert (await gateway.say("function", "hello")).status == 200
    assert running.function.requests[0].body["convId"] == "c-1"


@pytest.mark.parametrize(
    ("kind", "hook", "fact"),
    [
        ("pre", "fail", "raised ValueError"),
        ("post", "fail", "raised ValueError"),
        ("pre", "leave", "raised SystemExit"),
        ("post", "leave", "raised SystemExit"),
        ("pre", "answer_list", "returned a value of type list"),
        ("post", "answer_list", "returned a value of type list"),
        ("pre", "answer_object", "left a payload"),
        ("pre", "hang", "ran past its timeout of 0.2 s"),
        ("post", "hang", "ran past its timeout of 0.2 s"),
        ("pre", "hang_async", "ran past its timeout of 0.2 s"),
        ("pre", "spoil_state", "left a state"),
        ("pre", "meddle", "raised TypeError"),
    ],
)
async def test_a_hook_that_fails_is_a_failed_hook(
    kind: str, hook: str, fact: str, running: Running, tmp_path: Path
) -> None:
    account = hooked(running, **{kind: [hook]}, error=["report"], timeout=0.2)
    async with open_gateway(tmp_path, account) as gateway:
        answer = await gateway.say("function", "hello")
        error = answer.body["error"]
        assert (answer.status, error["name"], error["vendor"], error["retryable"]) == (
            500,
            FAILED_HOOK,
            "function",
            False,
        )
        assert f"tests.own_hooks:{hook}" in error["message"]
        assert fact in error["message"]
        assert "hello" not in error["message"]
        expected = {
            "error": {"errorId": error["errorId"], "name": FAILED_HOOK},
            "vendor": "Custom Integration",
            "faasPayload": make_event("hello"),
            "convId": "c-1",
        }
        if kind == "post":
            assert own_hooks.SEEN[-1][1].pop("faas")["messages"][0] == "Hello!"
        assert own_hooks.SEEN[-1] == ("report", expected)
        # The process is well, and so is the bot without its hook.
        assert (await gateway.get("/healthz")).status == 200


async def test_a_failed_hook_escalates_where_the_bot_says_so(running: Running, tmp_path: Path) -> None:
    account = make_account(
        running, hooks={"pre": ["tests.own_hooks:fail"]}, escalation={"skill": "human_skill", "message": "One moment."}
    )
    async with open_gateway(tmp_path, account) as gateway:
        answer = await gateway.say("function", "hello")
    assert (answer.status, answer.headers["X-Error-Name"]) == (200, FAILED_HOOK)
    assert answer.body["context"]["action"] == "TRANSFER"


async def test_a_hook_that_blocks_does_not_block_others(running: Running, tmp_path: Path) -> None:
    account = hooked(running, pre=["hang"], timeout=5)
    account["bots"]["free"] = {**account["bots"]["function"], "hooks": {"pre": []}}
    async with open_gateway(tmp_path, account) as gateway:
        import asyncio

        blocked = asyncio.ensure_future(gateway.say("function", "hello"))
        assert (await gateway.say("free", "hello")).status == 200
        assert not blocked.done()
        own_hooks.RELEASE.set()
        assert (await blocked).status == 200


@pytest.mark.parametrize(
    ("bot", "label", "request_key"),
    [
        ("lex", "Lex", "lexQuery"),
        ("dialogflow", "DialogflowV2", "dfV2request"),
        ("dialogflow-cx", "DialogflowCX", "dfCxrequest"),
        ("dialogflow-cx-grpc", "DialogflowCX", "dfCxrequest"),
        ("watson", "WatsonAssistantV2", "watsonV2Payload"),
        ("watson-v1", "WatsonAssistant", "watsonV1Payload"),
        ("function", "Custom Integration", "faasPayload"),
    ],
)
async def test_error_hooks_are_told_of_a_vendor_failure(
    bot: str, label: str, request_key: str, running: Running, tmp_path: Path
) -> None:
    account = hooked(running, error=["fail", "hang", "leave", "report"], timeout=0.2)
    async with open_gateway(tmp_path, account) as gateway:
        error = (await gateway.say(bot, "break")).body["error"]
    assert len(own_hooks.SEEN) == 1
    told = own_hooks.SEEN[0][1]
    assert set(told) == {"error", "vendor", request_key, "convId"}
    assert told["error"] == {"errorId": error["errorId"], "name": error["name"]}
    assert (told["vendor"], told["convId"]) == (label, "c-1")
    assert told[request_key]


async def test_error_hooks_get_the_answer_that_could_not_be_used(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, hooked(running, error=["report"])) as gateway:
        running.function.say("odd", {"messages": []}, raw=True)
        error = (await gateway.say("function", "odd")).body["error"]
    assert error["name"] == PREFIX + "pipes.verify-ai-response.missing-action-and-messages"
    assert own_hooks.SEEN[0][1]["faas"] == {"messages": []}


async def test_the_demo_bot_sees_no_card_numbers(running: Running, tmp_path: Path) -> None:
    account = make_account(running, hooks={"pre": ["hooks.redact:redact"]})
    text = "my card is 4111 1111 1111 1111 and I am jo@example.com"
    async with open_gateway(tmp_path, account) as gateway:
        for bot in ("lex", "dialogflow", "watson", "function"):
            event = make_event(text)
            event["context"]["lpEvent"]["event"] = {"type": "ContentEvent", "message": text}
            assert (await gateway.post(bot, event)).status == 200
    for emulator in running.all:
        received = orjson.dumps(emulator.requests[-1].body).decode()
        assert "4111" not in received
        assert "jo@example.com" not in received
        assert "my card is" in received


async def test_a_bot_that_understands_nothing_hands_over(running: Running, tmp_path: Path) -> None:
    entry = {"use": "hooks.escalate:after_fallbacks", "with": {"count": 2, "skill": "human_skill"}}
    async with open_gateway(tmp_path, make_account(running, hooks={"post": [entry]})) as gateway:
        await _check_hand_over(gateway, "lex")
        await _check_hand_over(gateway, "dialogflow")


async def _check_hand_over(gateway: Gateway, bot: str) -> None:
    first = await gateway.say(bot, "gibberish one")
    assert "action" not in first.body["context"]
    second = await gateway.say(bot, "gibberish two")
    assert second.body["context"]["action"] == "TRANSFER"
    assert second.body["context"]["actionParameters"] == {"skill": "human_skill"}
