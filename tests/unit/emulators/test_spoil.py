from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import orjson
import pytest

from emulators.faults import Fault
from emulators.spoil import GARBAGE

if TYPE_CHECKING:
    from emulators.function import FunctionEmulator
    from emulators.lex import LexEmulator

EVENT = {"convId": "c1", "message": "text"}
GOOD = {"messages": ["Your parcel is on its way."], "context": {}}


@pytest.fixture
def slept(function: FunctionEmulator) -> list[float]:
    seconds: list[float] = []

    async def sleep(duration: float) -> None:
        seconds.append(duration)

    function.sleep = sleep
    return seconds


async def post(http: aiohttp.ClientSession, url: str) -> tuple[int, bytes]:
    async with http.post(url, json=EVENT) as response:
        return response.status, await response.read()


async def is_well(http: aiohttp.ClientSession, function: FunctionEmulator) -> bool:
    status, body = await post(http, function.url)
    return (status, orjson.loads(body)) == (200, GOOD)


async def test_status_with_headers(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.faults.add(Fault(status=429, headers={"Retry-After": "7"}, times=1))
    async with http.post(function.url, json=EVENT) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
        error = {"code": 429, "name": "Too Many Requests", "message": "emulated failure"}
        assert await response.json() == {"error": error}
    assert await is_well(http, function)


async def test_status_with_a_body_of_ones_own(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.faults.add(Fault(status=418, body={"tea": True}, times=1))
    assert await post(http, function.url) == (418, b'{"tea":true}')
    assert await is_well(http, function)


async def test_error_name_alone_implies_the_status(lex: LexEmulator, http: aiohttp.ClientSession) -> None:
    lex.faults.add(Fault(error="ThrottlingException"), Fault(error="InventedException"))
    url = f"{lex.url}/bots/B/botAliases/A/botLocales/en/sessions/s1/text"
    async with http.post(url, json={}) as response:
        assert response.status == 429
    lex.faults.clear()
    lex.faults.add(Fault(error="InventedException"))
    async with http.post(url, json={}) as response:
        assert response.status == 500
        assert response.headers["x-amzn-ErrorType"].startswith("InventedException:")


async def test_delay(function: FunctionEmulator, http: aiohttp.ClientSession, slept: list[float]) -> None:
    function.faults.add(Fault(kind="delay", delay=12, times=1))
    assert await is_well(http, function)
    assert await is_well(http, function)
    assert slept == [12]


async def test_late_failure(function: FunctionEmulator, http: aiohttp.ClientSession, slept: list[float]) -> None:
    function.faults.add(Fault(status=503, delay=3, times=1))
    assert (await post(http, function.url))[0] == 503
    assert slept == [3]


async def test_hang_ends_only_with_the_callers_patience(
    function: FunctionEmulator, http: aiohttp.ClientSession
) -> None:
    function.faults.add(Fault(kind="hang", times=1))
    with pytest.raises(TimeoutError):
        await http.post(function.url, json=EVENT, timeout=aiohttp.ClientTimeout(sock_read=0.05))
    assert await is_well(http, function)


async def test_cut_before_the_headers(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.faults.add(Fault(kind="cut", times=1))
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await post(http, function.url)
    assert len(function.requests) == 1
    assert await is_well(http, function)


async def test_cut_in_the_middle_of_the_body(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.faults.add(Fault(kind="cut_body", times=1))
    async with http.post(function.url, json=EVENT) as response:
        assert (response.status, response.content_length) == (200, len(orjson.dumps(GOOD)))
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()
    assert await is_well(http, function)


async def test_truncated_body(function: FunctionEmulator, http: aiohttp.ClientSession) -> None:
    function.faults.add(Fault(kind="truncate", times=1))
    status, body = await post(http, function.url)
    whole = orjson.dumps(GOOD)
    assert (status, body) == (200, whole[: len(whole) // 2])
    assert await is_well(http, function)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind="garbage", times=1), (200, GARBAGE)),
        (Fault(kind="garbage", status=502, times=1), (502, GARBAGE)),
        (Fault(kind="empty", times=1), (200, b"")),
        (Fault(kind="empty", status=500, times=1), (500, b"")),
        (Fault(kind="body", body={"error": "odd"}, times=1), (200, b'{"error":"odd"}')),
        (Fault(kind="body", times=1), (200, b"null")),
    ],
)
async def test_bodies_of_no_use(
    function: FunctionEmulator, http: aiohttp.ClientSession, fault: Fault, expected: tuple[int, bytes]
) -> None:
    function.faults.add(fault)
    assert await post(http, function.url) == expected
    assert await is_well(http, function)
