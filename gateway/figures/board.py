"""The overview of all bots, in this process's memory while somebody looks at it: the last half hour, states, newest errors.

A refresh asks which bots had turns, then reads only what of them has changed.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.contract.ports import Archive
from gateway.contract.types import Json
from gateway.figures.buckets import read_bins
from gateway.figures.errors import ErrorEntry
from gateway.figures.histogram import read_percentiles
from gateway.figures.lives import Life, Live, Presence, Sign, add_up
from gateway.figures.names import (
    LIVES,
    LIVES_KEPT,
    MINUTE,
    STATES_KEPT,
    WEEK,
    BotKey,
    name_active,
    name_bucket,
    name_errors,
    name_states,
    read_key,
)
from gateway.figures.parts import read_in_parts, spread
from gateway.figures.states import Stretch, Told, replay
from gateway.figures.times import write_time

MINUTES: Final = 30
"""Points of a bot's small charts."""


@dataclass(slots=True)
class Row:
    """One bot that had turns in the last two weeks."""

    told: list[Told] = field(default_factory=list)
    current: Stretch | None = None
    error: ErrorEntry | None = None
    turns: dict[int, int] = field(default_factory=dict)
    """By minute since 1970."""
    medians: dict[int, float | None] = field(default_factory=dict)
    """Milliseconds."""

    def drop_before(self, minute: int) -> None:
        """Forget earlier minutes."""
        self.turns = {number: turns for number, turns in self.turns.items() if number >= minute}
        self.medians = {number: median for number, median in self.medians.items() if number >= minute}


