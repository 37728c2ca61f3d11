"""What holds for conversations, their order and their repeats, whatever keeps them."""

import asyncio
from functools import partial

import pytest
from structlog.testing import capture_logs

from gateway.contract.wire import WireError
from gateway.sessions.conversations import Conversation
from gateway.sessions.repeats import Answer
from gateway.sessions.visits import Sessions
from tests.fakes import FakeClock
from tests.unit.gateway.sessions.conftest import OpenSessions, Work, run_turn, until

FIRST = Answer(b'{"messages":["1"]}')
SECOND = Answer(b'{"messages":["2"]}')
REPEAT = Answer(FIRST.body, repeated=True)


async def read(sessions: Sessions, conversation: str = "c") -> Conversation:
    """Give what is kept of a conversation, which stays as it is."""
    visit = sessions.visit(conversation, [])
    try:
        await visit.find_answer()
        await visit.wait_turn()
        return visit.conversation
    finally:
        await visit.leave(None)


async def write(sessions: Sessions, value: Conversation, conversation: str = "c") -> None:
    async def change(kept: Conversation) -> Answer:
        kept.session, kept.hook_state = value.session, value.hook_state
        return FIRST

    await run_turn(sessions, change, conversation=conversation)


# --- Repeats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [FIRST, Answer(b"{}", "code", "id")], ids=["answer", "escalation"])
async def test_a_repeat_gets_the_first_answer(first: Answer, sessions: Sessions) -> None:
    work = Work(first)
    assert await run_turn(sessions, work, events=["k"]) == first
    for _ in range(2):
        repeat = await run_turn(sessions, work, events=["k"])
        assert repeat == Answer(first.body, first.error_name, first.error_id, repeated=True)
    assert work.calls == 1


async def test_any_name_finds_it(sessions: Sessions) -> None:
    work = Work(FIRST, SECOND)
    await run_turn(sessions, work, events=["sequence", "key"])
    assert await run_turn(sessions, work, events=["key"], conversation="other") == REPEAT
    assert await run_turn(sessions, work, events=["sequence"]) == REPEAT
    assert await run_turn(sessions, work, events=["another", "key"]) == REPEAT
    assert await run_turn(sessions, work, events=["another"]) == SECOND


async def test_without_a_name_nothing_is_kept(sessions: Sessions) -> None:
    work = Work(FIRST, SECOND)
    assert await run_turn(sessions, work) == FIRST
    assert await run_turn(sessions, work) == SECOND


async def test_after_an_error_the_repeat_tries_again(sessions: Sessions) -> None:
    work = Work(ValueError(), FIRST)
    with pytest.raises(ValueError):  # noqa: PT011 - raised by the test itself
        await run_turn(sessions, work, events=["k"])
    assert await run_turn(sessions, work, events=["k"]) == FIRST


async def test_a_repeat_under_way_waits_for_the_first_and_for_nothing_else(sessions: Sessions) -> None:
    work, later = Work(FIRST), Work(SECOND)
    work.gate.clear()
    later.gate.clear()
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(run_turn(sessions, work, events=["k"]))
        await until(lambda: work.calls == 1)
        behind = tasks.create_task(run_turn(sessions, later, events=["later"]))
        repeats = [tasks.create_task(run_turn(sessions, work, events=["k"])) for _ in range(5)]
        work.gate.set()
        await until(lambda: all(repeat.done() for repeat in repeats))
        assert not behind.done()
        later.gate.set()
    assert first.result() == FIRST
    assert [repeat.result() for repeat in repeats] == [REPEAT] * 5
    assert behind.result() == SECOND
    assert work.calls == 1


async def test_when_the_first_fails_one_of_those_waiting_tries(sessions: Sessions) -> None:
    work = Work(ValueError(), FIRST)
    work.gate.clear()
    waiting = [asyncio.ensure_future(run_turn(sessions, work, events=["k"])) for _ in range(3)]
    await until(lambda: work.calls == 1)
    work.gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [ValueError, Answer, Answer]
    assert {result.body for result in results if isinstance(result, Answer)} == {FIRST.body}
    assert work.calls == 2


