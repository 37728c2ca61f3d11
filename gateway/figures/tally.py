"""What has happened since the last flush: counted in this process's memory, a few microseconds a turn."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.contract.errors import TurnFailed
from gateway.contract.ports import Add, Append, Entry
from gateway.figures.buckets import Bucket
from gateway.figures.errors import ErrorEntry
from gateway.figures.names import (
    ACTIVE,
    ERRORS_KEPT,
    FINE,
    KEPT,
    RESOLUTIONS,
    STATES_KEPT,
    BotKey,
    name_active,
    name_bucket,
    name_errors,
    name_states,
    write_key,
)
from gateway.figures.states import Told
from gateway.status import BotState
from gateway.turn import Turn

NOT_COUNTED: Final = frozenset({"repeated", "refused", "cancelled"})
"""Outcomes that are no turn of the bot's: `gateway.status` leaves out the same."""
TELL_AGAIN: Final = 86_400.0
"""Seconds after which a state that lasts is told again, so that the archive keeps it for as long as it lasts."""


@dataclass(slots=True)
class BotTally:
    """One bot since the last flush."""

    buckets: dict[int, Bucket] = field(default_factory=dict)
    """By number: seconds since 1970 by FINE."""
    errors: deque[ErrorEntry] = field(default_factory=lambda: deque(maxlen=ERRORS_KEPT))
    states: deque[Told] = field(default_factory=lambda: deque(maxlen=STATES_KEPT))


class Tally:
    """All bots since the last flush; nothing is made for a bot before its first turn."""

    def __init__(self, process: str) -> None:
        self._process = process
        self._told: dict[tuple[BotKey, str | None], tuple[Told, float]] = {}
        """What this process last told of each bot's environment, and when it did."""
        self.bots: dict[BotKey, BotTally] = {}

    def count(self, turn: Turn, now: float) -> None:
        """Take a turn that has ended at `now` (seconds since 1970)."""
        if turn.outcome in NOT_COUNTED:
            return
        key = turn.bot.account, turn.bot.name
        tally = self.bots.get(key)
        if tally is None:
            tally = self.bots[key] = BotTally()
        number = int(now) // FINE
        bucket = tally.buckets.get(number)
        if bucket is None:
            bucket = tally.buckets[number] = Bucket()
        bucket.count(turn)
        if isinstance(turn.error, TurnFailed):
            tally.errors.append(ErrorEntry.of(turn, turn.error, now))
        told = self._tell(key, turn, now)
        if told is not None:
            tally.states.append(told)

    def take(self, size: int) -> list[dict[BotKey, BotTally]]:
        """Take out everything, in parts of `size` bots."""
        taken, self.bots = list(self.bots.items()), {}
        return [dict(taken[begin : begin + size]) for begin in range(0, len(taken), size)]

    def _tell(self, key: BotKey, turn: Turn, now: float) -> Told | None:
        """Tell the state of the bot's environment when it has changed, or has lasted for a day."""
        environment, state = turn.bot.environment, turn.bot.status.state
        last = self._told.get((key, environment))
        if last is None:
            # A failure after a restart says nothing yet: what was known before holds until a turn is answered.
            if state is BotState.ONLINE and turn.error is not None:
                return None
            told = Told(now, self._process, environment, state)
        elif last[0].state is not state:
            told = Told(now, self._process, environment, state)
        elif now - last[1] >= TELL_AGAIN:
            told = last[0]
        else:
            return None
        self._told[key, environment] = told, now
        return told


def write_tallies(tallies: Mapping[BotKey, BotTally]) -> list[Entry]:
    """Write what a flush has to tell the archive."""
    active: dict[tuple[int, int], dict[str, int]] = {}
    entries = [entry for key, tally in tallies.items() for entry in _write_bot(key, tally)]
    for key, tally in tallies.items():
        field_name = write_key(key)
        for number, bucket in tally.buckets.items():
            for period in ACTIVE:
                counts = active.setdefault((period, number * FINE // period), {})
                counts[field_name] = counts.get(field_name, 0) + bucket.turns
    entries += [Add(name_active(*place), counts, ACTIVE[place[0]]) for place, counts in active.items()]
    return entries


def _write_bot(key: BotKey, tally: BotTally) -> Iterator[Entry]:
    sums: dict[tuple[int, int], dict[str, int]] = {}
    for number, bucket in tally.buckets.items():
        counts = list(bucket.list_counts())
        for resolution in RESOLUTIONS:
            total = sums.setdefault((resolution, number * FINE // resolution), {})
            for name, count in counts:
                total[name] = total.get(name, 0) + count
    for (resolution, number), total in sums.items():
        yield Add(name_bucket(key, resolution, number), total, RESOLUTIONS[resolution])
    if tally.errors:
        yield Append(name_errors(key), [error.write() for error in tally.errors], KEPT, ERRORS_KEPT)
    if tally.states:
        yield Append(name_states(key), [told.write() for told in tally.states], KEPT, STATES_KEPT)
