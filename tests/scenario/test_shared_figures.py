"""Several gateways at one Redis, each with its console: whichever is asked, it shows all of them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.server import Running
from gateway.contract.catalogue import PREFIX
from tests.console_gateway import Operator, of_bot, open_signed_in
from tests.gateways import Gateway, make_account
from tests.redis_server import RedisServer, redis_server

LEX = of_bot("lex").removeprefix("api/")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    (tmp_path / "redis").mkdir()
    with redis_server(tmp_path / "redis") as server:
        yield server


@pytest.fixture
async def two(running: Running, redis: RedisServer, tmp_path: Path) -> AsyncIterator[list[tuple[Gateway, Operator]]]:
    account = make_account(running, breaker={"failures": 3, "open_for": 60})
    async with AsyncExitStack() as opened:
        gateways = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            gateways.append(await opened.enter_async_context(open_signed_in(tmp_path / name, account, store=redis.url)))
        yield gateways


async def until_bot(operator: Operator, **wanted: Any) -> Any:
    """Look at the list until the bot is as wanted; give it."""

    def is_so(answer: Any) -> bool:
        bot = find_bot(answer)
        return all(bot[name] == value for name, value in wanted.items())

    return find_bot(await operator.until("bots", is_so))


def find_bot(answer: Any) -> Any:
    return next(bot for bot in answer["bots"] if bot["bot"] == "lex")


async def test_either_shows_the_turns_of_both(two: list[tuple[Gateway, Operator]]) -> None:
    for number, (gateway, _) in enumerate(two):
        for turn in range(3 - number):
            await gateway.say("lex", "hello", conversation=f"{number}", sequence=turn)
    for _, operator in two:
        figures = await operator.until(f"{LEX}/figures", lambda found: found["totals"]["turns"] == 5)
        assert figures["totals"] == {
            "turns": 5,
            "conversations": 2,
            "closed": 0,
            "transferred": 0,
            "escalated": 0,
            "failed": 0,
        }
        await operator.until("bots", lambda found: sum(find_bot(found)["turns"]) == 5)


async def test_an_interruption_at_one_is_the_bots(running: Running, two: list[tuple[Gateway, Operator]]) -> None:
    (one, at_one), (other, at_other) = two
    await other.say("lex", "hello", conversation="other")
    running.lex.faults.add(Fault(status=503, times=None))
    for turn in range(3):
        assert (await one.say("lex", "hello", conversation="one", sequence=turn)).status == 502
    for operator in (at_one, at_other):
        bot = await until_bot(operator, state="Vendor Interruption", circuit="open")
        assert bot["lastError"]["name"] == PREFIX + "aivendor.lex.send-query"
        errors = (await operator.get(f"{LEX}/errors?conversation=one"))["errors"]
        assert [error["conversation"] for error in errors] == ["one"] * 3
        assert (await operator.get(f"{LEX}/errors?conversation=other"))["errors"] == []


async def test_turns_under_way_are_added_up(running: Running, two: list[tuple[Gateway, Operator]]) -> None:
    running.lex.faults.add(Fault(kind="hang", times=None))
    saying = [
        asyncio.ensure_future(gateway.say("lex", "hello", conversation=f"{number}/{turn}"))
        for number, (gateway, _) in enumerate(two)
        for turn in range(2 + number)
    ]
    for _, operator in two:
        await until_bot(operator, inFlight=5)
    for one in saying:
        one.cancel()
    await asyncio.wait(saying)


async def test_a_store_that_is_away_costs_no_figures_when_it_is_back_soon(
    redis: RedisServer, two: list[tuple[Gateway, Operator]]
) -> None:
    (gateway, operator), (_, other) = two
    await gateway.say("lex", "hello", conversation="a")
    await operator.until(f"{LEX}/figures", lambda found: found["totals"]["turns"] == 1)
    redis.freeze()
    said = await operator.call("GET", f"{of_bot('lex')}/figures")
    redis.thaw()
    assert (said.status, list(said.body)) == (503, ["error"])
    await gateway.say("lex", "hello", conversation="b")
    for one in (operator, other):
        await one.until(f"{LEX}/figures", lambda found: found["totals"]["turns"] == 2)