async def test_a_waiting_repeat_that_is_given_up_disturbs_nobody(sessions: Sessions) -> None:
    work = Work(FIRST, SECOND)
    work.gate.clear()
    first = asyncio.ensure_future(run_turn(sessions, work, events=["k"]))
    await until(lambda: work.calls == 1)
    repeat = asyncio.ensure_future(run_turn(sessions, work, events=["k"]))
    await asyncio.sleep(0.02)
    repeat.cancel()
    await asyncio.wait({repeat})
    work.gate.set()
    assert await first == FIRST
    assert await run_turn(sessions, work, events=["k"]) == REPEAT
    assert await run_turn(sessions, work, events=["other"]) == SECOND


# --- Order ------------------------------------------------------------------------------------------------------------


async def test_one_conversation_is_served_in_order_of_arrival(sessions: Sessions) -> None:
    seen: list[int] = []
    gate = asyncio.Event()

    async def work(number: int, _conversation: Conversation) -> Answer:
        await gate.wait()
        seen.append(number)
        return FIRST

    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(run_turn(sessions, partial(work, number), events=[f"e{number}"]))
        await asyncio.sleep(0.02)
        assert seen == []
        gate.set()
    assert seen == list(range(20))


async def test_other_conversations_do_not_wait(sessions: Sessions) -> None:
    held = Work(FIRST)
    held.gate.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_turn(sessions, held, conversation="a"))
        await until(lambda: held.calls == 1)
        assert await run_turn(sessions, Work(SECOND), conversation="b") == SECOND
        held.gate.set()


async def test_one_that_gives_up_leaves_the_line(sessions: Sessions) -> None:
    held = Work(FIRST)
    held.gate.clear()
    first = asyncio.ensure_future(run_turn(sessions, held))
    await until(lambda: held.calls == 1)
    impatient = asyncio.ensure_future(run_turn(sessions, Work()))
    patient = asyncio.ensure_future(run_turn(sessions, Work(SECOND)))
    await asyncio.sleep(0.02)
    impatient.cancel()
    await asyncio.wait({impatient})
    held.gate.set()
    assert (await first, await patient) == (FIRST, SECOND)


async def test_a_turn_that_is_given_up_lets_the_next_one_through(sessions: Sessions) -> None:
    held = Work(FIRST)
    held.gate.clear()
    first = asyncio.ensure_future(run_turn(sessions, held, events=["k"]))
    await until(lambda: held.calls == 1)
    repeat = asyncio.ensure_future(run_turn(sessions, Work(SECOND), events=["k"]))
    first.cancel()
    await asyncio.wait({first})
    assert await repeat == SECOND


# --- Conversations ----------------------------------------------------------------------------------------------------


async def test_a_conversation_is_what_was_saved(sessions: Sessions) -> None:
    await write(sessions, Conversation({"session_id": "s"}, {"count": 1}))
    assert await read(sessions) == Conversation({"session_id": "s"}, {"count": 1})
    assert await read(sessions, "other") == Conversation()
    await write(sessions, Conversation())
    assert await read(sessions) == Conversation()


async def test_it_is_also_saved_when_the_turn_fails(sessions: Sessions) -> None:
    visit = sessions.visit("c", ["k"])
    await visit.find_answer()
    await visit.wait_turn()
    visit.conversation.session["id"] = "s"
    visit.save()
    await visit.leave(None)
    assert await read(sessions) == Conversation({"id": "s"})
    assert await run_turn(sessions, Work(FIRST), events=["k"]) == FIRST


async def test_what_was_not_saved_is_as_it_was(sessions: Sessions) -> None:
    await write(sessions, Conversation({"id": "s"}))
    visit = sessions.visit("c", [])
    await visit.find_answer()
    await visit.wait_turn()
    visit.conversation.session["id"] = "changed"
    await visit.leave(FIRST)
    assert await read(sessions) == Conversation({"id": "s"})


async def test_state_that_is_not_json_is_refused_and_nothing_lost(sessions: Sessions) -> None:
    await write(sessions, Conversation({"id": "s"}))
    with pytest.raises(WireError):
        await write(sessions, Conversation({}, {"now": object()}))
    assert await read(sessions) == Conversation({"id": "s"})


async def test_before_its_turn_an_event_changes_nothing(sessions: Sessions) -> None:
    await write(sessions, Conversation({"id": "s"}))
    visit = sessions.visit("c", [])
    visit.save()
    await visit.leave(None)
    assert await read(sessions) == Conversation({"id": "s"})


