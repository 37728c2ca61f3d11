"""What a scenario stands on: vendors behind fault proxies, and gateways, in this process or in processes of their own."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

from yarl import URL

from config.loader import load_accounts
from emulators.server import Running, emulators
from emulators.watson import WatsonEmulator
from gateway.app import Server, ServeSettings
from gateway.clock import SystemClock
from tests.chaos.figures import Figures
from tests.chaos.forwarder import Forwarder
from tests.chaos.proxy import FaultProxy, Trouble
from tests.gateways import make_account, write_accounts

ATTEMPT: Final = 0.5
"""Seconds for one attempt: chaos is quick."""
TOTAL: Final = 1.0
"""Seconds for a turn."""
BOTS: Final = ("lex", "dialogflow", "dialogflow-cx", "dialogflow-cx-grpc", "watson", "watson-v1", "function")
PEOPLE: Final = {"skill": "people", "message": "One moment, please."}
BOTBRIDGE: Final = Path(sys.executable).with_name("botbridge")


@dataclass(frozen=True, slots=True)
class Setting:
    """How a scenario is to be played."""

    directory: Path
    """Empty, its own."""
    seed: int
    conversations: int
    """At once, with each bot."""
    events: int
    """Of each conversation, one after the other."""


@dataclass(slots=True)
class Vendors:
    """The emulators, each behind a proxy."""

    running: Running
    proxies: Mapping[str, FaultProxy]
    account: dict[str, Any] = field(default_factory=dict)
    """An account whose bots reach them through the proxies, with an escalation."""

    def strike(self, trouble: Trouble | None) -> None:
        """Have trouble on all of them, or none."""
        for proxy in self.proxies.values():
            proxy.trouble = trouble

    @property
    def struck(self) -> int:
        """Count the faults played."""
        return sum(sum(proxy.struck.values()) for proxy in self.proxies.values())


@asynccontextmanager
async def open_vendors(
    setting: Setting, *, watson: WatsonEmulator | None = None, **bot_keys: Any
) -> AsyncIterator[Vendors]:
    """Run every emulator behind a proxy; `bot_keys` go into every bot."""
    async with AsyncExitStack() as opened:
        running = await opened.enter_async_context(emulators(watson=watson))
        addresses = {name: URL(url).authority for name, url in running.items()}
        addresses["grpc"] = running.dialogflow.grpc_address
        proxies = {}
        for number, (name, address) in enumerate(addresses.items()):
            host, _, port = address.rpartition(":")
            proxy = FaultProxy(host, int(port), seed=setting.seed * 100 + number)
            proxies[name] = await opened.enter_async_context(proxy)
        keys = {"timeouts": {"attempt": ATTEMPT, "total": TOTAL}, "escalation": PEOPLE, **bot_keys}
        detours = {address: proxies[name].address for name, address in addresses.items()}
        yield Vendors(running, proxies, _redirect(make_account(running, **keys), detours))


def _redirect(value: Any, detours: Mapping[str, str]) -> Any:
    """Replace addresses within a document."""
    match value:
        case dict():
            return {key: _redirect(each, detours) for key, each in value.items()}
        case list():
            return [_redirect(each, detours) for each in value]
        case str():
            for address, detour in detours.items():
                value = value.replace(address, detour)
    return value


@asynccontextmanager
async def open_servers(
    setting: Setting, *accounts: Any, stores: Sequence[str] = ("memory",), clock: SystemClock | None = None
) -> AsyncIterator[list[Server]]:
    """Serve accounts from this process: one gateway for each store, which may all be the same one."""
    write_accounts(setting.directory, *accounts)
    loaded = await asyncio.to_thread(load_accounts, setting.directory, {})
    async with AsyncExitStack() as opened:
        servers = []
        for store in stores:
            server = Server(loaded, ServeSettings(config=setting.directory, port=0, store=store))
            if clock is not None:
                server.runtime.clock = clock
            servers.append(await opened.enter_async_context(server))
        yield servers


@asynccontextmanager
async def serve(setting: Setting, store: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Run `botbridge serve` as a process; give it and its URL. It is killed at the end, unless it has ended."""
    process = await asyncio.create_subprocess_exec(
        BOTBRIDGE,
        *("serve", "--config", str(setting.directory), "--port", "0", "--log-level", "error", "--store", store),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode()
        assert line.startswith("listening on "), f"botbridge serve said {line!r}"
        yield process, line.removeprefix("listening on ").strip()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@contextmanager
def measured(scenario: str) -> Iterator[Figures]:
    """Make a scenario's figures, and take its time."""
    figures, began = Figures(scenario), monotonic()
    try:
        yield figures
    finally:
        figures.seconds = monotonic() - began


async def converse(
    forwarder: Forwarder, setting: Setting, bots: tuple[str, ...], *, copies: int = 1, label: str = ""
) -> None:
    """Let every bot have its conversations, all at once; within one, an event follows the answer to the one before."""

    async def one(bot: str, number: int) -> None:
        for event in range(setting.events):
            await forwarder.deliver(
                bot,
                f"{label}{bot} {number} {event}",
                conversation=f"{label}c{number}",
                sequence=event,
                copies=copies,
            )

    await asyncio.gather(*(one(bot, number) for bot in bots for number in range(setting.conversations)))
