"""One brand's bot hangs; another brand's must not notice: `neighbours: a bot that hangs`."""

import asyncio
from copy import deepcopy
from time import monotonic
from typing import Final

from tests.chaos.figures import Figures
from tests.chaos.forwarder import Forwarder
from tests.chaos.proxy import Kind, Trouble
from tests.chaos.rig import Setting, measured, open_vendors, serve
from tests.gateways import KEY, write_accounts

QUICK_ACCOUNT, QUICK_KEY = "10000001", "key-of-10000001"
HANG: Final = 4.0
"""Seconds for a turn of the bot that hangs."""
HANGING: Final = 100
"""Turns that hang at any moment."""
LANES: Final = 4
"""Turns of the quick bot under way at any moment."""
LIMIT: Final = 0.5
"""Seconds: the quick bot's p99 while the other one hangs, or so many times what it is alone on a machine that is slow."""
TIMES: Final = 5


async def play(setting: Setting) -> Figures:
    """Measure the quick bot alone, then while a hundred turns of another account's bot hang at the same kind of vendor."""
    with measured("neighbours: a bot that hangs") as figures:
        async with open_vendors(setting, timeouts={"attempt": HANG, "total": HANG}) as vendors:
            other = deepcopy(vendors.account)
            other["account"], other["auth"] = QUICK_ACCOUNT, {"api_keys": [QUICK_KEY]}
            # The quick brand's vendor is reached directly, the slow brand's through the proxy.
            other["bots"]["function"]["settings"]["url"] = f"{vendors.running['function']}/bot"
            write_accounts(setting.directory, vendors.account, other)
            async with (
                serve(setting, "memory") as (_process, url),
                Forwarder(figures, [url], deadline=HANG, seed=setting.seed) as forwarder,
            ):
                per_lane = 20 * setting.events
                quiet = await _measure(forwarder, per_lane, "quiet")
                vendors.strike(Trouble(kind=Kind.HALF_OPEN))
                stop = asyncio.Event()
                hanging = [asyncio.ensure_future(_hang(forwarder, number, stop)) for number in range(HANGING)]
                await asyncio.sleep(HANG / 4)
                beside = await _measure(forwarder, per_lane, "beside")
                stop.set()
                await asyncio.gather(*hanging)
                forwarder.count_doubled(vendors.running.all)
                figures.faults = vendors.struck
        figures.note = f"quick bot's p99 {quiet * 1000:.0f} ms alone, {beside * 1000:.0f} ms beside the one that hangs"
        if beside > (allowed := max(LIMIT, TIMES * quiet)):
            figures.problems.append(f"the quick bot's p99 was {beside:.2f} s; {allowed:.2f} s are allowed")
        if figures.answered != 2 * LANES * per_lane:
            figures.problems.append("an event of the quick bot was not answered by it, or one of the other was")
    return figures


async def _measure(forwarder: Forwarder, per_lane: int, label: str) -> float:
    """Give the quick bot's 99th percentile, in seconds."""
    took: list[float] = []

    async def lane(number: int) -> None:
        for event in range(per_lane):
            began = monotonic()
            await forwarder.deliver(
                "function",
                f"{label} {number} {event}",
                conversation=f"{label}{number}",
                sequence=event,
                account=QUICK_ACCOUNT,
                key=QUICK_KEY,
            )
            took.append(monotonic() - began)

    await asyncio.gather(*(lane(number) for number in range(LANES)))
    return sorted(took)[int(0.99 * len(took))]


async def _hang(forwarder: Forwarder, number: int, stop: asyncio.Event) -> None:
    await asyncio.sleep(HANG / 4 * number / HANGING)  # spread, as consumers are
    event = 0
    while not stop.is_set():
        event += 1
        await forwarder.deliver(
            "function", f"hang {number} {event}", conversation=f"h{number}", sequence=event, key=KEY
        )
