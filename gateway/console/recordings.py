"""Recording consumers' turns: off, until an operator switches it on for a bot and a while; all workers see the switch.

A turn of a bot that is not recorded costs one look into a set. What is recorded is redacted (`gateway.console.redaction`) and
kept in the store for an hour, bounded in number and bytes. Much traffic is sampled: the first few turns of every second.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from uuid import uuid4

from gateway.console.records import Record, Source, write_record
from gateway.console.redaction import redact_record
from gateway.contract.ports import Append, Archive, Clock, Entry, Put, Shelf
from gateway.contract.types import AccountId, BotName
from gateway.contract.wire import WireError, dumps, loads
from gateway.figures.names import BotKey
from gateway.figures.times import write_time
from gateway.pipeline import Turn
from gateway.telemetry.logging import get_logger

MAX_SECONDS: Final = 3600
"""For which recording can be switched on at once."""
MAX_BOTS: Final = 20
"""That are recorded at the same time."""
PER_SECOND: Final = 10
"""Turns that one process records in a second; others are left out."""
KEPT: Final = 100
"""Records of a bot."""
KEPT_FOR: Final = 3600.0
"""Seconds."""
AT_A_LOOK: Final = 20
"""The newest records of a bot, among which new ones are looked for."""
LATE: Final = 60.0
"""Seconds that may lie between a turn's beginning and its record."""
MAX_RECORD: Final = 512 * 1024
"""Bytes; of a larger turn the exchange with the vendor is left out."""
SHELF: Final = Shelf("console/turns", 32 * 1024 * 1024)
"""All records together."""
SWITCHES: Final = "console/recording"
TOO_LARGE: Final = "the exchange with the vendor is too large to be recorded"
_log = get_logger("console")


class TooManyRecordings(Exception):
    """As many bots are recorded as may be at once."""


class Recordings:
    """The switches as this process knows them, and the records in the store. An observer of the pipeline."""

    def __init__(self, archive: Archive, clock: Clock, *, note_change: Callable[[AccountId, BotName], None]) -> None:
        """Have `note_change` called with each bot that is recorded from now on, or no longer."""
        self._archive = archive
        self._clock = clock
        self._note_change = note_change
        self._until: dict[BotKey, float] = {}
        self._waiting: list[tuple[float, Turn]] = []
        self._left_out = 0

    def __call__(self, turn: Turn) -> None:
        """Have a turn that has ended recorded, where its bot is."""
        if not self._until:
            return
        until = self._until.get((turn.bot.account, turn.bot.name))
        now = self._clock.time()
        if until is None or now >= until:
            return
        if len(self._waiting) >= PER_SECOND:
            self._left_out += 1
            return
        self._waiting.append((now - turn.steps["total"], turn))

    def find_until(self, key: BotKey) -> str | None:
        """Say until when a bot is recorded, None when it is not."""
        until = self._until.get(key)
        return None if until is None or until <= self._clock.time() else write_time(until)

    @property
    def recorded(self) -> frozenset[BotKey]:
        """The bots that are recorded now."""
        now = self._clock.time()
        return frozenset(key for key, until in self._until.items() if until > now)

    async def switch_on(self, key: BotKey, seconds: int) -> None:
        """Record a bot for so long from now on. Raise TooManyRecordings, StoreFailed."""
        await self.refresh()
        if len(self.recorded - {key}) >= MAX_BOTS:
            raise TooManyRecordings
        until = self._clock.time() + seconds
        await self._write([Put(SWITCHES, _name(key), dumps(until), ttl=seconds)])
        self._replace(self._until | {key: until})

    async def switch_off(self, key: BotKey) -> None:
        """Record a bot no longer; what is recorded stays for its time. Raise StoreFailed."""
        await self._write([Put(SWITCHES, _name(key), None)])
        self._replace({one: until for one, until in self._until.items() if one != key})

    async def refresh(self) -> None:
        """Look at the switches in the store. Raise StoreFailed."""
        (switches,) = await self._archive.read_maps([SWITCHES])
        self._replace(dict(_read_switches(switches)))

    async def flush(self) -> None:
        """Keep what has been recorded since the last time. Raise StoreFailed; what could not be kept is lost."""
        waiting, self._waiting = self._waiting, []
        if self._left_out:
            _log.info("turns-not-recorded", number=self._left_out, reason=f"more than {PER_SECOND} in a second")
            self._left_out = 0
        if waiting:
            await self._write(await asyncio.to_thread(_make_entries, waiting))

    async def read(self, keys: Iterable[BotKey], *, newest: int = KEPT) -> dict[BotKey, list[Record]]:
        """Give bots' records, newest first. Raise StoreFailed."""
        wanted = list(keys)
        if not wanted:
            return {}
        lists = await self._archive.read_lists([_list_name(key) for key in wanted], newest=newest)
        read = await asyncio.to_thread(_read_lists, lists)  # megabytes, where turns are large
        return dict(zip(wanted, read, strict=True))

    def _replace(self, switches: dict[BotKey, float]) -> None:
        changed = [key for key, _ in switches.items() ^ self._until.items()]
        self._until = switches
        for key in dict.fromkeys(changed):
            self._note_change(*key)

    async def _write(self, entries: list[Entry]) -> None:
        await self._archive.write(entries, once=str(uuid4()))


