"""An emulator that demands a service account's token, a clock to turn, and a gate that holds the token server back."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.google_tokens import ServiceAccount
from gateway.contract.callables import Sandbox
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.services import Services


class TurnedClock:
    """The machine's clock, and what a test has added to it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def time(self) -> float:
        return time.time() + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.ahead += seconds


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


class Gate:
    """What a `delay` fault of the emulator waits for, instead of time."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def wait(self, _: float) -> None:
        self.reached.set()
        await self.opened.wait()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="session")
def account() -> ServiceAccount:
    return ServiceAccount.generate()


@pytest.fixture
async def emulator(account: ServiceAccount, gate: Gate) -> AsyncIterator[DialogflowEmulator]:
    async with DialogflowEmulator(account=account, sleep=gate.wait) as running:
        yield running


@pytest.fixture
def settings(emulator: DialogflowEmulator, account: ServiceAccount) -> DialogflowEsSettings:
    return settings_for(emulator, credentials_json=account.credentials(emulator.url))


def settings_for(emulator: DialogflowEmulator, **more: Any) -> DialogflowEsSettings:
    return DialogflowEsSettings(
        project_id="emulator", api_endpoint=emulator.url.removeprefix("http://"), insecure=True, **more
    )


@pytest.fixture
async def services(clock: TurnedClock) -> AsyncIterator[Services]:
    sandbox = Sandbox()
    async with aiohttp.ClientSession() as session:
        yield Services(session, sandbox, clock)
    await sandbox.close()
