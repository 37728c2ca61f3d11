from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest

from emulators.watson import WatsonEmulator
from gateway.contract.callables import Sandbox
from tests.fakes import FakeClock
from vendors.services import Services
from vendors.watson.client import WatsonV2
from vendors.watson.settings import WatsonV2Settings

MakeBot: TypeAlias = Callable[..., Awaitable[WatsonV2]]


@pytest.fixture
async def watson() -> AsyncIterator[WatsonEmulator]:
    async with WatsonEmulator(assistants={"a-1"}, workspaces={"w-1"}) as emulator:
        yield emulator


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def make_bot(watson: WatsonEmulator, clock: FakeClock, http: aiohttp.ClientSession) -> AsyncIterator[MakeBot]:
    """Make bots at the emulator; what is given replaces the settings of one that signs in with the right API key."""
    bots: list[WatsonV2] = []

    async def make(**settings: Any) -> WatsonV2:
        given = {
            "url": watson.url,
            "assistant_id": "a-1",
            "apikey": "watson-emulator",
            "token_url": f"{watson.url}/identity/token",
            **settings,
        }
        known = {key: value for key, value in given.items() if value is not None}
        bots.append(WatsonV2(WatsonV2Settings.model_validate(known), Services(http, Sandbox(), clock)))
        await bots[-1].open()
        return bots[-1]

    yield make
    for bot in bots:
        await bot.close()


@pytest.fixture
async def bot(make_bot: MakeBot) -> WatsonV2:
    return await make_bot()
