"""A storm of repeats while the first event is under way, at every store: `repeats: STORE`."""

from pathlib import Path
from typing import Final

from tests.chaos.figures import Figures
from tests.chaos.forwarder import Forwarder
from tests.chaos.proxy import Kind, Trouble
from tests.chaos.rig import TOTAL, Setting, converse, measured, open_servers, open_vendors
from tests.redis_server import redis_server

COPIES: Final = 6
BOTS: Final = ("function", "watson", "lex")


async def play(setting: Setting, store: str) -> Figures:
    """Send every event six times at once, to two gateways where they share a store, at vendors that are slow and break."""
    with measured(f"repeats: {store}") as figures:
        if store == "redis":
            with redis_server(setting.directory) as redis:
                await _storm(setting, figures, store=redis.url, gateways=2)
        else:
            await _storm(setting, figures, store=_url(store, setting.directory), gateways=1)
    return figures


def _url(store: str, directory: Path) -> str:
    return store if store == "memory" else f"sqlite:///{directory}/store.db"


async def _storm(setting: Setting, figures: Figures, *, store: str, gateways: int) -> None:
    async with (
        open_vendors(setting) as vendors,
        open_servers(setting, vendors.account, stores=[store] * gateways) as servers,
        Forwarder(figures, [server.url for server in servers], deadline=TOTAL, seed=setting.seed) as forwarder,
    ):
        vendors.strike(Trouble(kind=Kind.DELAY, seconds=0.6))
        await converse(forwarder, setting, BOTS, copies=COPIES, label="slow ")
        vendors.strike(Trouble(kind=Kind.CUT_IN_ANSWER, within=2000))
        for proxy in vendors.proxies.values():
            proxy.reset_all()
        await converse(forwarder, setting, BOTS, copies=COPIES, label="cut ")
        # Long after: the first answer is still the answer.
        vendors.strike(None)
        await converse(forwarder, setting, BOTS, label="slow ")
        figures.faults = vendors.struck
        forwarder.count_doubled(vendors.running.all)
