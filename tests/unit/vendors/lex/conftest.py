import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest

from emulators.lex import LexEmulator
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.ports import Clock
from vendors.lex.client import LexV2
from vendors.lex.settings import LexV2Settings
from vendors.services import Services

SETTINGS = {
    "region": "us-east-1",
    "bot_id": "BOTBRIDGE1",
    "bot_alias_id": "TSTALIASID",
    "locale_id": "en_US",
    "access_key_id": "AKIDEMULATOR",
    "secret_access_key": "lex-emulator",
}
MakeSettings: TypeAlias = Callable[..., LexV2Settings]
MakeBot: TypeAlias = Callable[..., Awaitable[LexV2]]


@pytest.fixture(autouse=True)
def no_aws_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Leave nothing for botocore's default chain to find, and no metadata service to wait for."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def make_settings() -> MakeSettings:
    """Make settings; a value of None leaves the key out."""

    def make(**changes: Any) -> LexV2Settings:
        given = {key: value for key, value in {**SETTINGS, **changes}.items() if value is not None}
        return LexV2Settings.model_validate(given)

    return make


@pytest.fixture
async def lex() -> AsyncIterator[LexEmulator]:
    async with LexEmulator() as emulator:
        yield emulator


@pytest.fixture
async def make_bot(make_settings: MakeSettings) -> AsyncIterator[MakeBot]:
    """Make opened bots; they and their HTTP session are closed at the end."""
    bots: list[LexV2] = []
    async with aiohttp.ClientSession() as http:

        async def make(*, clock: Clock | None = None, **changes: Any) -> LexV2:
            bot = LexV2(make_settings(**changes), Services(http, Sandbox(), clock or SystemClock()))
            bots.append(bot)
            await bot.open()
            return bot

        yield make
        for bot in bots:
            await bot.close()