# --- Time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["memory", "sqlite"], indirect=True)
async def test_a_first_answer_is_kept_for_ten_minutes(store: str, open_sessions: OpenSessions) -> None:
    clock = FakeClock()
    sessions = await open_sessions(store, clock=clock)
    await run_turn(sessions, Work(FIRST), events=["k"])
    clock.advance(599)
    assert await run_turn(sessions, Work(), events=["k"]) == REPEAT
    clock.advance(1)
    assert await run_turn(sessions, Work(SECOND), events=["k"]) == SECOND


@pytest.mark.parametrize("store", ["memory", "sqlite"], indirect=True)
async def test_a_conversation_is_forgotten_a_day_after_its_last_turn(store: str, open_sessions: OpenSessions) -> None:
    clock = FakeClock()
    sessions = await open_sessions(store, clock=clock)
    await write(sessions, Conversation({"a": 1}))
    clock.advance(86399)
    await run_turn(sessions, Work(FIRST))
    clock.advance(86399)
    assert await read(sessions) == Conversation({"a": 1})
    clock.advance(1)
    assert await read(sessions) == Conversation()


async def test_both_times_are_the_settings(store: str, open_sessions: OpenSessions) -> None:
    sessions = await open_sessions(store, session_ttl=0.3, repeat_ttl=0.1)
    await write(sessions, Conversation({"a": 1}))
    work = Work(*[FIRST] * 1000)
    await run_turn(sessions, work, events=["k"], conversation="other")
    async with asyncio.timeout(10):
        while work.calls < 2:
            await run_turn(sessions, work, events=["k"], conversation="other")
            await asyncio.sleep(0.02)
        while await read(sessions) != Conversation():
            await asyncio.sleep(0.02)


# --- What cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x02p[{},{}]", "another version"),
        (b"", "another version"),
        (b"[{},{}]", "another version"),
        (b"\x01e" + bytes(60), "encrypted"),
        (b"\x01pnonsense", "not {what}"),
        (b"\x01p[1, 2]", "not {what}"),
        (b"\x01p{}", "not {what}"),
    ],
)
async def test_what_cannot_be_read_is_dropped_with_a_log_line(content: bytes, reason: str, sessions: Sessions) -> None:
    await put(sessions, conversation=content, answer=content)
    with capture_logs() as logs:
        assert await run_turn(sessions, Work(FIRST), events=["k"]) == FIRST
    assert [(line["event"], line["what"], line["reason"]) for line in logs] == [
        ("value-dropped", "answer", reason.format(what="an answer")),
        ("value-dropped", "conversation", reason.format(what="a conversation")),
    ]
    assert sessions.unreadable == 2
    with capture_logs() as logs:
        assert await run_turn(sessions, Work(), events=["k"]) == REPEAT
        assert await read(sessions) == Conversation()
    assert logs == []


async def put(sessions: Sessions, *, conversation: bytes, answer: bytes) -> None:
    """Put bytes where the conversation `c` and the event `k` are kept, through the backend."""
    names = [sessions.seal.hide(name) if sessions.hide_names else name for name in ("c", "k")]
    place = sessions.backend.place(names[0], names[1:])
    await place.find_answer()
    await place.wait_turn()
    # An empty one would be forgotten; one byte is no more of a version.
    await place.leave(conversation=conversation or b"\x01", answers={names[1]: answer or b"\x01"})


@pytest.mark.parametrize("store", ["sqlite", "redis"], indirect=True)
@pytest.mark.parametrize(
    ("key", "other", "reason"),
    [
        ("a key of the store", "another key of it", "another key, or damaged"),
        ("a key of the store", None, "encrypted"),
        (None, "a key of the store", "not encrypted"),
    ],
    ids=["another", "none", "new"],
)
async def test_only_the_same_key_reads_what_was_kept(
    key: str | None, other: str | None, reason: str, store: str, open_sessions: OpenSessions
) -> None:
    sessions = await open_sessions(store, key=key)
    await run_turn(sessions, Work(FIRST), events=["k"])
    await write(sessions, Conversation({"said": "my secret wish"}))
    await sessions.backend.close()
    sessions = await open_sessions(store, key=key)
    assert await run_turn(sessions, Work(), events=["k"]) == REPEAT
    assert await read(sessions) == Conversation({"said": "my secret wish"})
    await sessions.backend.close()
    sessions = await open_sessions(store, key=other)
    with capture_logs() as logs:
        assert await run_turn(sessions, Work(SECOND), events=["k"]) == SECOND
    assert [(line["event"], line["what"], line["reason"]) for line in logs] == [
        ("value-dropped", "answer", reason),
        ("value-dropped", "conversation", reason),
    ]
