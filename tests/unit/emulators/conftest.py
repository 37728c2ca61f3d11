"""Emulators and plain HTTP, ready to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.function import FunctionEmulator
from emulators.lex import LexEmulator
from emulators.watson import WatsonEmulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def lex() -> AsyncIterator[LexEmulator]:
    async with LexEmulator() as emulator:
        yield emulator


@pytest.fixture
async def watson() -> AsyncIterator[WatsonEmulator]:
    async with WatsonEmulator() as emulator:
        yield emulator


@pytest.fixture
async def dialogflow() -> AsyncIterator[DialogflowEmulator]:
    async with DialogflowEmulator() as emulator:
        yield emulator


@pytest.fixture
async def function() -> AsyncIterator[FunctionEmulator]:
    async with FunctionEmulator() as emulator:
        yield emulator
