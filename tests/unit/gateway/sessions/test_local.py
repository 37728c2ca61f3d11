import asyncio
from pathlib import Path

import pytest

from gateway.contract.ports import StoreFailed
from gateway.sessions.local import LocalBackend
from gateway.sessions.memory import MemoryStore
from gateway.sessions.sqlite import SqliteStore
from tests.fakes import FakeClock


class FailingStore(MemoryStore):
    """A store that writes nothing while it is told not to."""

    fails = True

    async def apply(self, changes: object) -> None:
        if self.fails:
            raise StoreFailed("the disk is full")
        await super().apply(changes)  # type: ignore[arg-type]  # whatever it was called with


def make() -> tuple[LocalBackend, MemoryStore]:
    store = MemoryStore(FakeClock())
    return LocalBackend(store, session_ttl=100, repeat_ttl=10), store


async def test_answers_and_conversation_are_kept_for_their_own_time() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    place = LocalBackend(store, session_ttl=100, repeat_ttl=10).place("c", ["k", "l"])
    assert await place.find_answer() is None
    assert await place.wait_turn() is None
    assert await place.leave(conversation=b"session", answers={"k": b"1", "l": b"2"})
    clock.advance(9)
    assert [await store.get(key) for key in "ckl"] == [b"session", b"1", b"2"]
    clock.advance(1)
    assert [await store.get(key) for key in "ckl"] == [b"session", None, None]
    clock.advance(90)
    assert await store.get("c") is None


async def test_nothing_is_left_behind() -> None:
    backend, store = make()
    for conversation, answers in ((None, {}), (b"", {}), (b"x", {"k": b"1"})):
        place = backend.place("c", ["k"])
        await place.find_answer()
        await place.wait_turn()
        await place.leave(conversation=conversation, answers=answers)
        assert (len(backend.order), len(backend.under_way)) == (0, 0)
    assert len(store) == 2


async def test_leaving_without_having_come_changes_nothing() -> None:
    backend, store = make()
    held = backend.place("c", ["k"])
    await held.find_answer()
    await held.wait_turn()
    assert await backend.place("c", ["k"]).leave(answers={})
    assert (len(backend.order), len(backend.under_way), len(store)) == (1, 1, 0)
    await held.leave(answers={})


async def test_an_answer_that_could_not_be_kept_still_reaches_those_who_wait() -> None:
    store = FailingStore(FakeClock())
    backend = LocalBackend(store, session_ttl=100, repeat_ttl=10)
    first, repeat, later = (backend.place("c", ["k"]) for _ in range(3))
    await first.find_answer()
    await first.wait_turn()
    waiting = asyncio.ensure_future(repeat.find_answer())
    await asyncio.sleep(0)
    with pytest.raises(StoreFailed):
        await first.leave(conversation=b"session", answers={"k": b"1"})
    assert await waiting == ("k", b"1")
    store.fails = False
    assert await later.find_answer() is None
    assert await later.wait_turn() is None
    assert await later.leave(conversation=b"session", answers={"k": b"2"})
    assert await store.get("k") == b"2"


async def test_a_turn_that_nobody_else_has_begins_at_once() -> None:
    backend, store = make()
    await store.apply([("c", b"session", 100)])
    held = backend.begin_now("c", ["k"])
    assert held is not None
    assert held.kept == b"session"
    assert (len(backend.order), len(backend.under_way)) == (1, 1)
    held.leave_now(conversation=b"next", answers={"k": b"1"})
    assert (len(backend.order), len(backend.under_way)) == (0, 0)
    assert [await store.get(key) for key in "ck"] == [b"next", b"1"]


async def test_nothing_begins_at_once_that_has_to_wait_or_has_an_answer() -> None:
    backend, store = make()
    first = backend.begin_now("c", ["k"])
    assert first is not None
    assert backend.begin_now("c", ["other"]) is None
    assert backend.begin_now("d", ["other", "k"]) is None
    assert (len(backend.order), len(backend.under_way)) == (1, 1)
    waiting = asyncio.ensure_future(backend.place("d", ["k"]).find_answer())
    await asyncio.sleep(0)
    first.leave_now(answers={"k": b"1"})
    assert await waiting == ("k", b"1")
    assert backend.begin_now("d", ["k"]) is None
    assert (len(backend.order), len(backend.under_way), len(store)) == (0, 0, 1)


async def test_what_waits_in_line_goes_on_after_a_turn_that_began_at_once() -> None:
    backend, _ = make()
    first = backend.begin_now("c", [])
    assert first is not None
    second = backend.place("c", [])
    waiting = asyncio.ensure_future(second.wait_turn())
    await asyncio.sleep(0)
    assert not waiting.done()
    first.leave_now(conversation=b"session", answers={})
    assert await waiting == b"session"
    await second.leave(answers={})


def test_a_store_that_must_be_asked_lets_nothing_begin_at_once(tmp_path: Path) -> None:
    backend = LocalBackend(SqliteStore(tmp_path / "store", FakeClock()), session_ttl=100, repeat_ttl=10)
    assert backend.begin_now("c", ["k"]) is None