class Arrivals:
    """Finds records that have come since the last look, whichever process made them; one may be found twice."""

    def __init__(self, recordings: Recordings, clock: Clock) -> None:
        self._recordings = recordings
        self._clock = clock
        self._seen: dict[BotKey, frozenset[str]] = {}
        self._looked = clock.time()

    async def look(self) -> list[Record]:
        """Give the new records of the bots that are recorded now, oldest first. Raise StoreFailed."""
        since, self._looked = write_time(self._looked - LATE), self._clock.time()
        found = await self._recordings.read(self._recordings.recorded, newest=AT_A_LOOK)
        new = [
            record
            for key, records in found.items()
            for record in records
            if record["at"] >= since and record["id"] not in self._seen.get(key, ())
        ]
        self._seen = {key: frozenset(record["id"] for record in records) for key, records in found.items()}
        return sorted(new, key=lambda record: str(record["at"]))


def _make_entries(waiting: Iterable[tuple[float, Turn]]) -> list[Entry]:
    """Write records as they are kept: one list for each bot."""
    records: dict[BotKey, list[bytes]] = {}
    for at, turn in waiting:
        content = _write_kept(write_record(turn, Source("recorded", at)))
        if content is not None:
            records.setdefault((turn.bot.account, turn.bot.name), []).append(content)
    return [Append(_list_name(key), kept, ttl=KEPT_FOR, limit=KEPT, shelf=SHELF) for key, kept in records.items()]


def _write_kept(record: Record) -> bytes | None:
    """Write a record redacted, and without what makes it too large; None where it cannot be written at all."""
    try:
        content = dumps(redact_record(record))
        if len(content) > MAX_RECORD:
            record |= {"event": {}, "draft": None, "reply": None, "warnings": [*record["warnings"], TOO_LARGE]}
            record |= {"request": {"built": None, "sent": None}, "answer": {"given": None, "read": None}}
            content = dumps(redact_record(record))
    except WireError as problem:  # a hook has put there what cannot be written
        _log.warning("turn-not-recorded", reason=str(problem))
        return None
    return content


def _read_lists(lists: Iterable[Iterable[bytes]]) -> list[list[Record]]:
    return [[loads(kept) for kept in found] for found in lists]


def _read_switches(switches: Mapping[str, bytes]) -> Iterable[tuple[BotKey, float]]:
    for name, value in switches.items():
        account, _, bot = name.partition("/")
        yield (AccountId(account), BotName(bot)), float(loads(value))


def _name(key: BotKey) -> str:
    return "/".join(key)


def _list_name(key: BotKey) -> str:
    return f"console/turns/{_name(key)}"
