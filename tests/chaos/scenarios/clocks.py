"""Clocks that jump while turns are under way, tokens are in use and answers are kept: `clocks: STORE`."""

import asyncio
import random
from typing import Final

from emulators.watson import WatsonEmulator
from gateway.clock import SystemClock
from tests.chaos.figures import Figures
from tests.chaos.forwarder import Forwarder
from tests.chaos.rig import BOTS, Setting, converse, measured, open_servers, open_vendors

DAY: Final = 86_400.0
TOKEN_LIFETIME: Final = 300
ASLEEP: Final = 290.0
"""Seconds that the machine sleeps: IBM's tokens are at their end then, answers and conversations are still kept."""
PATIENT: Final = 20.0
"""Seconds for a turn: nothing is slow here but, perhaps, the machine."""
WATSON_BOTS: Final = 2
"""Each with a token of its own."""
ROUNDS: Final = 3


class JumpingClock(SystemClock):
    """The machine's clock, whose time of day is set forwards and backwards, and which goes on while the machine sleeps."""

    def __init__(self) -> None:
        self.offset = 0.0
        """Seconds by which the time of day is wrong."""
        self.asleep = 0.0
        """Seconds that the machine has slept."""

    def time(self) -> float:
        """Give the time of day."""
        return super().time() + self.asleep + self.offset

    def monotonic(self) -> float:
        """Give seconds that only go forward."""
        return super().monotonic() + self.asleep


async def play(setting: Setting, store: str) -> Figures:
    """Talk while the time of day jumps by up to a month, sleep, talk again; then repeat everything at either end."""
    clock = JumpingClock()
    watson = WatsonEmulator(token_lifetime=TOKEN_LIFETIME)
    with measured(f"clocks: {store}") as figures:
        url = store if store == "memory" else f"sqlite:///{setting.directory}/store.db"
        async with (
            open_vendors(setting, watson=watson, timeouts={"attempt": PATIENT, "total": PATIENT}) as vendors,
            open_servers(setting, vendors.account, stores=[url], clock=clock) as [server],
            Forwarder(figures, [server.url], deadline=PATIENT, seed=setting.seed) as forwarder,
        ):
            jumping = asyncio.ensure_future(_jump(clock, figures, setting.seed))
            try:
                for number in range(2 * ROUNDS):
                    if number == ROUNDS:
                        clock.asleep += ASLEEP
                    await converse(forwarder, setting, BOTS, label=f"{number} ")
            finally:
                jumping.cancel()
                await asyncio.wait({jumping})
            for clock.offset in (30 * DAY, -30 * DAY):
                for number in range(2 * ROUNDS):
                    await converse(forwarder, setting, BOTS, label=f"{number} ")
            forwarder.count_doubled(vendors.running.all)
            tokens = sum(request.stage == "token" for request in vendors.running.watson.requests)
    if tokens != 2 * WATSON_BOTS:
        figures.problems.append(
            f"{tokens} tokens were fetched; one before and one after the sleep for each bot is right"
        )
    if figures.escalated:
        figures.problems.append(f"{figures.escalated} events were not answered by the bot: a jump changed something")
    return figures


async def _jump(clock: JumpingClock, figures: Figures, seed: int) -> None:
    chance = random.Random(f"clocks/{seed}")  # noqa: S311 - not for secrets
    while True:
        clock.offset = chance.uniform(-30 * DAY, 30 * DAY)
        figures.faults += 1
        await asyncio.sleep(0.02)
