from collections.abc import AsyncIterator

import aiohttp
import pytest

from emulators.function import FunctionEmulator
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.ports import Vendor
from vendors.function.client import create
from vendors.function.settings import FunctionSettings
from vendors.services import Services


@pytest.fixture
async def service() -> AsyncIterator[FunctionEmulator]:
    async with FunctionEmulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(service: FunctionEmulator) -> AsyncIterator[Vendor]:
    async with aiohttp.ClientSession() as http:
        yield create(FunctionSettings(url=f"{service.url}/turn"), Services(http, Sandbox(), SystemClock()))
