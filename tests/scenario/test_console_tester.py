"""The console's tester: turns through the bots' real pipelines, and what is shown of them (docs/console.md)."""

from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.server import Running
from gateway.contract.catalogue import CATALOGUE, PREFIX
from tests.app_tokens import KEY, write_pem
from tests.console_gateway import of_bot, open_signed_in
from tests.gateways import make_account, make_event

BOTS = ["lex", "dialogflow", "dialogflow-cx", "dialogflow-cx-grpc", "watson", "watson-v1", "function"]
TRANSFER = {"action": "TRANSFER", "actionParameters": {"skill": "human_skill"}}


def explain(code: str, message: str) -> dict[str, Any]:
    """Say what a TURN says of an error, but for its id."""
    entry = CATALOGUE[code]
    return {"code": code, "message": message, "meaning": entry.meaning, "remedy": entry.remedy}


def get_error(turn: Any) -> dict[str, Any]:
    return {key: value for key, value in turn["error"].items() if key != "errorId"}


@pytest.mark.parametrize("bot", BOTS)
async def test_a_turn_with_every_vendor(bot: str, running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        turn = await operator.test(bot)
    assert (turn["outcome"], turn["error"], turn["attempts"]) == ("answered", None, 1)
    assert (turn["account"], turn["bot"], turn["source"]) == ("83482904", bot, "tester")
    assert (turn["conversation"], turn["event"]["convId"]) == ("console-c-1", "console-c-1")
    assert turn["reply"]["messages"][0] == "Hello!"
    assert turn["reply"] == turn["draft"]
    assert turn["request"]["built"] == turn["request"]["sent"] != {}
    assert turn["answer"]["given"] == turn["answer"]["read"] != {}
    assert [span["step"] for span in turn["spans"]] == ["queue", "attempt", "read"]


async def test_hooks_show_what_they_change(running: Running, tmp_path: Path) -> None:
    hooks = {"pre": ["hooks.redact:redact"], "post": ["tests.own_hooks:sign"]}
    async with open_signed_in(tmp_path, make_account(running, hooks=hooks)) as (_, operator):
        turn = await operator.test("function", "mail ann@example.com")
    assert turn["request"]["built"]["message"] == "mail ann@example.com"
    assert turn["request"]["sent"]["message"] == "mail [email]"
    signature = "(function, function, messaging)"
    assert turn["answer"]["read"]["messages"] == [*turn["answer"]["given"]["messages"], signature]
    assert turn["reply"]["messages"][-1] == signature
    assert [span["step"] for span in turn["spans"]] == ["queue", "pre_hooks", "attempt", "post_hooks", "read"]


async def test_a_conversation_goes_on_and_no_consumer_s_is_touched(running: Running, tmp_path: Path) -> None:
    hooks = {"post": ["tests.own_hooks:count"]}
    async with open_signed_in(tmp_path, make_account(running, hooks=hooks)) as (gateway, operator):
        consumer = await gateway.say("function", "hello", conversation="c-1")
        first = await operator.test("function", conversation="c-1")
        second = await operator.test("function", conversation="console-c-1")
        again = await gateway.say("function", "hello", conversation="c-1")
    assert [consumer.body["messages"], again.body["messages"]] == [["turn 1"], ["turn 2"]]
    assert [turn["reply"]["messages"] for turn in (first, second)] == [["turn 1"], ["turn 2"]]


async def test_every_kind_of_event(running: Running, tmp_path: Path) -> None:
    location = {"event": {"type": "RichContentEvent", "content": {"type": "location", "latitude": 1, "longitude": 2}}}
    events = {
        "welcome": {"convId": "1", "message": "", "event": {"name": "WELCOME"}},
        "rich-content": {"convId": "2", "context": {"lpEvent": location}},
        "file": {"convId": "3", "context": {"lpEvent": {"event": {"relativePath": "/1/a.png"}}}},
        "text": {"convId": "4", "message": "hello", "context": {"lpSdes": {"authenticatedSdes": {"a": 1}}}},
    }
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        turns = {
            kind: (await operator.call("POST", f"{of_bot('function')}/turns", {"event": event})).body
            for kind, event in events.items()
        }
    assert {kind: turn["kind"] for kind, turn in turns.items()} == {kind: kind for kind in events}
    assert turns["text"]["request"]["sent"]["context"]["lpSdes"] == {"authenticatedSdes": {"a": 1}}


async def test_chat_is_tried_with_the_rules_of_chat(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        messaging = await operator.test("function", channel="messaging")
        chat = await operator.test("function", channel="chat")
    assert (messaging["channel"], messaging["outcome"]) == ("messaging", "answered")
    assert (chat["channel"], chat["outcome"], chat["reply"]) == ("chat", "failed", None)
    message = "The bot's answer has quick replies, and its channel is chat."
    assert get_error(chat) == explain(PREFIX + "pipes.verify-ai-response.quick-replies-not-supported", message)
    (finding,) = [found for found in chat["findings"] if found["severity"] == "error"]
    assert finding["message"] == message
    _, number, *rest = finding["path"].replace("]", "[").split("[")
    assert rest == [".structuredContent.quickReplies"]
    assert "quickReplies" in chat["draft"]["messages"][int(number)]["structuredContent"]


async def test_an_environment_is_chosen_by_name(running: Running, tmp_path: Path) -> None:
    account = make_account(running) | {"custom_endpoint": {"public_key": write_pem(KEY)}}
    account["bots"]["function"]["environments"] = {
        "draft": {"settings": {}},
        "live": {"settings": {"url": f"{running['function']}/live"}},
    }
    async with open_signed_in(tmp_path, account) as (_, operator):
        turn = await operator.test("function", environment="live")
        (listed,) = [bot for bot in (await operator.get("bots"))["bots"] if bot["bot"] == "function"]
        nothing = await operator.call(
            "POST", f"{of_bot('function')}/turns", {"event": make_event("hello"), "environment": "nowhere"}
        )
    assert (turn["environment"], turn["outcome"], running.function.requests[-1].path) == ("live", "answered", "/live")
    assert listed["environments"] == ["draft", "live"]
    assert (nothing.status, nothing.body) == (404, {"error": {"message": "The bot has no such environment."}})


async def test_a_failing_vendor_shows_each_attempt_and_what_to_do(running: Running, tmp_path: Path) -> None:
    running.function.faults.add(Fault(status=503, times=3))
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        turn = await operator.test("function")
        after = await operator.test("function")
    assert (turn["outcome"], turn["attempts"], turn["reply"], turn["draft"]) == ("failed", 1, None, None)
    assert [(span["step"], span["failure"]) for span in turn["spans"]] == [("queue", None), ("attempt", "unavailable")]
    code = PREFIX + "aivendor.faas.invoke-lambda"
    assert get_error(turn) == explain(code, turn["error"]["message"])
    assert "503" in turn["error"]["message"]
    assert turn["answer"] == {"given": None, "read": None}
    assert after["error"] is not None


async def test_retries_show_their_waits(running: Running, tmp_path: Path) -> None:
    running.dialogflow.faults.add(Fault(status=503, times=2))
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        turn = await operator.test("dialogflow")
    assert (turn["outcome"], turn["attempts"]) == ("answered", 3)
    assert [(span["step"], span["failure"]) for span in turn["spans"]] == [
        ("queue", None),
        ("attempt", "unavailable"),
        ("wait", None),
        ("attempt", "unavailable"),
        ("wait", None),
        ("attempt", None),
        ("read", None),
    ]


@pytest.mark.parametrize(
    ("hook", "problem"),
    [("leave", "SystemExit"), ("fail", ""), ("answer_list", "returned a value of type list, not a dict or None")],
)
async def test_a_failing_hook_and_its_escalation(hook: str, problem: str, running: Running, tmp_path: Path) -> None:
    keys: dict[str, Any] = {
        "hooks": {"post": [f"tests.own_hooks:{hook}"]},
        "escalation": {"skill": "human_skill", "message": "One moment."},
    }
    async with open_signed_in(tmp_path, make_account(running, **keys)) as (_, operator):
        turn = await operator.test("function")
    assert (turn["outcome"], turn["reply"]) == ("escalated", {"messages": ["One moment."], "context": TRANSFER})
    assert get_error(turn) == explain(PREFIX + "aivendor.faas.failed-hook", turn["error"]["message"])
    assert f"tests.own_hooks:{hook}" in turn["error"]["message"]
    assert problem in turn["error"]["message"]
    assert turn["answer"]["given"]["messages"][0] == "Hello!"


async def test_an_open_circuit(running: Running, tmp_path: Path) -> None:
    running.dialogflow.faults.add(Fault(status=500))
    account = make_account(running, breaker={"failures": 1, "open_for": 60})
    async with open_signed_in(tmp_path, account) as (_, operator):
        await operator.test("dialogflow")
        turn = await operator.test("dialogflow")
    assert (turn["outcome"], turn["attempts"]) == ("failed", 0)
    code = PREFIX + "aivendor.dialogflowv2.send-query"
    assert get_error(turn) == explain(code, "The vendor's circuit is open.")


async def test_limits_refuse_a_turn_that_is_shown_as_such(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running, limits={"per_second": 1})) as (_, operator):
        turns = [await operator.test("lex") for _ in range(3)]
    refused = next(turn for turn in turns if turn["outcome"] == "refused")
    message = "The bot has more turns per second than its limit allows."
    assert get_error(refused) == explain("botbridge.error.rate-limited", message)
    assert (refused["spans"], refused["reply"], refused["request"]["sent"]) == ([], None, None)


async def test_a_gateway_that_takes_nothing_more_is_shown_as_well(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (gateway, operator):
        gateway.server.gate.draining = True
        turn = await operator.test("lex")
        gateway.server.gate.draining = False
        assert (await operator.test("lex"))["outcome"] == "answered"
    assert (turn["outcome"], turn["totalMs"]) == ("refused", 0)
    assert get_error(turn) == explain("botbridge.error.overloaded", "The gateway is shutting down.")


async def test_a_repeat_gets_the_first_answer(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        first = await operator.test("function", sequence=1)
        second = await operator.test("function", sequence=1)
    assert (second["outcome"], second["reply"], second["spans"]) == ("repeated", first["reply"], [])
    assert len(running.function.requests) == 1


async def test_metrics_count_the_tester_s_turns_and_figures_do_not(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (gateway, operator):
        await operator.test("lex")
        await gateway.say("lex", "hello")
        metrics = (await gateway.get("/metrics")).body
        figures = await operator.get(f"{of_bot('lex').removeprefix('api/')}/figures")
    series = 'botbridge_turns_total{account="83482904",bot="lex",outcome="answered",vendor="lex-v2"}'
    assert f"{series} 2.0" in metrics
    assert (figures["totals"]["turns"], figures["totals"]["conversations"]) == (1, 1)


@pytest.mark.parametrize(
    ("bot", "body", "status", "message"),
    [
        ("lex", {}, 400, "The body has no event: $: must be an object, not null."),
        ("lex", {"event": []}, 400, "The body has no event: $: must be an object, not array."),
        ("lex", {"event": {"message": "x"}}, 400, "The body has no event: convId: is required and must not be empty."),
        ("lex", {"event": {"convId": 7}}, 400, "The body has no event: convId: must be a string, not number."),
        (
            "lex",
            {"event": {"convId": "1"}},
            400,
            "The body has no event: message: the event has no text, no welcome sign, and no rich content or file.",
        ),
        ("lex", {"event": make_event("x"), "channel": "fax"}, 400, "The channel must be messaging or chat."),
        ("lex", {"event": make_event("x"), "channel": {}}, 400, "The channel must be messaging or chat."),
        ("lex", {"event": make_event("x"), "environment": "draft"}, 404, "The bot has no such environment."),
        ("lex", {"event": make_event("x"), "environment": []}, 404, "The bot has no such environment."),
        ("lex", {"event": make_event("x"), "more": 1}, 400, "The body has a member that is not known: 'more'."),
        ("nobody", {"event": make_event("x")}, 404, "There is no such bot."),
    ],
)
async def test_what_is_no_turn(
    bot: str, body: Any, status: int, message: str, running: Running, tmp_path: Path
) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        said = await operator.call("POST", f"{of_bot(bot)}/turns", body)
    assert (said.status, said.body) == (status, {"error": {"message": message}})
    assert running.lex.requests == []
