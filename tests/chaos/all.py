"""Every scenario by its name."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeAlias

from tests.chaos.figures import Figures
from tests.chaos.proxy import Kind
from tests.chaos.rig import Setting
from tests.chaos.scenarios import clocks, disk, neighbours, processes, redis, repeats, vendors

Scenario: TypeAlias = Callable[[Setting], Awaitable[Figures]]

SCENARIOS: Final[dict[str, Scenario]] = {
    **{f"vendors: {kind}": partial(vendors.play, kind=kind) for kind in Kind},
    **{f"repeats: {store}": partial(repeats.play, store=store) for store in ("memory", "sqlite", "redis")},
    **{f"redis: {kind}": partial(redis.play_fault, kind=kind) for kind in Kind},
    "redis: one of two cut off": redis.play_cut_off,
    "redis: restarted": redis.play_restart,
    "redis: fail-over": redis.play_fail_over,
    "processes: three on one Redis": processes.play_redis,
    "processes: one on SQLite": processes.play_sqlite,
    "disk: full for SQLite": disk.play,
    **{f"clocks: {store}": partial(clocks.play, store=store) for store in ("memory", "sqlite")},
    "neighbours: a bot that hangs": neighbours.play,
}
