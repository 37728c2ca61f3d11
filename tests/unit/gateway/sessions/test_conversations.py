import pytest

from gateway.contract.wire import WireError
from gateway.sessions.conversations import Conversation, Conversations
from gateway.sessions.memory import MemoryStore
from tests.fakes import FakeClock


async def test_a_conversation_is_what_was_saved() -> None:
    conversations = Conversations(MemoryStore(FakeClock()))
    await conversations.save(Conversation("c", {"session_id": "s"}, {"count": 1}))
    assert await conversations.load("c") == Conversation("c", {"session_id": "s"}, {"count": 1})
    assert await conversations.load("other") == Conversation("other")


async def test_it_is_forgotten_a_day_after_its_last_turn() -> None:
    clock = FakeClock()
    conversations = Conversations(MemoryStore(clock))
    await conversations.save(Conversation("c", {"a": 1}))
    clock.advance(86399)
    await conversations.save(await conversations.load("c"))
    clock.advance(86399)
    assert (await conversations.load("c")).session == {"a": 1}
    clock.advance(1)
    assert (await conversations.load("c")).session == {}


async def test_an_empty_one_takes_no_room() -> None:
    store = MemoryStore(FakeClock())
    conversations = Conversations(store)
    await conversations.save(Conversation("c", {"a": 1}))
    await conversations.save(Conversation("c"))
    assert len(store) == 0


@pytest.mark.parametrize("kept", [b"", b"nonsense", b"[1]", b"{}", b"[1,2]", b"[{}, {}, {}]"])
async def test_an_unreadable_one_begins_anew(kept: bytes) -> None:
    store = MemoryStore(FakeClock())
    await store.set("c", kept, ttl=10)
    assert await Conversations(store).load("c") == Conversation("c")


async def test_state_that_is_not_json_is_refused() -> None:
    with pytest.raises(WireError):
        await Conversations(MemoryStore(FakeClock())).save(Conversation("c", {}, {"now": object()}))
