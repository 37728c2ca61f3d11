"""A SQLite store whose disk is full, and has room again: `disk: full for SQLite`.

The limit is RLIMIT_FSIZE of the running gateway, which needs no rights: SQLite may not make its files any longer.
"""

import resource
from typing import Final

from tests.chaos.figures import Figures
from tests.chaos.forwarder import Forwarder
from tests.chaos.rig import TOTAL, Setting, converse, measured, open_vendors, serve
from tests.chaos.scenarios.vendors import recover
from tests.gateways import write_accounts

BOTS: Final = ("function", "watson", "watson-v1")


async def play(setting: Setting) -> Figures:
    """Talk before, while and after the disk is full; then say everything once more."""
    with measured("disk: full for SQLite") as figures:
        store = f"sqlite:///{setting.directory}/store.db"
        async with open_vendors(setting) as vendors:
            write_accounts(setting.directory, vendors.account)
            async with (
                serve(setting, store) as (process, url),
                Forwarder(figures, [url], deadline=TOTAL, seed=setting.seed) as forwarder,
            ):
                _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
                await converse(forwarder, setting, BOTS, label="before ")
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, hard))
                figures.faults += 1
                await converse(forwarder, setting, BOTS, copies=2, label="full ")
                # What could not be kept is known all the same, as long as the process lives.
                await converse(forwarder, setting, BOTS, label="before ")
                await converse(forwarder, setting, BOTS, label="full ")
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
                await converse(forwarder, setting, BOTS, label="after ")
                for label in ("before ", "full ", "after "):
                    await converse(forwarder, setting, BOTS, label=label)
                for bot in BOTS:
                    await recover(forwarder, bot)
                forwarder.count_doubled(vendors.running.all)
    return figures
