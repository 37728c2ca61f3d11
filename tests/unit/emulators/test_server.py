from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulators.function import FunctionEmulator
from emulators.server import emulators

if TYPE_CHECKING:
    import aiohttp

NAMES = ["lex", "watson", "dialogflow", "function"]


async def test_all_run_each_on_a_port_of_its_own() -> None:
    async with emulators() as running:
        assert list(running) == NAMES
        assert len(set(running.values())) == len(running) == 4
        assert running["lex"] == running.lex.url
        with pytest.raises(KeyError):
            _ = running["alexa"]


async def test_given_emulators_take_the_place_of_default_ones(http: aiohttp.ClientSession) -> None:
    function = FunctionEmulator(required_headers={"X-Key": "k"})
    async with emulators(function=function) as running:
        assert running.function is function
        async with http.post(running["function"], json={"convId": "c", "message": "text"}) as response:
            assert response.status == 401
        running.clear()
        assert function.requests == []


async def test_when_one_cannot_start_none_stays_up() -> None:
    async with FunctionEmulator() as first:
        port = int(first.url.rpartition(":")[2])
        second = FunctionEmulator(port=port)
        with pytest.raises(OSError, match=str(port)):
            async with emulators(function=second):
                raise AssertionError
        with pytest.raises(RuntimeError, match="not running"):
            _ = second.url
