"""A bot that is a function of one's own, in the gateway's process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulators.server import Running
from gateway.contract.catalogue import PREFIX
from tests import own_hooks
from tests.gateways import make_account, open_gateway


@pytest.fixture(autouse=True)
def _release() -> Iterator[None]:
    own_hooks.RELEASE.clear()
    yield
    own_hooks.RELEASE.set()


def with_callable(running: Running, name: str) -> dict[str, Any]:
    account = make_account(running, timeouts={"attempt": 0.3, "total": 5})
    account["bots"] = {"own": {"vendor": "function", "settings": {"callable": f"tests.own_hooks:{name}"}}}
    return account


@pytest.mark.parametrize(("name", "answer"), [("bot", "you said hello"), ("bot_async", "you said hello, I awaited")])
async def test_it_answers(name: str, answer: str, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, with_callable(running, name)) as gateway:
        said = await gateway.say("own", "hello")
    assert (said.status, said.body) == (200, {"messages": [answer], "context": {}})


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("bot_silent", "aivendor.faas.missing-response-body", 502),
        ("bot_broken", "aivendor.faas.invoke-lambda", 502),
        ("bot_leaving", "aivendor.faas.invoke-lambda", 502),
        ("bot_listing", "aivendor.faas.invoke-lambda", 502),
        ("bot_hanging", "aivendor.faas.invoke-lambda", 504),
    ],
)
async def test_its_failures_have_their_codes(
    name: str, code: str, status: int, running: Running, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, with_callable(running, name)) as gateway:
        said = await gateway.say("own", "hello")
        assert (said.status, said.body["error"]["name"]) == (status, PREFIX + code)
        assert "hello" not in said.body["error"]["message"]
        assert (await gateway.get("/healthz")).status == 200
