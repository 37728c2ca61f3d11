from collections.abc import AsyncIterator

import aiohttp
import pytest

from emulators.watson import WatsonEmulator
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from vendors.services import Services
from vendors.watson.client import WatsonV2
from vendors.watson.settings import WatsonV2Settings


@pytest.fixture
async def watson() -> AsyncIterator[WatsonEmulator]:
    async with WatsonEmulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(watson: WatsonEmulator) -> AsyncIterator[WatsonV2]:
    settings = WatsonV2Settings.model_validate(
        {
            "url": watson.url,
            "assistant_id": "a-1",
            "apikey": "watson-emulator",
            "token_url": f"{watson.url}/identity/token",
        }
    )
    async with aiohttp.ClientSession() as http:
        client = WatsonV2(settings, Services(http, Sandbox(), SystemClock()))
        await client.open()
        yield client
        await client.close()
