from collections.abc import Mapping, Sequence

import pytest

from gateway.contract.ports import Place, StoreFailed
from gateway.sessions.memory_archive import MemoryArchive
from gateway.sessions.repeats import Answer
from gateway.sessions.sealing import Seal
from gateway.sessions.unkept import UnkeptAnswers
from gateway.sessions.visits import Sessions
from tests.fakes import FakeClock
from tests.unit.gateway.sessions.conftest import Work, run_turn

FIRST = Answer(b'{"messages":["1"]}', "code", "id")
SECOND = Answer(b'{"messages":["2"]}')
REPEAT = Answer(FIRST.body, "code", "id", repeated=True)


async def test_an_answer_is_found_by_every_name_until_its_time_is_over() -> None:
    clock = FakeClock()
    unkept = UnkeptAnswers(clock, repeat_ttl=600)
    await unkept.keep(["sequence", "key"], b"1")
    clock.advance(599)
    assert [await unkept.find(names) for names in (["key"], ["other", "sequence"], ["other"], [])] == [
        b"1",
        b"1",
        None,
        None,
    ]
    clock.advance(1)
    assert await unkept.find(["key"]) is None


class FullPlace:
    """A place at a store that can be read and takes nothing."""

    async def find_answer(self, *, unreadable: bytes | None = None) -> tuple[str, bytes] | None:
        return None

    async def wait_turn(self) -> bytes | None:
        return None

    async def leave(self, *, conversation: bytes | None = None, answers: Mapping[str, bytes]) -> bool:
        if answers:
            raise StoreFailed("full")
        return True


class FullBackend:
    """A store that can be read and takes nothing."""

    def place(self, conversation: str, events: Sequence[str]) -> Place:
        return FullPlace()

    def begin_now(self, conversation: str, events: Sequence[str]) -> None:
        return None

    async def open(self) -> None:
        """Nothing to prepare."""

    async def close(self) -> None:
        """Nothing to let go of."""


@pytest.mark.parametrize("events", [["k"], ["other", "k"]], ids=["the-name", "one-of-its-names"])
async def test_a_repeat_of_an_answer_that_no_store_took_gets_it_and_not_the_bot(events: list[str]) -> None:
    clock = FakeClock()
    sessions = Sessions(
        FullBackend(), Seal(), unkept=UnkeptAnswers(clock, repeat_ttl=600), archive=MemoryArchive(clock)
    )
    work = Work(FIRST, SECOND)
    assert await run_turn(sessions, work, events=["k"]) == FIRST
    assert await run_turn(sessions, work, events=events) == REPEAT
    assert (work.calls, sessions.not_kept) == (1, 1)