class Board:
    """Filled by `refresh`; everything else only looks at it."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._rows: dict[BotKey, Row] = {}
        self._live: dict[BotKey, Live] = {}
        self._processes: frozenset[str] = frozenset()
        """Those that gave signs of life at the last refresh."""
        self._ended: list[Life] = []
        self._presence = Presence()
        self._minute: int | None = None
        """The newest one that was read; None before the first refresh."""

    async def refresh(self, own: Sign, now: float) -> set[BotKey]:
        """Read what has changed, and give the bots that look different now. `own` is this process's sign of life.

        Raise StoreFailed; then nothing has changed here, and the next refresh reads it all again.
        """
        minute = int(now) // MINUTE
        oldest = minute - MINUTES + 1
        # All of them at first, and when the clock was set back.
        known_until = oldest if self._minute is None or minute < self._minute else self._minute - 1
        numbers = range(max(oldest, known_until), minute + 1)
        signs, active, known = await asyncio.gather(
            self._read_signs(own),
            self._archive.read_counts([name_active(MINUTE, number) for number in numbers]),
            self._read_known(now),
        )
        turns = self._find_new_turns(dict(zip(numbers, active, strict=True)))
        keys = known | {key for key, _ in turns}
        medians, told, errors, ended = await asyncio.gather(
            read_in_parts(self._read_medians, [name_bucket(key, MINUTE, at) for key, at in turns]),
            read_in_parts(self._read_told, [name_states(key) for key in keys]),
            read_in_parts(self._read_errors, [name_errors(key) for key in keys]),
            self._read_ended(signs.keys()),
        )
        presence = Presence([*ended, *(sign.make_life(now) for sign in signs.values())])
        of_keys = dict(zip(keys, told, strict=True))
        others = {key: row.told for key, row in self._rows.items()} if presence != self._presence else {}
        states = {key: replay(said, presence)[-1] async for key, said in spread((others | of_keys).items())}
        # No await from here on: all of it is taken, or none.
        for key, error in zip(keys, errors, strict=True):
            row = self._rows.setdefault(key, Row())
            row.told, row.error = of_keys[key], error
        for ((key, at), count), median in zip(turns.items(), medians, strict=True):
            row = self._rows[key]
            row.turns[at], row.medians[at] = count, median
        moved = self._drop_before(oldest) if self._minute is not None and minute > self._minute else set()
        self._minute, self._presence = minute, presence
        self._processes, self._ended = frozenset(signs), ended
        return keys | moved | self._take_states(states) | self._take_live(signs.values(), now)

    def show(self, key: BotKey, now: float) -> Json:
        """Show a bot's part of BOT; one that never had a turn has been Online since a process lived."""
        row = self._rows.get(key)
        minutes = range(int(now) // MINUTE - MINUTES + 1, int(now) // MINUTE + 1)
        current = self.read_states([])[-1] if row is None or row.current is None else row.current
        live = self._live.get(key, Live())
        return {
            "state": current.state,
            "since": write_time(current.since),
            "circuit": live.circuit,
            "inFlight": live.in_flight,
            "latencyMs": [None if row is None else row.medians.get(minute) for minute in minutes],
            "turns": [0 if row is None else row.turns.get(minute, 0) for minute in minutes],
            "lastError": None if row is None or row.error is None else row.error.show_as_last(),
        }

    def read_states(self, told: Iterable[Told]) -> list[Stretch]:
        """Give the states of a bot of which this was told; never empty once refreshed, since this process lives."""
        return replay(told, self._presence)

    # --- What a refresh does ------------------------------------------------------------------------------------------

    async def _read_signs(self, own: Sign) -> dict[str, Sign]:
        (fields,) = await self._archive.read_maps([LIVES])
        # This process lives, and knows itself best, whatever the archive has of it.
        return {process: Sign.read(process, kept) for process, kept in fields.items()} | {own.process: own}

    async def _read_known(self, now: float) -> set[BotKey]:
        """List the bots that had turns in this week or the last: once, for their states and errors."""
        if self._minute is not None:
            return set()
        week = int(now) // WEEK
        weeks = await self._archive.read_counts([name_active(WEEK, number) for number in (week - 1, week)])
        return {read_key(key) for counts in weeks for key in counts}

    async def _read_medians(self, names: Sequence[str]) -> list[float | None]:
        buckets = await self._archive.read_counts(names)
        return [median for counts in buckets for median in read_percentiles(read_bins(counts), 0.5)]

    async def _read_told(self, names: Sequence[str]) -> list[list[Told]]:
        lists = await self._archive.read_lists(names, newest=STATES_KEPT)
        return [[Told.read(kept) for kept in entries] for entries in lists]

    async def _read_errors(self, names: Sequence[str]) -> list[ErrorEntry | None]:
        lists = await self._archive.read_lists(names, newest=1)
        return [ErrorEntry.read(entries[0]) if entries else None for entries in lists]

    async def _read_ended(self, processes: Collection[str]) -> list[Life]:
        """List the lives that have ended: there are new ones only when a process has begun or ended."""
        if self._processes == frozenset(processes):
            return self._ended
        (ended,) = await self._archive.read_lists([LIVES], newest=LIVES_KEPT)
        return [Life.read(kept) for kept in ended]

    def _find_new_turns(self, active: Mapping[int, Mapping[str, int]]) -> dict[tuple[BotKey, int], int]:
        """Give the bots' minutes that have other numbers of turns than they had, and those numbers."""
        return {
            (key, minute): turns
            for minute, counts in active.items()
            for key, turns in ((read_key(text), turns) for text, turns in counts.items())
            if key not in self._rows or self._rows[key].turns.get(minute) != turns
        }

    def _take_states(self, states: Mapping[BotKey, Stretch]) -> set[BotKey]:
        changed = {key for key, current in states.items() if self._rows[key].current != current}
        for key in changed:
            self._rows[key].current = states[key]
        return changed

    def _take_live(self, signs: Iterable[Sign], now: float) -> set[BotKey]:
        before, self._live = self._live, add_up(signs, now)
        return {key for key in before.keys() | self._live.keys() if before.get(key) != self._live.get(key)}

    def _drop_before(self, minute: int) -> set[BotKey]:
        """Forget minutes that have left the charts, and give the bots whose charts have moved on."""
        moved = {key for key, row in self._rows.items() if row.turns}
        for key in moved:
            self._rows[key].drop_before(minute)
        return moved
