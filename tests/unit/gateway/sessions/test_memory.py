from hypothesis import given
from hypothesis import strategies as st

from gateway.sessions.memory import MemoryStore
from tests.fakes import FakeClock


async def test_a_value_lives_for_its_time() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    await store.set("a", b"1", ttl=10)
    clock.advance(9.9)
    assert await store.get("a") == b"1"
    clock.advance(0.1)
    assert await store.get("a") is None
    assert store.size == 0


async def test_setting_again_renews_value_and_time() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    await store.set("a", b"1", ttl=10)
    clock.advance(9)
    await store.set("a", b"22", ttl=10)
    clock.advance(9)
    assert await store.get("a") == b"22"
    assert store.size == 3


async def test_delete_forgets_and_is_idempotent() -> None:
    store = MemoryStore(FakeClock())
    await store.set("a", b"1", ttl=10)
    await store.delete("a")
    await store.delete("a")
    assert await store.get("a") is None
    assert len(store) == 0


async def test_what_is_over_goes_without_being_asked_for() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    for number in range(100):
        await store.set(f"k{number}", b"x" * 100, ttl=10)
    clock.advance(10)
    await store.set("new", b"1", ttl=10)
    assert len(store) == 1


async def test_room_is_made_by_the_shortest_lived_first_and_counted() -> None:
    store = MemoryStore(FakeClock(), capacity=300)
    await store.set("session", b"x" * 93, ttl=86400)
    await store.set("answer1", b"x" * 93, ttl=600)
    await store.set("answer2", b"x" * 93, ttl=600)
    await store.set("answer3", b"x" * 93, ttl=600)
    assert await store.get("session") is not None
    assert await store.get("answer1") is None
    assert await store.get("answer3") is not None
    assert store.evictions == 1
    assert store.size <= 300


async def test_one_value_larger_than_all_room_is_kept_alone() -> None:
    store = MemoryStore(FakeClock(), capacity=10)
    await store.set("a", b"1", ttl=10)
    await store.set("big", b"x" * 100, ttl=10)
    assert await store.get("big") == b"x" * 100
    assert await store.get("a") is None


operations = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from("abc"), st.binary(max_size=5), st.sampled_from([5.0, 50.0])),
        st.tuples(st.just("delete"), st.sampled_from("abc"), st.just(b""), st.just(0.0)),
        st.tuples(st.just("advance"), st.just(""), st.just(b""), st.floats(0, 30)),
    )
)


@given(operations)
async def test_it_behaves_like_a_dict_with_expiry(steps: list[tuple[str, str, bytes, float]]) -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    model: dict[str, tuple[float, bytes]] = {}
    for what, key, value, number in steps:
        if what == "set":
            await store.set(key, value, ttl=number)
            model[key] = (clock.now + number, value)
        elif what == "delete":
            await store.delete(key)
            model.pop(key, None)
        else:
            clock.advance(number)
        for name in "abc":
            expires, kept = model.get(name, (0.0, None))
            assert await store.get(name) == (kept if expires > clock.now else None)
