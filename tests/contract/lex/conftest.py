from collections.abc import AsyncIterator

import aiohttp
import pytest

from emulators.lex import LexEmulator
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from vendors.lex.client import LexV2
from vendors.lex.settings import LexV2Settings
from vendors.services import Services


@pytest.fixture
async def lex() -> AsyncIterator[LexEmulator]:
    async with LexEmulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(lex: LexEmulator) -> AsyncIterator[LexV2]:
    settings = LexV2Settings.model_validate(
        {
            "region": "us-east-1",
            "bot_id": "BOTBRIDGE1",
            "bot_alias_id": "TSTALIASID",
            "locale_id": "en_US",
            "access_key_id": "AKIDEMULATOR",
            "secret_access_key": "lex-emulator",
            "endpoint_url": lex.url,
        }
    )
    async with aiohttp.ClientSession() as http:
        client = LexV2(settings, Services(http, Sandbox(), SystemClock()))
        await client.open()
        yield client
        await client.close()
