"""Every vendor failure of docs/contract/errors.md section 8: its code, status and number of attempts; then all is well again."""

from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from emulators.faults import Fault
from emulators.server import Running
from gateway.contract.catalogue import PREFIX
from tests.gateways import KEY, make_account, make_event, open_gateway

CASES = orjson.loads((Path(__file__).parents[1] / "data/scenario/faults.json").read_bytes())
VENDORS = {
    "lex": "lex-v2",
    "dialogflow": "dialogflow-es",
    "dialogflow-cx": "dialogflow-cx",
    "dialogflow-cx-grpc": "dialogflow-cx",
    "watson": "watson-v2",
    "watson-v1": "watson-v1",
    "function": "function",
}
EMULATORS = {
    **{bot: bot for bot in VENDORS},
    "dialogflow-cx": "dialogflow",
    "dialogflow-cx-grpc": "dialogflow",
    "watson-v1": "watson",
}
"""Bot -> the emulator that plays its vendor."""
TIMEOUTS = {"attempt": 1, "total": 10}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_a_fault_has_its_code_status_and_attempts(case: dict[str, Any], running: Running, tmp_path: Path) -> None:
    bot = case["bot"]
    emulator = getattr(running, EMULATORS[bot])
    async with open_gateway(tmp_path, make_account(running, timeouts=TIMEOUTS)) as gateway:
        emulator.faults.add(Fault(**case["fault"]))
        answer = await gateway.say(bot, "hello", sequence=1)
        error = answer.body["error"]
        UUID(error.pop("errorId"))
        message = error.pop("message")
        assert error == {"name": PREFIX + case["code"], "vendor": VENDORS[bot], "retryable": case["retryable"]}
        assert answer.status == case["status"]
        assert "X-Error-Name" not in answer.headers
        assert "hello" not in message
        stages = [request.stage for request in emulator.requests]
        assert stages.count(case["stage"]) == case["attempts"]
        # Afterwards the same event again is answered: an error is never kept for a repeat.
        emulator.faults.clear()
        assert (await gateway.say(bot, "hello", sequence=1)).body["messages"][0] == "Hello!"


@pytest.mark.parametrize(
    ("bot", "code"),
    [
        ("lex", "aivendor.lex.send-query"),
        ("dialogflow", "aivendor.dialogflowv2.send-query"),
        ("dialogflow-cx", "aivendor.dialogflowcx.send-request"),
        ("dialogflow-cx-grpc", "aivendor.dialogflowcx.send-request"),
        ("watson", "aivendor.watsonv2.create-session"),
        ("watson-v1", "aivendor.watson.send-query"),
        ("function", "aivendor.faas.failed-faas-request"),
    ],
)
async def test_a_vendor_that_cannot_be_reached_is_tried_again(
    bot: str, code: str, running: Running, tmp_path: Path
) -> None:
    account = make_account(running)
    dead = "127.0.0.1:1"
    settings = account["bots"][bot]["settings"]
    settings |= {
        "lex": {"endpoint_url": f"http://{dead}"},
        "dialogflow": {"api_endpoint": dead},
        "dialogflow-cx": {"api_endpoint": dead},
        "dialogflow-cx-grpc": {"api_endpoint": dead},
        "watson": {"url": f"http://{dead}"},
        "watson-v1": {"url": f"http://{dead}"},
        "function": {"url": f"http://{dead}/bot"},
    }[bot]
    async with open_gateway(tmp_path, account) as gateway:
        answer = await gateway.say(bot, "hello")
        metrics = (await gateway.get("/metrics")).body
    assert (answer.status, answer.body["error"]["name"]) == (502, PREFIX + code)
    assert answer.body["error"]["retryable"] is True
    assert f'botbridge_vendor_retries_total{{account="83482904",bot="{bot}",vendor="{VENDORS[bot]}"}} 2.0' in metrics


@pytest.mark.parametrize("bot", VENDORS)
async def test_with_an_escalation_a_failure_is_a_transfer(bot: str, running: Running, tmp_path: Path) -> None:
    escalation = {"skill": "human_skill", "message": "One moment, I will get a colleague."}
    async with open_gateway(tmp_path, make_account(running, escalation=escalation)) as gateway:
        answer = await gateway.say(bot, "break", sequence=7)
        assert answer.status == 200
        assert answer.body == {
            "messages": ["One moment, I will get a colleague."],
            "context": {"action": "TRANSFER", "actionParameters": {"skill": "human_skill"}},
        }
        assert answer.headers["X-Error-Name"].startswith(PREFIX + "aivendor.")
        UUID(answer.headers["X-Error-Id"])
        # An escalation is an answer: the repeat gets it, without another call.
        calls = len(getattr(running, EMULATORS[bot]).requests)
        repeat = await gateway.say(bot, "break", sequence=7)
        assert repeat.body == answer.body
        assert repeat.headers["X-Error-Id"] == answer.headers["X-Error-Id"]
        assert len(getattr(running, EMULATORS[bot]).requests) == calls


async def test_an_escalation_without_a_message_transfers_in_silence(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running, escalation={"skill": "human_skill"})) as gateway:
        answer = await gateway.say("function", "break")
    assert answer.body == {
        "messages": [],
        "context": {"action": "TRANSFER", "actionParameters": {"skill": "human_skill"}},
    }


async def test_a_retry_after_that_does_not_fit_ends_the_turn_at_once(running: Running, tmp_path: Path) -> None:
    running.lex.faults.add(Fault(error="ThrottlingException", status=429, headers={"Retry-After": "60"}))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answer = await gateway.say("lex", "hello")
    assert (answer.status, len(running.lex.requests)) == (502, 1)


async def test_a_throttled_vendor_that_recovers_answers(running: Running, tmp_path: Path) -> None:
    running.lex.faults.add(Fault(error="ThrottlingException", status=429, times=2))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answer = await gateway.say("lex", "hello")
    assert (answer.status, answer.body["messages"][0], len(running.lex.requests)) == (200, "Hello!", 3)


async def test_the_whole_turn_has_one_deadline(running: Running, tmp_path: Path) -> None:
    running.function.faults.add(Fault(kind="hang"))
    account = make_account(running, timeouts={"attempt": 10, "total": 0.3})
    async with open_gateway(tmp_path, account) as gateway:
        answer = await gateway.say("function", "hello")
        assert (answer.status, answer.body["error"]["name"]) == (504, PREFIX + "aivendor.faas.invoke-lambda")


async def test_an_event_whose_turn_does_not_come_in_time_is_not_given_to_the_vendor(
    running: Running, tmp_path: Path
) -> None:
    running.function.faults.add(Fault(kind="hang"))
    account = make_account(running, timeouts={"attempt": 10, "total": 0.4})
    async with open_gateway(tmp_path, account) as gateway:
        import asyncio

        first = asyncio.ensure_future(gateway.say("function", "hello"))
        while not running.function.requests:
            await asyncio.sleep(0)
        # Arrives a moment later, so it would have a moment left when the first one ends: shorten its own time.
        second = await gateway.say("function", "hello", conversation="c-1")
        assert (await first).status == 504
        assert second.status == 504
        assert second.body["error"]["name"] == PREFIX + "aivendor.faas.invoke-lambda"


async def test_no_word_of_the_consumer_and_no_key_is_in_an_error_answer(running: Running, tmp_path: Path) -> None:
    running.function.faults.add(Fault(status=500, message="you said: my secret wish", body={"said": "my secret wish"}))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answer = await gateway.post("function", make_event("my secret wish"))
    text = orjson.dumps(answer.body).decode()
    assert "secret wish" not in text
    assert KEY not in text
