import subprocess
import sys

import pytest

ASK = """
import asyncio, sys, aiohttp
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from vendors.registry import VENDORS
from vendors.services import Services

async def main():
    async with aiohttp.ClientSession() as session:
        registration = VENDORS["dialogflow-{vendor}"]
        settings = registration.load_settings()(
            project_id="p", api_endpoint="127.0.0.1:1", insecure=True, auth_type="none", transport="{transport}", **{more}
        )
        bot = registration.create(settings, Services(session, Sandbox(), SystemClock()))
        await bot.close()
    names = ("vendors.dialogflow.rest", "vendors.dialogflow.rpc", "google.cloud.dialogflow_v2", "google.cloud.dialogflowcx_v3")
    print([name.rpartition(".")[2] for name in names if name in sys.modules])

asyncio.run(main())
"""
CX = {"location": "global", "agent_id": "a-1"}


@pytest.mark.parametrize(
    ("vendor", "transport", "brought"),
    [
        ("es", "rest", ["rest"]),
        ("es", "grpc", ["rest", "rpc", "dialogflow_v2"]),
        ("cx", "rest", ["rest"]),
        ("cx", "grpc", ["rest", "rpc", "dialogflowcx_v3"]),
    ],
)
def test_a_bot_brings_along_only_what_it_uses(vendor: str, transport: str, brought: list[str]) -> None:
    program = ASK.format(vendor=vendor, transport=transport, more=CX if vendor == "cx" else {})

    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)  # noqa: S603

    assert found.stdout.strip() == str(brought)
