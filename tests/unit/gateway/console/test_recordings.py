from pathlib import Path
from typing import Any

import pytest

from gateway.console.recordings import KEPT, MAX_BOTS, PER_SECOND, TOO_LARGE, Arrivals, Recordings, TooManyRecordings
from gateway.console.records import Source, write_record, write_summary
from gateway.contract.types import AccountId, BotName
from gateway.figures.names import BotKey
from gateway.sessions.memory_archive import MemoryArchive
from gateway.turn import Turn
from tests.console_turns import ACCOUNT, make_payload, open_stage
from tests.fakes import FakeClock

KEY: BotKey = (AccountId(ACCOUNT), BotName("own"))
HELLO = {"messages": ["Hello!"], "context": {}}


class Bench:
    """Two processes at one store."""

    def __init__(self) -> None:
        self.clock = FakeClock(1_790_000_000.0)
        self.changed: list[BotKey] = []
        archive = MemoryArchive(self.clock)
        self.here = Recordings(archive, self.clock, note_change=lambda *key: self.changed.append(key))
        self.there = Recordings(archive, self.clock, note_change=lambda *_: None)
        self.arrivals = Arrivals(archive)

    async def read(self) -> list[Any]:
        """Read at the other process what is kept of the bot's turns."""
        return await self.there.read(KEY)


async def take_turn(directory: Path, answer: Any = None, *, turns: int = 1, **event: Any) -> list[Turn]:
    async with open_stage(directory) as stage:
        return [await stage.play(make_payload(answer or HELLO, **event)) for _ in range(turns)]


async def test_nothing_is_recorded_until_it_is_switched_on(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path)
    bench.here(turn)
    await bench.here.flush()
    assert (await bench.read(), bench.here.find_until(KEY), bench.here.recorded) == ([], None, frozenset())


async def test_a_recorded_turn_is_what_the_other_process_reads_redacted(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path, message="mail ann@example.com")
    await bench.here.switch_on(KEY, 60)
    bench.clock.advance(10)
    bench.here(turn)
    await bench.here.flush()
    (record,) = await bench.read()
    expected = write_record(turn, Source("recorded", bench.clock.now - turn.steps["total"]))
    masked = {"message": "mail [email]"}
    assert record == expected | {
        "id": record["id"],
        "event": (turn.event.payload | masked),
        "request": {"built": (turn.built or {}) | masked, "sent": (turn.request or {}) | masked},
    }


async def test_every_process_sees_the_switch_and_its_end(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path)
    await bench.here.switch_on(KEY, 60)
    assert (bench.here.find_until(KEY), bench.there.find_until(KEY)) == ("2026-09-21T14:14:20.000Z", None)
    await bench.there.refresh()
    assert (bench.there.find_until(KEY), bench.there.recorded) == ("2026-09-21T14:14:20.000Z", frozenset({KEY}))
    bench.clock.advance(60)
    bench.there(turn)
    await bench.there.flush()
    assert (await bench.read(), bench.there.find_until(KEY), bench.there.recorded) == ([], None, frozenset())


async def test_it_can_be_switched_off_and_what_is_recorded_stays(tmp_path: Path) -> None:
    bench = Bench()
    first, second = await take_turn(tmp_path, turns=2)
    await bench.here.switch_on(KEY, 60)
    bench.here(first)
    await bench.here.flush()
    await bench.here.switch_off(KEY)
    bench.here(second)
    await bench.here.flush()
    await bench.there.refresh()
    assert (len(await bench.read()), bench.there.find_until(KEY)) == (1, None)
    assert bench.changed == [KEY, KEY]
    bench.clock.advance(3600)
    assert await bench.read() == []


async def test_other_bots_are_not_recorded(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path)
    await bench.here.switch_on((KEY[0], BotName("other")), 60)
    bench.here(turn)
    await bench.here.flush()
    assert await bench.read() == []


async def test_much_traffic_is_sampled(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path)
    await bench.here.switch_on(KEY, 60)
    for _ in range(PER_SECOND + 5):
        bench.here(turn)
    await bench.here.flush()
    assert len(await bench.read()) == PER_SECOND
    bench.here(turn)
    await bench.here.flush()
    assert len(await bench.read()) == PER_SECOND + 1


async def test_of_many_the_newest_are_kept(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path)
    await bench.here.switch_on(KEY, 3600)
    for _ in range(KEPT // PER_SECOND + 1):
        bench.clock.advance(1)
        for _ in range(PER_SECOND):
            bench.here(turn)
        await bench.here.flush()
    times = [record["at"] for record in await bench.read()]
    assert len(times) == KEPT
    assert times == sorted(times, reverse=True)


async def test_of_a_large_turn_the_exchange_is_left_out(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path, {"messages": ["x" * 200_000], "context": {}})
    await bench.here.switch_on(KEY, 60)
    bench.here(turn)
    await bench.here.flush()
    (record,) = await bench.read()
    nothing = {"given": None, "read": None}
    assert (record["event"], record["answer"], record["draft"], record["reply"]) == ({}, nothing, None, None)
    assert record["request"] == {"built": None, "sent": None}
    assert (record["warnings"], record["outcome"], len(record["spans"])) == ([TOO_LARGE], "answered", 3)


async def test_a_turn_that_cannot_be_written_costs_only_itself(tmp_path: Path) -> None:
    bench = Bench()
    bad, good = await take_turn(tmp_path, turns=2)
    bad.given = {"odd": object()}
    await bench.here.switch_on(KEY, 60)
    bench.here(bad)
    bench.here(good)
    await bench.here.flush()
    assert len(await bench.read()) == 1


async def test_so_many_bots_and_no_more() -> None:
    bench = Bench()
    keys = [(AccountId("1"), BotName(f"bot-{number}")) for number in range(MAX_BOTS + 1)]
    for key in keys[:-1]:
        await bench.there.switch_on(key, 60)
    with pytest.raises(TooManyRecordings):
        await bench.here.switch_on(keys[-1], 60)
    await bench.here.switch_on(keys[0], 120)
    bench.clock.advance(60)
    await bench.here.switch_on(keys[-1], 60)
    assert bench.here.recorded == {keys[0], keys[-1]}


async def test_what_has_arrived_since_the_last_look(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path)
    await bench.here.switch_on(KEY, 3600)
    bench.here(turn)
    await bench.here.flush()
    assert await bench.arrivals.look() == [write_summary(record) for record in await bench.read()]
    assert await bench.arrivals.look() == []
    for _ in range(2):
        bench.clock.advance(1)
        bench.here(turn)
    await bench.here.flush()
    newest, second, _ = await bench.read()
    assert await bench.arrivals.look() == [write_summary(second), write_summary(newest)]
    assert await bench.arrivals.look() == []


async def test_what_is_long_past_has_not_just_arrived(tmp_path: Path) -> None:
    bench = Bench()
    (turn,) = await take_turn(tmp_path)
    await bench.here.switch_on(KEY, 3600)
    bench.here(turn)
    await bench.here.flush()
    bench.clock.advance(30)
    assert await bench.arrivals.look() == []
    assert len(await bench.read()) == 1
