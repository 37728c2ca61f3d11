"""Every row of docs/contract/errors.md section 10, over real sockets: what LivePerson's platform answers for a function."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulators.faults import Fault
from emulators.liveperson import LivePersonEmulator
from emulators.sentinel import INVOKER
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.errors import VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.ports import Vendor
from gateway.contract.wire import loads
from vendors.function.client import create
from vendors.function.errors import BY_PLATFORM_CODE
from vendors.function.settings import FunctionSettings
from vendors.services import Services

ROOT = Path(__file__).parents[3]
CASES = loads((ROOT / "tests" / "data" / "function" / "platform.json").read_bytes())
SECTION = (ROOT / "docs" / "contract" / "errors.md").read_text("utf-8").partition("\n## 10. ")[2].partition("\n## ")[0]
EVENT = parse_event({"convId": "5f0d9c1e-0b1a-4a52-9d0c-3a3f3f0f7a11", "message": "text"})


@pytest.fixture
async def platform() -> AsyncIterator[LivePersonEmulator]:
    async with LivePersonEmulator() as emulator:
        yield emulator


@pytest.fixture
async def function_bot(platform: LivePersonEmulator) -> AsyncIterator[Vendor]:
    settings = {
        "lambda_uuid": "4f9a4c1e-6a0a-4a43-9f5e-7b1d2e3f4a5b",
        "client_id": INVOKER.client_id,
        "client_secret": INVOKER.client_secret,
        "base_url": platform.url,
        "account_id": "83482904",
    }
    async with aiohttp.ClientSession() as http:
        yield create(FunctionSettings.model_validate(settings), Services(http, Sandbox(), SystemClock()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_failure_has_its_meaning_and_the_bot_answers_again(
    case: dict[str, Any], platform: LivePersonEmulator, function_bot: Vendor
) -> None:
    platform.faults.add(Fault(**case["fault"], times=1))
    session: dict[str, Any] = {}
    request = function_bot.build_request(EVENT, session)
    with pytest.raises(VendorFailure) as caught:
        await function_bot.ask(request, session, timeout=10)
    failure = caught.value
    assert {
        "kind": failure.kind.name,
        "code": failure.code,
        "retries": failure.retries,
        "retry_after": failure.retry_after,
        "vendor_status": failure.vendor_status,
        "vendor_error": failure.vendor_error,
    } == case["failure"]
    answer = await function_bot.ask(request, session, timeout=10)
    assert answer == {"messages": ["Your parcel is on its way."], "context": {}}


@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_stays_refused_is_denied_after_one_renewal(
    status: int, platform: LivePersonEmulator, function_bot: Vendor
) -> None:
    platform.faults.add(Fault(status=status))
    session: dict[str, Any] = {}
    request = function_bot.build_request(EVENT, session)
    with pytest.raises(VendorFailure) as caught:
        await function_bot.ask(request, session, timeout=10)
    assert (caught.value.kind.name, caught.value.code.rpartition(".")[2], caught.value.retries) == (
        "DENIED",
        "failed-faas-request",
        0,
    )
    assert [request.stage for request in platform.requests] == ["token", "message"] * 2


def test_every_code_and_status_of_the_page_has_a_case() -> None:
    codes, statuses = SECTION.split("| HTTP |")
    # A row names the codes of one layer: the first one whole, of the others the last part.
    named = {
        row.rpartition(".")[0] + "." + name
        for row, others in re.findall(r"^\| `([a-z.-]+)`(.*?)\|", codes, re.MULTILINE)
        for name in [row.rpartition(".")[2], *re.findall(r"`\.([a-z-]+)`", others)]
    }
    assert len(named) == 11
    assert named - {case["failure"]["vendor_error"] for case in CASES} == set()
    assert set(BY_PLATFORM_CODE) <= named
    told = {int(status) for status in re.findall(r"\b(\d{3})\b(?=[^|]*\|.*\|.*\|)", statuses)}
    assert told == {200, 202, 400, 405, 401, 403, 404, 408, 429, 500, 502, 504, 901}
    assert told - {200, 202, 401, 403} <= {case["fault"]["status"] for case in CASES}
