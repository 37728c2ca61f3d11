import asyncio

import pytest

from gateway.sessions.memory import MemoryStore
from gateway.sessions.repeats import Answer, Repeats
from tests.fakes import FakeClock


class Work:
    """Makes answers, one for each call, and counts; fails when told to."""

    def __init__(self, *outcomes: Answer | Exception) -> None:
        self.outcomes = list(outcomes)
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> Answer:
        self.calls += 1
        outcome = self.outcomes.pop(0)
        await self.gate.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


FIRST = Answer(b'{"messages":["1"]}')
SECOND = Answer(b'{"messages":["2"]}')


def make() -> tuple[Repeats, FakeClock, MemoryStore]:
    clock = FakeClock()
    store = MemoryStore(clock)
    return Repeats(store), clock, store


async def test_a_repeat_gets_the_first_answer_for_ten_minutes() -> None:
    repeats, clock, _ = make()
    work = Work(FIRST, SECOND)
    assert await repeats.once(["k"], work) == FIRST
    clock.advance(599)
    assert await repeats.once(["k"], work) == Answer(FIRST.body, repeated=True)
    clock.advance(1)
    assert await repeats.once(["k"], work) == SECOND
    assert work.calls == 2


async def test_an_escalation_is_kept_with_its_error() -> None:
    repeats, _, _ = make()
    escalation = Answer(b"{}", "code", "id")
    work = Work(escalation)
    await repeats.once(["k"], work)
    assert await repeats.once(["k"], work) == Answer(b"{}", "code", "id", repeated=True)


async def test_any_key_finds_it() -> None:
    repeats, _, _ = make()
    work = Work(FIRST)
    await repeats.once(["sequence", "idempotency"], work)
    assert (await repeats.once(["idempotency"], work)).body == FIRST.body
    assert (await repeats.once(["sequence"], work)).body == FIRST.body
    assert work.calls == 1


async def test_without_a_key_nothing_is_kept() -> None:
    repeats, _, store = make()
    work = Work(FIRST, SECOND)
    assert await repeats.once([], work) == FIRST
    assert await repeats.once([], work) == SECOND
    assert len(store) == 0


async def test_after_an_error_the_repeat_tries_again() -> None:
    repeats, _, _ = make()
    work = Work(ValueError(), FIRST)
    with pytest.raises(ValueError):  # noqa: PT011 - raised by the test itself
        await repeats.once(["k"], work)
    assert await repeats.once(["k"], work) == FIRST


async def test_a_repeat_under_way_waits_for_the_first() -> None:
    repeats, _, _ = make()
    work = Work(FIRST)
    work.gate.clear()
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(repeats.once(["k"], work))
        others = [tasks.create_task(repeats.once(["k"], work)) for _ in range(5)]
        for _ in range(3):
            await asyncio.sleep(0)
        work.gate.set()
    assert first.result() == FIRST
    assert [other.result() for other in others] == [Answer(FIRST.body, repeated=True)] * 5
    assert work.calls == 1


async def test_when_the_first_fails_one_of_those_waiting_tries() -> None:
    repeats, _, _ = make()
    work = Work(ValueError(), FIRST)
    work.gate.clear()
    waiting = [asyncio.ensure_future(repeats.once(["k"], work)) for _ in range(3)]
    for _ in range(3):
        await asyncio.sleep(0)
    work.gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[0], ValueError)
    assert [result.body for result in results[1:] if isinstance(result, Answer)] == [FIRST.body, FIRST.body]
    assert work.calls == 2


async def test_a_waiting_repeat_that_is_given_up_disturbs_nobody() -> None:
    repeats, _, _ = make()
    work = Work(FIRST)
    work.gate.clear()
    first = asyncio.ensure_future(repeats.once(["k"], work))
    await asyncio.sleep(0)
    repeat = asyncio.ensure_future(repeats.once(["k"], work))
    await asyncio.sleep(0)
    repeat.cancel()
    await asyncio.wait({repeat})
    work.gate.set()
    assert await first == FIRST


async def test_what_cannot_be_read_is_made_again() -> None:
    repeats, _, store = make()
    await store.set("k", b"\xff nonsense", ttl=600)
    assert await repeats.once(["k"], Work(FIRST)) == FIRST
