"""What `botbridge serve` imports until it has answered its first event: the budget of a cold start, counted in modules.

Counted rather than timed, because a module too many is seen on any machine. The numbers are what was needed when they were
written, and some room; where one is exceeded, look at `python -X importtime` before raising it.
"""

import asyncio
import re
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulators.server import Running
from gateway.contract.wire import loads
from tests.gateways import make_account, make_event, write_accounts
from tests.scenario.test_process import serve

CASES: dict[str, Any] = loads((Path(__file__).parents[1] / "data" / "scenario" / "start.json").read_bytes())
WATCHED = (
    "awscrt", "boto3", "botocore", "cryptography", "google.api_core", "google.auth", "google.cloud", "google.protobuf",
    "grpc", "ibm_cloud_sdk_core", "ibm_watson", "jwt", "redis", "requests", "rich.console", "ruamel", "sqlite3",
    "gateway.console.console", "gateway.workers",
)  # fmt: skip
"""What takes long to import, and is needed by some accounts or settings only."""


@pytest.mark.parametrize(("name", "expected"), CASES.items(), ids=CASES)
async def test_a_start_brings_along_what_its_accounts_need(
    name: str, expected: dict[str, Any], running: Running, tmp_path: Path
) -> None:
    bot = expected.get("name", name)
    account = make_account(running)
    account["bots"] = {bot: account["bots"][bot] | expected.get("bot", {})}
    write_accounts(tmp_path, account)
    arguments = ("--config", str(tmp_path), "--port", "0")
    async with (
        serve(*arguments, environ={"PYTHONPROFILEIMPORTTIME": "1"}) as gateway,
        aiohttp.ClientSession() as client,
    ):
        assert gateway.process.stderr is not None
        # Read as it comes: a full pipe would hold the process.
        reading = asyncio.ensure_future(gateway.process.stderr.read())
        assert (await gateway.post(client, bot, make_event("hello")))[0] == 200
        gateway.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            log = (await reading).decode()
            assert await gateway.process.wait() == 0
    imported = set(re.findall(r"^import time: .*\| +([\w.]+)$", log, re.MULTILINE))
    found = sorted(
        name for name in WATCHED if any(module == name or module.startswith(f"{name}.") for module in imported)
    )
    assert found == expected["imports"]
    assert len(imported) <= expected["modules"]
