"""A reload: the new bots serve, the old ones are let go of when no turn can be under way on them."""

import asyncio
from pathlib import Path
from typing import Any

from config.loader import load_accounts
from config.models import Account
from emulators.dialogflow import DialogflowEmulator
from gateway.contract.types import AccountId, BotName
from gateway.runtime import Runtime
from tests.fakes import FakeClock
from tests.gateways import write_accounts


class HeldClock(FakeClock):
    """A clock whose sleepers wait until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self.let_go.wait()


async def load(directory: Path, emulator: DialogflowEmulator) -> tuple[Account, ...]:
    settings = {
        "project_id": "p",
        "transport": "grpc",
        "api_endpoint": emulator.grpc_address,
        "insecure": True,
        "auth_type": "none",
    }
    bot = {"vendor": "dialogflow-es", "settings": settings, "timeouts": {"total": 7}}
    write_accounts(directory, {"account": "1", "bots": {"old": bot}})
    return (await asyncio.to_thread(load_accounts, directory, {})).accounts


def is_closed(vendor: Any) -> bool:
    closed: bool = vendor._transport._lanes._closed
    return closed


async def test_replaced_bots_are_closed_when_their_longest_turn_must_have_ended(tmp_path: Path) -> None:
    async with DialogflowEmulator() as emulator:
        accounts = await load(tmp_path, emulator)
        runtime, clock = Runtime(accounts), HeldClock()
        runtime.clock = clock
        async with runtime:
            old = runtime.bots[AccountId("1"), BotName("old")]
            await runtime.serve_accounts(accounts)
            new = runtime.bots[AccountId("1"), BotName("old")]
            assert new is not old
            assert new.status is old.status
            await asyncio.sleep(0)
            assert clock.slept == [7 + 3 + 1]
            assert not is_closed(old.vendor)
            clock.let_go.set()
            async with asyncio.timeout(5):
                while not is_closed(old.vendor):
                    await asyncio.sleep(0.001)
            assert not is_closed(new.vendor)
        assert is_closed(new.vendor)


async def test_bots_that_wait_to_be_closed_are_closed_at_the_end(tmp_path: Path) -> None:
    async with DialogflowEmulator() as emulator:
        accounts = await load(tmp_path, emulator)
        runtime = Runtime(accounts)
        runtime.clock = HeldClock()
        async with runtime:
            old = runtime.bots[AccountId("1"), BotName("old")]
            await runtime.serve_accounts(accounts)
            await asyncio.sleep(0)
        assert is_closed(old.vendor)
