from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest

from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.ports import Vendor
from vendors.function.client import create
from vendors.function.settings import FunctionSettings
from vendors.services import Services

MakeBot: TypeAlias = Callable[..., Vendor]


@pytest.fixture
async def make_bot() -> AsyncIterator[MakeBot]:
    """Make function bots from their settings."""
    async with aiohttp.ClientSession() as http:
        sandbox = Sandbox()

        def make(**settings: Any) -> Vendor:
            return create(FunctionSettings.model_validate(settings), Services(http, sandbox, SystemClock()))

        yield make
        await sandbox.close()
