"""Every vendor behind a proxy that plays one kind of fault, then well again: `vendors: KIND`."""

import asyncio
from time import monotonic
from typing import Final

from tests.chaos.figures import Figures
from tests.chaos.forwarder import Forwarder
from tests.chaos.proxy import Kind, Trouble
from tests.chaos.rig import ATTEMPT, BOTS, TOTAL, Setting, Vendors, converse, measured, open_servers, open_vendors

TROUBLES: Final = {
    Kind.CUT_AT_CONNECT: Trouble(kind=Kind.CUT_AT_CONNECT, share=0.5),
    Kind.CUT_IN_REQUEST: Trouble(kind=Kind.CUT_IN_REQUEST, within=800),
    Kind.CUT_IN_ANSWER: Trouble(kind=Kind.CUT_IN_ANSWER, within=600),
    Kind.RESET: Trouble(kind=Kind.RESET, within=600),
    Kind.DELAY: Trouble(kind=Kind.DELAY, within=300, seconds=2 * ATTEMPT),
    Kind.HALF_OPEN: Trouble(kind=Kind.HALF_OPEN, within=800),
    Kind.DRIP: Trouble(kind=Kind.DRIP, within=500, seconds=ATTEMPT / 100),
    Kind.GARBAGE: Trouble(kind=Kind.GARBAGE, within=600),
}
RECOVERY: Final = 10.0
"""Seconds in which every bot must answer again once its vendor is well."""


async def play(setting: Setting, kind: Kind) -> Figures:
    """Talk to all bots while their vendors' connections fail, then see that all of them answer again."""
    with measured(f"vendors: {kind}") as figures:
        async with (
            open_vendors(setting) as vendors,
            open_servers(setting, vendors.account) as [server],
            Forwarder(figures, [server.url], deadline=TOTAL, seed=setting.seed) as forwarder,
        ):
            vendors.strike(TROUBLES[kind])
            await converse(forwarder, setting, BOTS)
            vendors.strike(None)
            await asyncio.gather(*(recover(forwarder, bot) for bot in BOTS))
            forwarder.count_doubled(vendors.running.all)
            figures.faults = vendors.struck
            _require_faults(figures, vendors)
    return figures


async def recover(forwarder: Forwarder, bot: str) -> None:
    """Say something new until the bot itself answers."""
    until = monotonic() + RECOVERY
    number = 0
    while monotonic() < until:
        number += 1
        delivery = await forwarder.deliver(bot, f"{bot} again {number}", conversation=f"r{number}", sequence=number)
        if delivery is not None and not delivery.is_escalation:
            return
    forwarder.figures.problems.append(f"{bot} did not answer again within {RECOVERY:g} s")


def _require_faults(figures: Figures, vendors: Vendors) -> None:
    for name, proxy in vendors.proxies.items():
        if not proxy.struck:
            figures.problems.append(f"no fault was played at {name}: the scenario shows nothing of it")
