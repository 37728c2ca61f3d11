"""A store is a dict whose entries end; what is kept of conversations and answers is what a dict would have kept."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.clock import SystemClock
from gateway.sessions.backends import StoreSettings, make_sessions
from gateway.sessions.memory import MemoryStore
from gateway.sessions.repeats import Answer
from gateway.sessions.sqlite import SqliteStore
from gateway.sessions.visits import Sessions
from tests.fakes import FakeClock
from tests.redis_server import RedisServer, redis_server

steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from("abc"), st.binary(max_size=5), st.sampled_from([5.0, 50.0])),
        st.tuples(st.just("delete"), st.sampled_from("abc"), st.just(b""), st.just(0.0)),
        st.tuples(st.just("advance"), st.just(""), st.just(b""), st.floats(0, 30)),
    )
)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@settings(max_examples=60, deadline=None)
@given(steps)
async def test_a_store_is_a_dict_with_expiry(kind: str, steps: list[tuple[str, str, bytes, float]]) -> None:
    clock = FakeClock()
    model: dict[str, tuple[float, bytes]] = {}
    with tempfile.TemporaryDirectory() as directory:
        store: MemoryStore | SqliteStore = MemoryStore(clock)
        if kind == "sqlite":
            store = SqliteStore(Path(directory) / "store.db", clock)
            await store.open()
        for what, key, value, number in steps:
            match what:
                case "set":
                    await store.apply([(key, value, number)])
                    model[key] = (clock.now + number, value)
                case "delete":
                    await store.apply([(key, None, 0)])
                    model.pop(key, None)
                case _:
                    clock.advance(number)
            for name in "abc":
                expires, kept = model.get(name, (0.0, None))
                assert await store.get(name) == (kept if expires > clock.now else None)
        await store.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


numbers = itertools.count()
turns = st.lists(
    st.tuples(
        st.sampled_from("ab"),  # the conversation
        st.lists(st.sampled_from("123"), max_size=2, unique=True),  # the event's names
        st.booleans(),  # whether the bot answers
        st.dictionaries(st.sampled_from("xy"), st.integers(0, 9), max_size=2),  # what the vendor's session is then
    ),
    max_size=12,
)


@pytest.mark.parametrize("kind", ["memory", "sqlite", "redis"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=turns, key=st.sampled_from([None, "a key of the store"]))
async def test_turns_find_what_earlier_turns_left(
    kind: str, turns: Any, key: str | None, request: pytest.FixtureRequest
) -> None:
    example = next(numbers)
    sessions_kept: dict[str, dict[str, int]] = {}
    answers: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as directory:
        url = {"memory": "memory", "sqlite": f"sqlite:///{directory}/store.db"}.get(kind)
        if url is None:
            url = request.getfixturevalue("server").url
        sessions = make_sessions(StoreSettings(url=url, key=key), SystemClock())
        await sessions.backend.open()
        for number, (conversation, events, answers_well, session) in enumerate(turns):
            body = b"%d" % number
            known = {answers[event] for event in events if event in answers}
            found, had = await _take_turn(
                sessions,
                f"{example}/{conversation}",
                [f"{example}/{event}" for event in events],
                answer=Answer(body) if answers_well else None,
                session=session,
            )
            if known:
                assert found is not None
                assert found.repeated
                assert found.body in known
                continue
            assert found is None
            assert had == sessions_kept.get(conversation, {})
            sessions_kept[conversation] = session
            if answers_well:
                answers |= dict.fromkeys(events, body)
        await sessions.backend.close()


async def _take_turn(
    sessions: Sessions, conversation: str, events: list[str], *, answer: Answer | None, session: dict[str, int]
) -> tuple[Answer | None, dict[str, Any]]:
    """Give the first answer, if there is one, or else what the conversation was; leave `answer` and `session`."""
    visit = sessions.visit(conversation, events)
    if (first := await visit.find_answer()) is not None:
        await visit.leave(first)
        return first, {}
    await visit.wait_turn()
    had, visit.conversation.session = visit.conversation.session, dict(session)
    visit.save()
    await visit.leave(answer)
    return None, had
