"""An hour in the life of six bots, played in half a minute: what the documentation's pictures show.

Everything is real but the time: turns go through the gateway to the emulators, and the clock is put on between them and while
a vendor is thinking.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import aiohttp

from config.loader import load_accounts
from emulators.dialogflow import DialogflowEmulator
from emulators.emulator import Emulator
from emulators.faults import Fault
from emulators.function import FunctionEmulator
from emulators.lex import LexEmulator
from emulators.server import Running, emulators
from emulators.watson import WatsonEmulator
from gateway.app import Server, ServeSettings
from gateway.console.settings import PAGES, ConsoleSettings
from hooks.context import HookContext
from tests.console.rig import TOKEN, Console
from tests.gateways import Gateway, make_account, write_accounts

BEGINS = datetime(2026, 11, 24, 9, 0, 3, tzinfo=UTC).timestamp()
MINUTES = 62
ACCOUNT = "83482904"
BOTS = {
    "concierge": ("lex", "lex", 0.34),
    "parcels": ("dialogflow", "dialogflow", 0.18),
    "returns": ("dialogflow-cx", "dialogflow", 0.42),
    "billing": ("watson", "watson", 0.65),
    "loyalty": ("watson-v1", "watson", 0.50),
    "store-finder": ("function", "function", 0.05),
}
"""The bot of tests.gateways that each is, the emulator that answers it, and its usual latency in seconds."""
SCRIPTS = (
    ("hello", "where is my parcel", "close"),
    ("hello", "where is my parcel", "hello", "close"),
    ("hello", "agent"),
    ("where is my parcel", "note"),
    ("hello", "hello", "where is my parcel", "agent"),
)
OUTAGE = range(34, 39)
"""Minutes in which Lex throttles what it is asked."""
CURRENT_OUTAGE = range(60, MINUTES)
"""Minutes in which Watson V1 does; nobody has mended that."""


class PlayedClock:
    """Goes on as the machine's clock does, and can be put forward."""

    def __init__(self, begins: float) -> None:
        self._ahead = begins - time.time()

    def time(self) -> float:
        return time.time() + self._ahead

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass at once, and everybody who waits for the loop have a turn."""
        self._ahead += max(0.0, seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def open_stage(directory: Path) -> AsyncIterator[tuple[Console, PlayedClock]]:
    """Serve the six bots and play their hour."""
    clock = PlayedClock(BEGINS)
    async with emulators(
        lex=LexEmulator(sleep=clock.pass_time),
        watson=WatsonEmulator(sleep=clock.pass_time),
        dialogflow=DialogflowEmulator(sleep=clock.pass_time),
        function=FunctionEmulator(sleep=clock.pass_time),
    ) as running:
        write_accounts(directory, make_stage_account(running))
        console = ConsoleSettings(tokens=(TOKEN,), pages=PAGES)
        server = Server(
            await asyncio.to_thread(load_accounts, directory, {}),
            ServeSettings(config=directory, port=0, console=console, drain_timeout=1.0),
        )
        server.runtime.clock = clock
        async with server, aiohttp.ClientSession() as client:
            opened = Console(Gateway(server, client, directory), server)
            await play(opened, running, clock)
            yield opened, clock
            await server.drain()


def make_stage_account(running: Running) -> dict[str, Any]:
    """Describe the six bots."""
    account = make_account(
        running,
        breaker={"failures": 5, "window": 60, "open_for": 45},
        limits={"in_flight": 200, "per_second": 50},
        escalation={"skill": "human_skill", "message": "One moment, I will get a colleague."},
        retry={"attempts": 2, "initial": 0.05, "maximum": 0.1},
    )
    bots = {name: dict(account["bots"][source]) for name, (source, _, _) in BOTS.items()}
    bots["concierge"]["hooks"] = {"pre": ["hooks.redact:redact", f"{__name__}:tag"]}
    return account | {"bots": bots}


def tag(payload: dict[str, Any], ctx: HookContext) -> None:
    """Tell Lex on which channel the consumer is: a pre hook."""
    payload.setdefault("requestAttributes", {})["channel"] = ctx.channel


async def play(console: Console, running: Running, clock: PlayedClock) -> None:
    """Play the hour, minute by minute: more in the middle of it, an outage, another one at its end."""
    random = Random(20_261_124)  # noqa: S311 - always the same hour
    for minute in range(MINUTES):
        ends = BEGINS + 60 * (minute + 1)
        for name, (_, emulator, _) in BOTS.items():
            speaker: Emulator = getattr(running, emulator)
            for _ in range(_busyness(name, minute, random)):
                await _converse(console, speaker, clock, name, minute, random)
        await clock.pass_time(ends - clock.time())


def _busyness(name: str, minute: int, random: Random) -> int:
    """How many conversations a bot has in a minute."""
    if name == "concierge":
        return 2 + (minute % 3 == 0) + 2 * (20 < minute < 50)
    return 2 if name == "loyalty" and minute in CURRENT_OUTAGE else int(random.random() < 0.7)


async def _converse(
    console: Console, emulator: Emulator, clock: PlayedClock, name: str, minute: int, random: Random
) -> None:
    conversation = f"{random.getrandbits(32):08x}-5d1c-4e0b-9a27-{random.getrandbits(48):012x}"
    throttled = (name == "concierge" and minute in OUTAGE) or (name == "loyalty" and minute in CURRENT_OUTAGE)
    for message in random.choice(SCRIPTS):
        pace = BOTS[name][2] * random.lognormvariate(0, 0.35) * (3 if throttled else 1)
        fault = Fault(kind="delay", delay=pace)
        emulator.faults.add(replace(fault, kind="status", status=429) if throttled else fault)
        await console.gateway.say(name, message, conversation=conversation)
        emulator.faults.clear()
        await clock.pass_time(random.uniform(0.2, 1.8))
