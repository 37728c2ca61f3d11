"""Recording consumers' turns: off, until an operator switches it on for a bot and a while; all workers see the switch.

A turn of a bot that is not recorded costs one look into a set. What is recorded is redacted (`gateway.console.redaction`) and
kept in the store for an hour, bounded in number and bytes. Much traffic is sampled: the first few turns of every second.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from uuid import uuid4

from gateway.console.records import Record, Source, write_record, write_summary
from gateway.console.redaction import redact_record
from gateway.contract.ports import Append, Archive, Clock, Entry, Put, Shelf
from gateway.contract.types import AccountId, BotName, Json
from gateway.contract.wire import WireError, dumps, loads
from gateway.figures.names import BotKey
from gateway.figures.times import write_time
from gateway.telemetry.logging import get_logger
from gateway.turn import Turn

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
ARRIVALS: Final = "console/arrivals"
ARRIVALS_KEPT: Final = 200
"""Summaries, of all bots together."""
ARRIVALS_KEPT_FOR: Final = 30.0
"""Seconds."""
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
        self._looking = asyncio.Lock()
        """Held from look to change: what was seen before a switch must not undo it."""

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
        async with self._looking:
            await self._refresh()
            if len(self.recorded - {key}) >= MAX_BOTS:
                raise TooManyRecordings
            until = self._clock.time() + seconds
            await self._write([Put(SWITCHES, _name(key), dumps(until), ttl=seconds)])
            self._replace(self._until | {key: until})

    async def switch_off(self, key: BotKey) -> None:
        """Record a bot no longer; what is recorded stays for its time. Raise StoreFailed."""
        async with self._looking:
            await self._write([Put(SWITCHES, _name(key), None)])
            self._replace({one: until for one, until in self._until.items() if one != key})

    async def refresh(self) -> None:
        """Look at the switches in the store. Raise StoreFailed."""
        async with self._looking:
            await self._refresh()

    async def _refresh(self) -> None:
        (switches,) = await self._archive.read_maps([SWITCHES])
        self._replace(dict(_read_switches(switches)))

    async def flush(self) -> None:
        """Keep what has been recorded since the last time. Raise StoreFailed; what could not be kept is lost."""
        waiting, self._waiting = self._waiting, []
        if self._left_out:
            _log.info("turns-not-recorded", number=self._left_out, reason=f"more than {PER_SECOND} in a second")
            self._left_out = 0
        if waiting and (entries := await asyncio.to_thread(_make_entries, waiting)):
            await self._write(entries)

    async def read(self, key: BotKey) -> list[Record]:
        """Give a bot's records, newest first. Raise StoreFailed."""
        (kept,) = await self._archive.read_lists([_list_name(key)], newest=KEPT)
        # Megabytes, where turns are large.
        return await asyncio.to_thread(lambda: [loads(one) for one in kept])

    def _replace(self, switches: dict[BotKey, float]) -> None:
        changed = [key for key, _ in switches.items() ^ self._until.items()]
        self._until = switches
        for key in dict.fromkeys(changed):
            self._note_change(*key)

    async def _write(self, entries: list[Entry]) -> None:
        await self._archive.write(entries, once=str(uuid4()))


class Arrivals:
    """Finds what has been recorded since the last look, by whichever process; at first, what is half a minute old at most."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._seen: frozenset[str] = frozenset()

    async def look(self) -> list[Json]:
        """Give the summaries of the new records, oldest first. Raise StoreFailed."""
        (kept,) = await self._archive.read_lists([ARRIVALS], newest=ARRIVALS_KEPT)
        summaries = [loads(one) for one in reversed(kept)]
        new = [summary for summary in summaries if summary["id"] not in self._seen]
        self._seen = frozenset(summary["id"] for summary in summaries)
        return new


def _make_entries(waiting: Iterable[tuple[float, Turn]]) -> list[Entry]:
    """Write records as they are kept: one list for each bot, and the summaries of all for who wants to hear of them."""
    records: dict[BotKey, list[bytes]] = {}
    summaries = []
    for at, turn in waiting:
        record = write_record(turn, Source("recorded", at))
        content = _write_kept(record)
        if content is not None:
            records.setdefault((turn.bot.account, turn.bot.name), []).append(content)
            summaries.append(dumps(write_summary(record)))
    lists = [Append(_list_name(key), kept, ttl=KEPT_FOR, limit=KEPT, shelf=SHELF) for key, kept in records.items()]
    return [*lists, Append(ARRIVALS, summaries, ttl=ARRIVALS_KEPT_FOR, limit=ARRIVALS_KEPT)] if lists else []


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


def _read_switches(switches: Mapping[str, bytes]) -> Iterable[tuple[BotKey, float]]:
    for name, value in switches.items():
        account, _, bot = name.partition("/")
        yield (AccountId(account), BotName(bot)), float(loads(value))


def _name(key: BotKey) -> str:
    return "/".join(key)


def _list_name(key: BotKey) -> str:
    return f"console/turns/{_name(key)}"
