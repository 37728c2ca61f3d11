"""An emulator, and bots of ours that talk to it over real sockets: both APIs, each over both transports."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from emulators.dialogflow import DialogflowEmulator
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.ports import Vendor
from gateway.contract.types import Json
from vendors.registry import VENDORS
from vendors.services import Services

SETTINGS: dict[str, Json] = {
    "dialogflow-es": {"project_id": "emulator"},
    "dialogflow-cx": {"project_id": "emulator", "location": "global", "agent_id": "a-1"},
}
TRANSPORTS = ("rest", "grpc")


@pytest.fixture
async def emulator() -> AsyncIterator[DialogflowEmulator]:
    async with DialogflowEmulator() as running:
        yield running


class Bots:
    """Bots by vendor and transport."""

    def __init__(self, emulator: DialogflowEmulator, services: Services) -> None:
        self._emulator = emulator
        self._services = services
        self._made: list[Vendor] = []

    async def open(self, vendor: str, transport: str, **more: Any) -> Vendor:
        rest = self._emulator.url.removeprefix("http://")
        endpoint = rest if transport == "rest" else self._emulator.grpc_address
        where = {"api_endpoint": endpoint, "insecure": True, "auth_type": "none", "transport": transport}
        settings = VENDORS[vendor].load_settings()(**SETTINGS[vendor] | where | more)
        made = VENDORS[vendor].create(settings, self._services)
        await made.open()
        self._made.append(made)
        return made

    async def close(self) -> None:
        for made in self._made:
            await made.close()


@pytest.fixture
async def bots(emulator: DialogflowEmulator) -> AsyncIterator[Bots]:
    async with aiohttp.ClientSession() as session:
        bots = Bots(emulator, Services(session, Sandbox(), SystemClock()))
        yield bots
        await bots.close()


@pytest.fixture(params=SETTINGS)
def vendor(request: pytest.FixtureRequest) -> str:
    """Both APIs, one after the other."""
    return str(request.param)


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    """Both transports, one after the other."""
    return str(request.param)


@pytest.fixture
async def bot(bots: Bots, vendor: str, transport: str) -> Vendor:
    return await bots.open(vendor, transport)
