"""Bots by account and name, as far as anybody has asked for them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from config.loader import load_accounts
from gateway.bot_maker import BotMaker
from gateway.contract.callables import Sandbox
from gateway.contract.types import AccountId, BotName
from gateway.fleet import Fleet, find_vendors
from gateway.remote_hooks import HookMaker
from gateway.telemetry.metrics import Metrics
from tests.fakes import FakeClock
from tests.gateways import write_accounts
from vendors.guarded import GuardedSessions
from vendors.services import Services

PEM = "-----BEGIN PUBLIC KEY-----"


def make_bot(**keys: Any) -> dict[str, Any]:
    return {"vendor": "function", "settings": {"url": "https://f.test"}, **keys}


ACCOUNTS = (
    {"account": "1", "limits": {"in_flight": 1}, "bots": {"a": make_bot(), "b": make_bot()}},
    {
        "account": "2",
        "custom_endpoint": {"public_key": PEM},
        "bots": {
            "a": make_bot(
                environments={
                    "other": {"settings": {"url": "https://g.test"}},
                    "same": {"settings": {"url": "https://f.test"}},
                }
            ),
            "b": make_bot(),
        },
    },
    {"account": "3", "bots": {}},
)
FIRST, SECOND = AccountId("1"), AccountId("2")
A, B, NOBODY = BotName("a"), BotName("b"), BotName("nobody")


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[Fleet]:
    write_accounts(tmp_path, *ACCOUNTS)
    loaded = await asyncio.to_thread(load_accounts, tmp_path, {})
    clock, sandbox = FakeClock(), Sandbox()
    guarded = GuardedSessions(headers={}, keep_alive=1)
    async with aiohttp.ClientSession() as http:
        services = Services(http=http, sandbox=sandbox, clock=clock)
        hook_maker = HookMaker(guarded, clock)
        yield Fleet(loaded.accounts, BotMaker(services, hook_maker, Metrics(), clock=clock, max_delay=300))
        await guarded.close()
        await sandbox.close()


async def test_naming_the_bots_makes_none(fleet: Fleet) -> None:
    assert list(fleet.bots) == [(FIRST, A), (FIRST, B), (SECOND, A), (SECOND, B)]
    assert len(fleet.bots) == 4
    assert list(fleet.environments) == [(SECOND, A), (SECOND, B)]
    assert {name: list(bots) for name, bots in fleet.accounts.items()} == {"1": [A, B], "2": [A, B], "3": []}
    assert list(map(len, fleet.accounts.values())) == [2, 2, 0]
    assert fleet.list_made() == []


async def test_a_bot_is_made_once(fleet: Fleet) -> None:
    bot = fleet.bots[FIRST, A]
    assert (bot.account, bot.name) == (FIRST, A)
    assert fleet.bots.get((FIRST, A)) is bot
    assert fleet.accounts[FIRST].get(A) is bot
    assert fleet.list_made() == [bot]


async def test_what_is_not_there_is_not_made(fleet: Fleet) -> None:
    assert fleet.bots.get((FIRST, NOBODY)) is None
    assert fleet.bots.get((AccountId("4"), A)) is None
    assert fleet.accounts[FIRST].get(NOBODY) is None
    assert fleet.environments.get((SECOND, NOBODY)) is None
    assert fleet.environments.get((FIRST, A)) is None
    assert fleet.list_made() == []


async def test_an_account_s_bots_share_its_limits(fleet: Fleet) -> None:
    first, second = fleet.bots[FIRST, A].limiter, fleet.bots[FIRST, B].limiter
    assert first is not second
    assert first._within is second._within is not None
    assert fleet.bots[SECOND, A].limiter._within is not first._within


async def test_environments_with_the_bot_s_settings_share_its_client(fleet: Fleet) -> None:
    bot, variants = fleet.bots[SECOND, A], fleet.environments[SECOND, A]
    assert list(variants) == ["other", "same"]
    assert [variant.environment for variant in variants.values()] == ["other", "same"]
    assert variants["same"].vendor is bot.vendor
    assert variants["same"].status is bot.status
    assert variants["other"].vendor is not bot.vendor
    assert variants["other"].status is not bot.status
    assert fleet.list_made() == [bot, *variants.values()]
    assert find_vendors(fleet.list_made()) == [bot.vendor, variants["other"].vendor]
    assert list(fleet.environments[SECOND, B]) == ["draft"]


async def test_opening_all_makes_all(fleet: Fleet) -> None:
    await fleet.open_all()
    assert [(bot.account, bot.name, bot.environment) for bot in fleet.list_made()] == [
        (FIRST, A, None),
        (FIRST, B, None),
        (SECOND, A, None),
        (SECOND, A, "other"),
        (SECOND, A, "same"),
        (SECOND, B, None),
        (SECOND, B, "draft"),
    ]


async def test_a_bot_that_cannot_be_made_does_not_keep_the_others_from_being_opened(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As a module of hooks would be that has been damaged since it was checked.
    monkeypatch.setattr(fleet.accounts[FIRST], "_maker", None)
    with structlog.testing.capture_logs() as logged:
        await fleet.open_all()
    assert [(line["event"], line["account"], line["bot"]) for line in logged] == [
        ("bot-not-opened", "1", "a"),
        ("bot-not-opened", "1", "b"),
    ]
    assert {bot.account for bot in fleet.list_made()} == {SECOND}
