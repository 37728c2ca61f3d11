from collections.abc import Sequence

from gateway.console.sign_in import Session
from gateway.console.signed_out import SignedOut
from gateway.contract.ports import Entry, StoreFailed
from gateway.sessions.memory_archive import MemoryArchive
from tests.fakes import FakeClock


class FailingArchive(MemoryArchive):
    """Cannot be written to."""

    async def write(self, entries: Sequence[Entry], *, once: str) -> None:
        raise StoreFailed("it is gone")


async def test_a_session_ends_here_at_once_and_elsewhere_after_a_look() -> None:
    clock = FakeClock()
    archive = MemoryArchive(clock)
    here, elsewhere = SignedOut(archive, clock), SignedOut(archive, clock)
    await here.add(Session("one", 1100))
    assert "one" in here
    assert "one" not in elsewhere
    await elsewhere.refresh()
    assert "one" in elsewhere
    assert "other" not in elsewhere


async def test_it_is_remembered_for_as_long_as_the_cookie_would_be_good() -> None:
    clock = FakeClock()
    archive = MemoryArchive(clock)
    here, elsewhere = SignedOut(archive, clock), SignedOut(archive, clock)
    await here.add(Session("one", 1100))
    clock.advance(99)
    await elsewhere.refresh()
    assert "one" in elsewhere
    clock.advance(1)
    await elsewhere.refresh()
    await here.add(Session("two", 1200))
    assert ("one" in elsewhere, "one" in here, "two" in here) == (False, False, True)


async def test_a_store_that_fails_does_not_keep_anybody_signed_in_here() -> None:
    here = SignedOut(FailingArchive(FakeClock()), FakeClock())
    await here.add(Session("one", 1100))
    assert "one" in here
