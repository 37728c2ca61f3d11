"""A runtime: bots are made when somebody asks, and a reload lets go of the old ones when no turn can be under way on them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.loader import load_accounts
from config.models import Account
from emulators.dialogflow import DialogflowEmulator
from gateway.bot import Bot
from gateway.contract.types import AccountId, BotName
from gateway.runtime import OPENED_AHEAD, Runtime
from tests.fakes import FakeClock
from tests.gateways import write_accounts

OLD = AccountId("1"), BotName("old")


class HeldClock(FakeClock):
    """A clock whose sleepers wait until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self.let_go.wait()


@pytest.fixture
async def accounts(tmp_path: Path) -> AsyncIterator[tuple[Account, ...]]:
    async with DialogflowEmulator() as emulator:
        settings = {
            "project_id": "p",
            "transport": "grpc",
            "api_endpoint": emulator.grpc_address,
            "insecure": True,
            "auth_type": "none",
        }
        bot = {"vendor": "dialogflow-es", "settings": settings, "timeouts": {"total": 7}}
        write_accounts(tmp_path, {"account": "1", "bots": {"old": bot}})
        yield (await asyncio.to_thread(load_accounts, tmp_path, {})).accounts


async def load_watsons(directory: Path, count: int) -> tuple[Account, ...]:
    bots = {
        f"b-{number}": {
            "vendor": "watson-v2",
            "settings": {"url": "https://w.test", "assistant_id": "a", "apikey": "k"},
        }
        for number in range(count)
    }
    write_accounts(directory, {"account": "1", "bots": bots})
    return (await asyncio.to_thread(load_accounts, directory, {})).accounts


def open_held(accounts: tuple[Account, ...]) -> tuple[Runtime, HeldClock]:
    runtime, clock = Runtime(accounts), HeldClock()
    runtime.clock = clock
    return runtime, clock


def is_closed(bot: Bot) -> bool:
    vendor: Any = bot.vendor
    closed: bool = vendor._transport._lanes._closed
    return closed


def is_open(bot: Bot) -> bool:
    vendor: Any = bot.vendor
    return vendor._connection.requests is not None


async def until_closed(bot: Bot) -> None:
    async with asyncio.timeout(5):
        while not is_closed(bot):
            await asyncio.sleep(0.001)


async def test_replaced_bots_are_closed_when_their_longest_turn_must_have_ended(accounts: tuple[Account, ...]) -> None:
    runtime, clock = open_held(accounts)
    async with runtime:
        old = runtime.bots[OLD]
        await runtime.serve_accounts(accounts)
        new = runtime.bots[OLD]
        assert new is not old
        assert new.status is old.status
        await asyncio.sleep(0)
        assert clock.slept == [7 + 3 + 1]
        assert not is_closed(old)
        clock.let_go.set()
        await until_closed(old)
        assert not is_closed(new)
    assert is_closed(new)


async def test_bots_that_wait_to_be_closed_are_closed_at_the_end(accounts: tuple[Account, ...]) -> None:
    runtime, _ = open_held(accounts)
    async with runtime:
        old = runtime.bots[OLD]
        await runtime.serve_accounts(accounts)
        await asyncio.sleep(0)
    assert is_closed(old)


async def test_a_bot_made_for_a_request_that_came_before_the_reload_is_closed_with_the_others(
    accounts: tuple[Account, ...],
) -> None:
    runtime, clock = open_held(accounts)
    async with runtime:
        before = runtime.find_bots(AccountId("1"))
        await runtime.serve_accounts(accounts)
        old = before[BotName("old")]
        clock.let_go.set()
        await until_closed(old)
        assert not is_closed(runtime.bots[OLD])


async def test_few_bots_are_opened_ahead(tmp_path: Path) -> None:
    async with Runtime(await load_watsons(tmp_path, 3)) as runtime, asyncio.timeout(10):
        while not all(map(is_open, runtime.bots.values())):
            await asyncio.sleep(0.001)


async def test_of_many_bots_each_is_made_when_somebody_asks_and_opened_when_it_is_needed(tmp_path: Path) -> None:
    async with Runtime(await load_watsons(tmp_path, OPENED_AHEAD + 1)) as runtime:
        assert runtime.fleet is not None
        await asyncio.sleep(0)
        assert runtime.fleet.list_made() == []
        bot = runtime.bots[AccountId("1"), BotName("b-7")]
        assert runtime.fleet.list_made() == [bot]
        assert not is_open(bot)
        await bot.vendor.open()
        assert is_open(bot)


async def test_a_bot_that_nobody_has_asked_for_has_been_well_since_the_process_began(
    accounts: tuple[Account, ...],
) -> None:
    runtime, clock = open_held(accounts)
    began = clock.time()
    async with runtime:
        clock.now += 60
        assert runtime.bots[OLD].status.since == began
