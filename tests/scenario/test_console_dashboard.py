"""The console's dashboard: all bots, their figures and errors, as an operator's browser gets them."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from config.loader import load_accounts
from emulators.faults import Fault
from emulators.server import Running
from gateway.contract.catalogue import CATALOGUE, PREFIX
from tests.console_gateway import Operator, of_bot, open_console, open_signed_in
from tests.gateways import make_account, write_accounts

LEX = of_bot("lex").removeprefix("api/")
DIALOGFLOW = of_bot("dialogflow").removeprefix("api/")
SEND_QUERY = PREFIX + "aivendor.dialogflowv2.send-query"


async def find_bot(operator: Operator, name: str) -> Any:
    return next(bot for bot in (await operator.get("bots"))["bots"] if bot["bot"] == name)


async def test_a_bot_is_listed_with_what_its_account_file_says(running: Running, tmp_path: Path) -> None:
    account = make_account(running)
    account["bots"] = {
        "lex": account["bots"]["lex"]
        | {
            "channel": "chat",
            "hooks": {
                "pre": ["hooks.redact:redact", {"url": "https://hooks.example.com/secret/path"}],
                "error": ["tests.own_hooks:report"],
            },
            "limits": {"in_flight": 5, "per_second": 2.5},
            "breaker": {"failures": 2},
            "escalation": {"skill": "human_skill"},
        }
    }
    async with open_signed_in(tmp_path, account) as (_, operator):
        (bot,) = (await operator.get("bots"))["bots"]
    assert datetime.fromisoformat(bot.pop("since")).tzinfo is not None
    assert bot == {
        "account": "83482904",
        "bot": "lex",
        "vendor": "lex-v2",
        "channel": "chat",
        "environments": [],
        "state": "Online",
        "circuit": "closed",
        "limits": {"inFlight": 5, "perSecond": 2.5},
        "inFlight": 0,
        "latencyMs": [None] * 30,
        "turns": [0] * 30,
        "hooks": {
            "pre": ["hooks.redact:redact", "https://hooks.example.com"],
            "post": [],
            "error": ["tests.own_hooks:report"],
        },
        "escalation": "human_skill",
        "recordingUntil": None,
        "lastError": None,
    }


async def test_turns_are_told_and_counted(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (gateway, operator), operator.listen() as stream:
        for conversation in ("a", "a", "b"):
            await gateway.say("lex", "hello", conversation=conversation)
        await gateway.say("lex", "agent", conversation="b")
        (told,) = (await stream.wait("bots"))["bots"]
        figures = await operator.get(f"{LEX}/figures?window=600")
        default = await operator.get(f"{LEX}/figures")
        listed = await find_bot(operator, "lex")
    assert (told["bot"], told.keys()) == ("lex", listed.keys())
    assert (sum(listed["turns"]), [ms for ms in listed["latencyMs"] if ms is not None] != []) == (4, True)
    assert (listed["limits"], listed["circuit"]) == ({"inFlight": None, "perSecond": None}, None)
    assert figures["totals"] == {
        "turns": 4,
        "conversations": 2,
        "closed": 0,
        "transferred": 1,
        "escalated": 0,
        "failed": 0,
    }
    assert (figures["window"], figures["resolution"], len(figures["series"]["turns"])) == (600, 10, 60)
    assert (default["window"], default["resolution"]) == (3600, 60)
    assert figures["latency"]["maxMs"] > 0
    assert figures["states"][-1]["state"] == "Online"


@pytest.mark.parametrize("window", ["1", "0", "-600", "x", "600.5", "9" * 40, "%D9%A6%D9%A0%D9%A0", ""])
async def test_a_window_is_one_of_five(window: str, running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        said = await operator.call("GET", f"{of_bot('lex')}/figures?window={window}")
        nobody = await operator.call("GET", f"{of_bot('nobody')}/figures")
    message = "window must be one of 600, 3600, 21600, 86400, 604800 seconds."
    assert (said.status, said.body) == (400, {"error": {"message": message}})
    assert (nobody.status, nobody.body) == (404, {"error": {"message": "There is no such bot."}})


async def test_a_failing_vendor_shows_in_state_circuit_and_errors(running: Running, tmp_path: Path) -> None:
    account = make_account(running, breaker={"failures": 2, "open_for": 60}, escalation={"skill": "human_skill"})
    running.dialogflow.faults.add(Fault(status=500))
    async with open_signed_in(tmp_path, account) as (gateway, operator), operator.listen() as stream:
        said = [await gateway.say("dialogflow", "hello", conversation=name) for name in ("a", "b")]
        told: dict[str, Any] = {}
        while told.get("circuit") != "open":
            told = next(bot for bot in (await stream.wait("bots"))["bots"] if bot["bot"] == "dialogflow")
        errors = (await operator.get(f"{DIALOGFLOW}/errors"))["errors"]
        of_one = (await operator.get(f"{DIALOGFLOW}/errors?conversation=a"))["errors"]
        of_none = (await operator.get(f"{DIALOGFLOW}/errors?conversation=c"))["errors"]
        others = (await operator.get(f"{LEX}/errors"))["errors"]
        other = await find_bot(operator, "lex")
    assert (told["state"], told["lastError"]["errorId"]) == ("Vendor Interruption", said[1].headers["X-Error-Id"])
    assert [error["conversation"] for error in errors] == ["b", "a"]
    entry = CATALOGUE[SEND_QUERY]
    (error,) = of_one
    assert (
        error
        == errors[1]
        == {
            "at": error["at"],
            "code": SEND_QUERY,
            "errorId": said[0].headers["X-Error-Id"],
            "message": error["message"],
            "meaning": entry.meaning,
            "remedy": entry.remedy,
            "conversation": "a",
            "kind": "text",
            "outcome": "escalated",
        }
    )
    assert (of_none, others, other["state"], other["circuit"]) == ([], [], "Online", "closed")


async def test_a_reload_shows_what_the_files_say_now(running: Running, tmp_path: Path) -> None:
    account = make_account(running)
    async with open_signed_in(tmp_path, account) as (gateway, operator), operator.listen() as stream:
        account["bots"] = {"new": account["bots"]["lex"] | {"channel": "chat"}}
        write_accounts(tmp_path, account)
        loaded = await asyncio.to_thread(load_accounts, tmp_path, {})
        await gateway.server.serve_accounts(loaded)
        assert await stream.wait("reload") == {}
        bots = [(bot["bot"], bot["channel"]) for bot in (await operator.get("bots"))["bots"]]
        turn = await operator.test("new")
        gone = await operator.call("GET", f"{of_bot('lex')}/figures")
    assert (bots, gone.status, turn["bot"]) == ([("new", "chat")], 404, "new")


async def test_figures_and_sessions_survive_a_restart(running: Running, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/store.db"
    async with open_signed_in(tmp_path, make_account(running), store=store) as (gateway, operator):
        await gateway.say("lex", "hello")
        before = await operator.get(f"{LEX}/figures")
        cookies = {cookie.key: cookie.value for cookie in operator.client.cookie_jar}
    async with open_console(tmp_path, make_account(running), store=store) as (_, operator):
        operator.client.cookie_jar.update_cookies(cookies)
        after = await operator.get(f"{LEX}/figures")
    assert before["totals"] == after["totals"]
    assert after["totals"]["turns"] == 1
