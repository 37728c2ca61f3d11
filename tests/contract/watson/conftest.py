from collections.abc import AsyncIterator

import aiohttp
import pytest

from emulators.watson import WatsonEmulator
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.ports import Vendor
from vendors.services import Services
from vendors.watson.client import WatsonV2
from vendors.watson.client_v1 import WatsonV1
from vendors.watson.settings import WatsonV1Settings, WatsonV2Settings


@pytest.fixture
async def watson() -> AsyncIterator[WatsonEmulator]:
    async with WatsonEmulator() as emulator:
        yield emulator


@pytest.fixture
async def bots(watson: WatsonEmulator) -> AsyncIterator[dict[str, Vendor]]:
    """A bot for each generation of the API."""
    signed_in = {"url": watson.url, "apikey": "watson-emulator", "token_url": f"{watson.url}/identity/token"}
    async with aiohttp.ClientSession() as http:
        services = Services(http, Sandbox(), SystemClock())
        made: dict[str, Vendor] = {
            "v1": WatsonV1(WatsonV1Settings.model_validate({**signed_in, "workspace_id": "w-1"}), services),
            "v2": WatsonV2(WatsonV2Settings.model_validate({**signed_in, "assistant_id": "a-1"}), services),
        }
        for bot in made.values():
            await bot.open()
        yield made
        for bot in made.values():
            await bot.close()
