from gateway.sessions.memory import MemoryStore
from tests.fakes import FakeClock


async def test_a_value_lives_for_its_time() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    await store.apply([("a", b"1", 10)])
    clock.advance(9.9)
    assert await store.get("a") == b"1"
    clock.advance(0.1)
    assert await store.get("a") is None
    assert store.size == 0


async def test_setting_again_renews_value_and_time() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    await store.apply([("a", b"1", 10)])
    clock.advance(9)
    await store.apply([("a", b"22", 10)])
    clock.advance(9)
    assert await store.get("a") == b"22"
    assert store.size == 3


async def test_delete_forgets_and_is_idempotent() -> None:
    store = MemoryStore(FakeClock())
    await store.apply([("a", b"1", 10)])
    await store.apply([("a", None, 0)])
    await store.apply([("a", None, 0)])
    assert await store.get("a") is None
    assert len(store) == 0


async def test_what_is_over_goes_without_being_asked_for() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    for number in range(100):
        await store.apply([(f"k{number}", b"x" * 100, 10)])
    clock.advance(10)
    await store.apply([("new", b"1", 10)])
    assert len(store) == 1


async def test_room_is_made_by_the_shortest_lived_first_and_counted() -> None:
    store = MemoryStore(FakeClock(), capacity=300)
    await store.apply([("session", b"x" * 93, 86400)])
    await store.apply([("answer1", b"x" * 93, 600)])
    await store.apply([("answer2", b"x" * 93, 600)])
    await store.apply([("answer3", b"x" * 93, 600)])
    assert await store.get("session") is not None
    assert await store.get("answer1") is None
    assert await store.get("answer3") is not None
    assert store.evictions == 1
    assert store.size <= 300


async def test_one_value_larger_than_all_room_is_kept_alone() -> None:
    store = MemoryStore(FakeClock(), capacity=10)
    await store.apply([("a", b"1", 10)])
    await store.apply([("big", b"x" * 100, 10)])
    assert await store.get("big") == b"x" * 100
    assert await store.get("a") is None
