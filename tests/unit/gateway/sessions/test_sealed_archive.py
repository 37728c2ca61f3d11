"""What is sealed, and what becomes of what does not open."""

import pytest
from structlog.testing import capture_logs

from gateway.contract.ports import Add, Append, Put
from gateway.sessions.memory_archive import MemoryArchive
from gateway.sessions.sealed_archive import SealedArchive
from gateway.sessions.sealing import Seal
from tests.fakes import FakeClock

SECRET = b"what a consumer wrote"


@pytest.fixture
def inner() -> MemoryArchive:
    return MemoryArchive(FakeClock())


async def test_entries_and_values_are_sealed_and_counts_are_not(inner: MemoryArchive) -> None:
    sealed = SealedArchive(inner, Seal("a key of the store"))
    await sealed.write([Append("a", [SECRET], 10, 9), Put("a", "x", SECRET, 10), Add("a", {"x": 1}, 10)], once="1")
    ((entry,),) = await inner.read_lists(["a"], newest=9)
    (fields,) = await inner.read_maps(["a"])
    assert SECRET not in entry + fields["x"]
    assert await inner.read_counts(["a"]) == [{"x": 1}]
    assert await sealed.read_lists(["a"], newest=9) == [[SECRET]]
    assert await sealed.read_maps(["a"]) == [{"x": SECRET}]


async def test_what_was_moved_to_another_place_does_not_open(inner: MemoryArchive) -> None:
    sealed = SealedArchive(inner, Seal("a key of the store"))
    await sealed.write([Append("a", [b"1"], 10, 9), Put("a", "x", b"1", 10)], once="1")
    ((entry,),) = await inner.read_lists(["a"], newest=9)
    (fields,) = await inner.read_maps(["a"])
    await inner.write([Append("b", [entry], 10, 9), Put("a", "y", fields["x"], 10), Put("b", "x", entry, 10)], once="2")
    with capture_logs() as log:
        assert await sealed.read_lists(["a", "b"], newest=9) == [[b"1"], []]
        assert await sealed.read_maps(["a", "b"]) == [{"x": b"1"}, {}]
    assert (
        log
        == [
            {
                "event": "value-dropped",
                "log_level": "warning",
                "part": "sessions",
                "what": "archive",
                "reason": "another key, or damaged",
            }
        ]
        * 3
    )
