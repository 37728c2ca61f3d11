"""A gateway under test: the real server on a free port, for accounts written as YAML."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from ruamel.yaml import YAML
from yarl import URL

from config.loader import load_accounts
from emulators.server import Running
from gateway.app import Server, ServeSettings

KEY = "key-of-83482904"


@dataclass(frozen=True, slots=True)
class Said:
    """One HTTP answer of the gateway."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Gateway:
    """Speaks to a running gateway as a LivePerson Function does."""

    def __init__(self, server: Server, client: aiohttp.ClientSession, directory: Path) -> None:
        self.server = server
        self.client = client
        self.directory = directory

    async def post(
        self,
        bot: str,
        body: Any,
        *,
        account: str = "83482904",
        key: str | None = KEY,
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        """Post an event; `body` is bytes, or is written as JSON."""
        sent = {"Content-Type": "application/json"}
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        sent |= headers or {}
        data = BytesIO(body if isinstance(body, bytes) else orjson.dumps(body))
        url = f"{self.server.url}/v1/accounts/{account}/bots/{bot}/events"
        async with self.client.post(
            url, data=data, headers={name: value for name, value in sent.items() if value}
        ) as answer:
            return await _read(answer)

    async def say(
        self, bot: str, message: str, *, conversation: str = "c-1", sequence: Any = None, **options: Any
    ) -> Said:
        """Post a consumer's text."""
        return await self.post(bot, make_event(message, conversation=conversation, sequence=sequence), **options)

    async def get(self, path: str) -> Said:
        """Get one of the operators' pages."""
        async with self.client.get(f"{self.server.url}{path}") as answer:
            return await _read(answer)


async def _read(answer: aiohttp.ClientResponse) -> Said:
    body = await answer.read()
    value = orjson.loads(body) if answer.content_type == "application/json" else body.decode()
    return Said(answer.status, value, answer.headers)


def make_event(message: str, *, conversation: str = "c-1", sequence: Any = None) -> dict[str, Any]:
    """Make a text event of the custom integration."""
    lp_event: dict[str, Any] = {"type": "ContentEvent"}
    if sequence is not None:
        lp_event["sequence"] = sequence
    return {"convId": conversation, "message": message, "context": {"lpEvent": lp_event, "lpSdes": {}}}


@asynccontextmanager
async def open_gateway(
    directory: Path, account: Any, *others: Any, max_in_flight: int = 10_000, drain_timeout: float = 30.0
) -> AsyncIterator[Gateway]:
    """Serve accounts given as the YAML document's value."""
    write_accounts(directory, account, *others)
    settings = ServeSettings(config=directory, port=0, max_in_flight=max_in_flight, drain_timeout=drain_timeout)
    # As the command does: before the loop runs.
    accounts = await asyncio.to_thread(load_accounts, directory, {})
    async with Server(accounts, settings) as server, aiohttp.ClientSession() as client:
        yield Gateway(server, client, directory)


def write_accounts(directory: Path, *accounts: Any) -> None:
    """Write one account file each."""
    for number, account in enumerate(accounts):
        with (directory / f"account-{number}.yaml").open("w", encoding="utf-8") as file:
            YAML(typ="safe").dump(account, file)


def make_account(running: Running, **bot_keys: Any) -> dict[str, Any]:
    """Describe an account with one bot per vendor, each at its emulator; `bot_keys` go into every bot."""
    return {
        "account": "83482904",
        "auth": {"api_keys": [KEY]},
        "defaults": {"retry": {"attempts": 3, "initial": 0.01, "maximum": 0.02}, **bot_keys},
        "bots": {name: {"vendor": vendor, "settings": settings} for name, (vendor, settings) in _bots(running).items()},
    }


def _bots(running: Running) -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        "lex": (
            "lex-v2",
            {
                "region": "us-east-1",
                "bot_id": "BOTBRIDGE1",
                "bot_alias_id": "TSTALIASID",
                "locale_id": "en_US",
                "access_key_id": "AKIDEMULATOR",
                "secret_access_key": "lex-emulator",
                "endpoint_url": running["lex"],
            },
        ),
        "dialogflow": (
            "dialogflow-es",
            {
                "project_id": "shop-1",
                "api_endpoint": URL(running["dialogflow"]).authority,
                "insecure": True,
                "auth_type": "none",
            },
        ),
        "dialogflow-cx": (
            "dialogflow-cx",
            {
                "project_id": "shop-1",
                "location": "global",
                "agent_id": "a-1",
                "api_endpoint": URL(running["dialogflow"]).authority,
                "insecure": True,
                "auth_type": "none",
            },
        ),
        "dialogflow-cx-grpc": (
            "dialogflow-cx",
            {
                "project_id": "shop-1",
                "location": "global",
                "agent_id": "a-1",
                "transport": "grpc",
                "api_endpoint": running.dialogflow.grpc_address,
                "insecure": True,
                "auth_type": "none",
            },
        ),
        "watson": (
            "watson-v2",
            {
                "url": running["watson"],
                "assistant_id": "a-1",
                "apikey": "watson-emulator",
                "token_url": f"{running['watson']}/identity/token",
            },
        ),
        "watson-v1": (
            "watson-v1",
            {
                "url": running["watson"],
                "workspace_id": "w-1",
                "apikey": "watson-emulator",
                "token_url": f"{running['watson']}/identity/token",
            },
        ),
        "function": ("function", {"url": f"{running['function']}/bot"}),
    }
