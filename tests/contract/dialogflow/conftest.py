"""An emulator, and a bot of ours that talks to it over real sockets."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from emulators.dialogflow import DialogflowEmulator
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from vendors.dialogflow.client import DialogflowEs
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.services import Services


@pytest.fixture
async def emulator() -> AsyncIterator[DialogflowEmulator]:
    async with DialogflowEmulator() as running:
        yield running


@pytest.fixture
async def bot(emulator: DialogflowEmulator) -> AsyncIterator[DialogflowEs]:
    settings = DialogflowEsSettings(
        project_id="emulator", api_endpoint=emulator.url.removeprefix("http://"), insecure=True, auth_type="none"
    )
    async with aiohttp.ClientSession() as session:
        made = DialogflowEs(settings, Services(session, Sandbox(), SystemClock()))
        await made.open()
        yield made
        await made.close()
