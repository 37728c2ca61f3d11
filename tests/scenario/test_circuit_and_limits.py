"""A bot's circuit and limits, where its account file has them."""

import asyncio
from pathlib import Path

from emulators.faults import Fault
from emulators.server import Running
from gateway.contract.catalogue import PREFIX
from tests.gateways import make_account, open_gateway
from tests.scenario.test_order_and_repeats import Hold

SEND_QUERY = PREFIX + "aivendor.dialogflowv2.send-query"


async def test_consecutive_failures_open_the_circuit(running: Running, tmp_path: Path) -> None:
    account = make_account(running, breaker={"failures": 2, "window": 30, "open_for": 0.2})
    running.dialogflow.faults.add(Fault(status=500, times=2))
    async with open_gateway(tmp_path, account) as gateway:
        for _ in range(2):
            assert (await gateway.say("dialogflow", "hello")).status == 502
        refused = await gateway.say("dialogflow", "hello")
        assert (refused.status, refused.body["error"]["name"]) == (503, SEND_QUERY)
        assert (refused.body["error"]["retryable"], refused.headers["Retry-After"]) == (True, "1")
        assert len(running.dialogflow.requests) == 2
        # Other bots have their own circuits.
        assert (await gateway.say("function", "hello")).status == 200
        async with asyncio.timeout(5):
            while (await gateway.say("dialogflow", "hello")).status == 503:
                await asyncio.sleep(0.02)
        assert (await gateway.say("dialogflow", "hello")).status == 200


async def test_an_open_circuit_escalates(running: Running, tmp_path: Path) -> None:
    account = make_account(running, breaker={"failures": 1}, escalation={"skill": "human_skill"})
    running.dialogflow.faults.add(Fault(status=500, times=1))
    async with open_gateway(tmp_path, account) as gateway:
        await gateway.say("dialogflow", "hello")
        answer = await gateway.say("dialogflow", "hello")
    assert (answer.status, answer.headers["X-Error-Name"]) == (200, SEND_QUERY)
    assert answer.body["context"]["action"] == "TRANSFER"
    assert len(running.dialogflow.requests) == 1


async def test_a_request_that_is_refused_says_nothing_of_the_vendors_health(running: Running, tmp_path: Path) -> None:
    running.dialogflow.faults.add(Fault(status=400))
    async with open_gateway(tmp_path, make_account(running, breaker={"failures": 1})) as gateway:
        for _ in range(3):
            assert (await gateway.say("dialogflow", "hello")).status == 502


async def test_over_the_limit_is_429(running: Running, tmp_path: Path) -> None:
    hold = Hold()
    running.function.sleep = hold
    running.function.faults.add(Fault(kind="delay", delay=1))
    account = make_account(running)
    account["bots"]["function"]["limits"] = {"in_flight": 1}
    account["bots"]["lex"]["limits"] = {"per_second": 1}
    async with open_gateway(tmp_path, account) as gateway:
        first = asyncio.ensure_future(gateway.say("function", "hello"))
        await hold.until(1)
        refused = await gateway.say("function", "hello", conversation="c-2")
        hold.release.set()
        assert (await first).status == 200
        assert (refused.status, refused.body["error"]["name"]) == (429, "botbridge.error.rate-limited")
        assert refused.headers["Retry-After"] == "1"
        assert (await gateway.say("lex", "hello")).status == 200
        assert (await gateway.say("lex", "hello")).status == 429
