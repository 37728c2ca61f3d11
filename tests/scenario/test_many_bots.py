"""A gateway with more bots than it opens ahead: each is made by its first event, however many of them come at once."""

import asyncio
from pathlib import Path

from emulators.server import Running
from gateway.runtime import OPENED_AHEAD
from tests.gateways import make_account, open_gateway


async def test_first_events_that_come_at_once_are_all_answered_by_a_client_that_is_made_once(
    running: Running, tmp_path: Path
) -> None:
    account = make_account(running)
    vendors = dict(account["bots"])
    for number in range(OPENED_AHEAD):
        account["bots"][f"idle-{number}"] = vendors["function"]
    async with open_gateway(tmp_path, account) as gateway:
        fleet = gateway.server.runtime.fleet
        assert fleet is not None
        assert fleet.list_made() == []
        answers = await asyncio.gather(
            *(gateway.say(bot, "hello", conversation=f"c-{number}") for bot in vendors for number in range(4))
        )
        assert [answer.status for answer in answers] == [200] * 4 * len(vendors)
        assert {answer.body["messages"][0] for answer in answers} == {"Hello!"}
        assert sorted(bot.name for bot in fleet.list_made()) == sorted(vendors)
        assert len(fleet.bots) == OPENED_AHEAD + len(vendors)
        # An idle bot has no series; one that was talked to has them.
        metrics = (await gateway.get("/metrics")).body
        assert 'bot="idle-' not in metrics
        assert 'botbridge_turns_total{account="83482904",bot="lex",outcome="answered",vendor="lex-v2"} 4.0' in metrics
    # One token for all of a Watson bot's first turns.
    tokens = [request for request in running.watson.requests if request.path.endswith("/identity/token")]
    assert len(tokens) == len([bot for bot in vendors if bot.startswith("watson")])


async def test_a_bot_that_nobody_has_talked_to_has_a_status(running: Running, tmp_path: Path) -> None:
    account = make_account(running)
    for number in range(OPENED_AHEAD):
        account["bots"][f"idle-{number}"] = account["bots"]["function"]
    async with open_gateway(tmp_path, account) as gateway:
        status = await gateway.get("/v1/accounts/83482904/bots/idle-3/status")
        assert status.status == 401
        headers = {"Authorization": "Bearer key-of-83482904"}
        async with gateway.client.get(
            f"{gateway.server.url}/v1/accounts/83482904/bots/idle-3/status", headers=headers
        ) as answer:
            told = await answer.json()
    assert told.pop("since").endswith("Z")
    assert told == {
        "account": "83482904",
        "bot": "idle-3",
        "vendor": "function",
        "state": "Online",
        "circuit": None,
        "lastError": None,
        "counters": {"turns": 0, "conversations": 0, "closed": 0, "transferred": 0, "escalated": 0, "failed": 0},
    }
