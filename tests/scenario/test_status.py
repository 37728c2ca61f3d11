"""What an operator is told of a bot (docs/operate.md, "A bot's status")."""

from datetime import datetime
from pathlib import Path
from typing import Any

from emulators.faults import Fault
from emulators.server import Running
from gateway.contract.catalogue import PREFIX
from tests.gateways import KEY, Gateway, make_account, open_gateway


async def read_status(gateway: Gateway, bot: str, key: str | None = KEY) -> tuple[int, Any]:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    url = f"{gateway.server.url}/v1/accounts/83482904/bots/{bot}/status"
    async with gateway.client.get(url, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_bot_that_answers_is_online(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        for conversation in ("a", "a", "b"):
            await gateway.say("lex", "hello", conversation=conversation)
        await gateway.say("lex", "agent", conversation="a")
        status, body = await read_status(gateway, "lex")
    since = body.pop("since")
    assert datetime.fromisoformat(since).tzinfo is not None
    assert (status, body) == (
        200,
        {
            "account": "83482904",
            "bot": "lex",
            "vendor": "lex-v2",
            "state": "Online",
            "circuit": None,
            "lastError": None,
            "counters": {
                "turns": 4,
                "conversations": 2,
                "closed": 0,
                "transferred": 1,
                "escalated": 0,
                "failed": 0,
            },
        },
    )


async def test_a_bot_whose_vendor_fails_says_so_with_the_remedy(running: Running, tmp_path: Path) -> None:
    account = make_account(running, breaker={"failures": 2, "open_for": 60}, escalation={"skill": "human_skill"})
    running.dialogflow.faults.add(Fault(status=500))
    async with open_gateway(tmp_path, account) as gateway:
        await gateway.say("dialogflow", "hello")
        last = await gateway.say("dialogflow", "hello")
        _, body = await read_status(gateway, "dialogflow")
        metrics = (await gateway.get("/metrics")).body
        _, other = await read_status(gateway, "function")
    error = body["lastError"]
    assert (body["state"], body["circuit"], body["counters"]["escalated"]) == ("Vendor Interruption", "open", 2)
    assert error["name"] == PREFIX + "aivendor.dialogflowv2.send-query"
    assert error["errorId"] == last.headers["X-Error-Id"]
    assert error["remedy"]
    assert other["state"] == "Online"
    labels = 'account="83482904",bot="dialogflow",vendor="dialogflow-es"'
    assert f"botbridge_circuit_open{{{labels}}} 1.0" in metrics


async def test_only_the_account_s_own_may_ask(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        assert (await read_status(gateway, "lex", key=None))[0] == 401
        assert (await read_status(gateway, "lex", key="wrong"))[0] == 401
        assert (await read_status(gateway, "nobody"))[0] == 404


async def test_a_gateway_that_drains_is_offline(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        gateway.server.gate.draining = True
        assert (await read_status(gateway, "lex"))[1]["state"] == "Offline"
