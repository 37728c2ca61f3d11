"""Several processes at one Redis: here several backends, each with a name of its own, as processes have."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import pytest
from structlog.testing import capture_logs

from gateway.clock import SystemClock
from gateway.contract.ports import StoreFailed
from gateway.sessions.conversations import Conversation
from gateway.sessions.redis import LEASE, RedisBackend
from gateway.sessions.repeats import Answer
from gateway.sessions.scripts import ENTER
from gateway.sessions.sealing import Seal
from gateway.sessions.unkept import UnkeptAnswers
from gateway.sessions.visits import Sessions, Visit
from tests.chaos.proxy import FaultProxy, Kind, Trouble
from tests.redis_server import RedisServer
from tests.unit.gateway.sessions.conftest import Work, run_turn, until

FIRST = Answer(b'{"messages":["1"]}')
SECOND = Answer(b'{"messages":["2"]}')
REPEAT = Answer(FIRST.body, repeated=True)

OpenProcess: TypeAlias = Callable[..., Awaitable[Sessions]]


@pytest.fixture
async def open_process(redis: Any, running_redis: RedisServer) -> AsyncIterator[OpenProcess]:
    """Opens one process's access to the running Redis, closed at the end."""
    async with AsyncExitStack() as opened:

        async def open_one(url: str = running_redis.url, lease: float = LEASE, key: str | None = None) -> Sessions:
            backend = RedisBackend(url, SystemClock(), session_ttl=86400, repeat_ttl=600, lease=lease)
            await backend.open()
            opened.push_async_callback(backend.close)
            unkept = UnkeptAnswers(SystemClock(), repeat_ttl=600)
            return Sessions(backend, Seal(key), unkept=unkept, archive=backend.archive)

        yield open_one


async def begin(sessions: Sessions, *events: str, conversation: str = "c") -> Visit:
    """Begin a turn and hold it."""
    visit = sessions.visit(conversation, events)
    assert await visit.find_answer() is None
    await visit.wait_turn()
    return visit


async def die(sessions: Sessions) -> None:
    """Be silent from now on, as a process that was killed."""
    backend = sessions.backend
    assert isinstance(backend, RedisBackend)
    for task in backend._tasks:
        task.cancel()
    await asyncio.wait(backend._tasks)


async def test_a_repeat_elsewhere_waits_for_the_first_and_gets_its_answer(open_process: OpenProcess) -> None:
    one, two = await open_process(), await open_process()
    work = Work(FIRST)
    work.gate.clear()
    first = asyncio.ensure_future(run_turn(one, work, events=["k"]))
    await until(lambda: work.calls == 1)
    repeats = [asyncio.ensure_future(run_turn(two, Work(), events=["k"])) for _ in range(3)]
    await asyncio.sleep(0.02)
    assert not any(repeat.done() for repeat in repeats)
    work.gate.set()
    assert await first == FIRST
    # They are woken: nobody waits for the next look.
    async with asyncio.timeout(0.8):
        assert await asyncio.gather(*repeats) == [REPEAT] * 3


async def test_turns_are_served_in_order_of_arrival_wherever_they_came(open_process: OpenProcess, redis: Any) -> None:
    processes = [await open_process() for _ in range(3)]
    held = await begin(processes[0])
    seen: list[int] = []

    async def work(number: int) -> Answer:
        seen.append(number)
        return FIRST

    waiting = []
    for number in range(12):
        turn = run_turn(processes[number % 3], lambda _, number=number: work(number), events=[str(number)])  # type: ignore[misc]  # mypy gives up on a lambda with a default
        waiting.append(asyncio.ensure_future(turn))
        async with asyncio.timeout(10):
            while redis.llen(f"botbridge:line:{Seal.hide('c')}") < number + 2:
                await asyncio.sleep(0.001)
    await held.leave(None)
    async with asyncio.timeout(3):
        await asyncio.gather(*waiting)
    assert seen == list(range(12))


async def test_a_conversation_goes_on_elsewhere(open_process: OpenProcess) -> None:
    one, two = await open_process(), await open_process()
    visit = await begin(one)
    visit.conversation.session["id"] = "s"
    visit.save()
    await visit.leave(None)
    assert (await begin(two)).conversation == Conversation({"id": "s"})


async def test_an_answer_that_redis_did_not_take_is_brought_later_and_nobody_else_asks_the_bot(
    open_process: OpenProcess, running_redis: RedisServer
) -> None:
    async with FaultProxy("127.0.0.1", running_redis.port, seed=1) as proxy:
        cut_off, other = await open_process(f"redis://{proxy.address}/0"), await open_process()
        held = await begin(cut_off, "k")
        work = Work(SECOND)
        repeat = asyncio.ensure_future(run_turn(other, work, events=["k"]))
        proxy.trouble = Trouble(kind=Kind.HALF_OPEN)
        proxy.silence_all()
        held.conversation.session["id"] = "s"
        held.save()
        await held.leave(FIRST)
        assert cut_off.not_kept == 1
        proxy.trouble = None
        proxy.reset_all()
        async with asyncio.timeout(4):
            assert await repeat == REPEAT
        assert work.calls == 0
        assert (await begin(other)).conversation == Conversation({"id": "s"})


async def test_a_dead_process_loses_its_turn_when_its_lease_is_over(open_process: OpenProcess) -> None:
    dying, other = await open_process(lease=0.2), await open_process()
    held = await begin(dying, "k")
    waiting = asyncio.ensure_future(dying.visit("c", ["w"]).find_answer())
    await asyncio.sleep(0.02)
    await die(dying)
    async with asyncio.timeout(3):
        assert await run_turn(other, Work(SECOND), events=["k"]) == SECOND
    waiting.cancel()
    await asyncio.wait({waiting})
    assert held.conversation == Conversation()


async def test_a_process_that_was_taken_for_dead_overwrites_nothing(open_process: OpenProcess) -> None:
    late, other = await open_process(lease=0.2), await open_process()
    held = await begin(late, "k")
    await die(late)
    async with asyncio.timeout(3):
        turn = await begin(other, "k")
    turn.conversation.session["id"] = "of the other"
    turn.save()
    await turn.leave(SECOND)

    held.conversation.session["id"] = "of the late"
    held.save()
    with capture_logs() as logs:
        await held.leave(FIRST)
    assert [line["event"] for line in logs] == ["turn-lost"]
    assert late.turns_lost == 1
    assert (await begin(other)).conversation == Conversation({"id": "of the other"})
    assert await run_turn(other, Work(), events=["k"]) == Answer(SECOND.body, repeated=True)


async def test_also_not_while_the_other_is_still_at_it(open_process: OpenProcess) -> None:
    late, other = await open_process(lease=0.2), await open_process()
    held = await begin(late)
    await die(late)
    async with asyncio.timeout(3):
        turn = await begin(other)
    held.conversation.session["id"] = "of the late"
    held.save()
    await held.leave(None)
    third = asyncio.ensure_future(begin(other))
    await asyncio.sleep(0.05)
    assert not third.done()
    await turn.leave(None)
    assert (await third).conversation == Conversation()


async def test_a_living_process_keeps_its_turn_beyond_the_lease(open_process: OpenProcess, redis: Any) -> None:
    holder, other = await open_process(lease=1.5), await open_process()
    held = await begin(holder)
    waiting = asyncio.ensure_future(begin(other))
    backend = holder.backend
    assert isinstance(backend, RedisBackend)
    key = f"botbridge:process:{backend.process}"
    # Renewed at least once: what is left rises again.
    left = redis.pttl(key)
    async with asyncio.timeout(5):
        while (now := redis.pttl(key)) <= left:
            left = now
            await asyncio.sleep(0.02)
    assert not waiting.done()
    await held.leave(None)
    async with asyncio.timeout(0.8):
        await waiting


async def test_a_process_that_ends_gives_up_its_turns_at_once(open_process: OpenProcess) -> None:
    ending, other = await open_process(), await open_process()
    await begin(ending, "k")
    await ending.backend.close()
    async with asyncio.timeout(2):
        assert await run_turn(other, Work(SECOND), events=["k"]) == SECOND


async def test_a_place_that_its_process_does_not_know_is_dropped(open_process: OpenProcess, redis: Any) -> None:
    sessions = await open_process()
    backend = sessions.backend
    assert isinstance(backend, RedisBackend)
    conversation = Seal.hide("c")
    keys = [
        f"botbridge:process:{backend.process}",
        f"botbridge:conversation:{conversation}",
        f"botbridge:line:{conversation}",
    ]
    # As when a call is carried out that the process has given up as lost.
    redis.eval(ENTER, len(keys), *keys, f"{backend.process}:999", 5000, 60000, "")
    async with asyncio.timeout(3):
        assert await run_turn(sessions, Work(FIRST)) == FIRST
    await until(lambda: redis.llen(keys[2]) == 0)


async def test_nothing_is_left_in_line_and_no_key_without_an_end(open_process: OpenProcess, redis: Any) -> None:
    sessions = await open_process(key="a key of the store")
    visit = await begin(sessions, "answer/1/bot/sequence/1/my-conversation", conversation="my-conversation")
    visit.conversation.session["said"] = "my secret wish"
    visit.save()
    await visit.leave(Answer(b"my secret wish"))
    await until(lambda: len(redis.keys()) == 3)
    kinds = set()
    for key in redis.scan_iter():
        found = re.fullmatch(rb"botbridge:(process|conversation|answer):([0-9a-f]{16}|[0-9a-f]{32})", key)
        assert found is not None, key
        kinds.add(found[1].decode())
        assert redis.pttl(key) > 0
        assert b"secret" not in redis.get(key)
    assert kinds == {"process", "conversation", "answer"}


@pytest.mark.parametrize(("name", "seconds"), [("conversation", 86400), ("answer", 600)])
async def test_redis_forgets_after_the_time_of_its_kind(
    name: str, seconds: int, open_process: OpenProcess, redis: Any
) -> None:
    visit = await begin(await open_process(), "k")
    visit.conversation.session["id"] = "s"
    visit.save()
    await visit.leave(FIRST)
    (key,) = redis.keys(f"botbridge:{name}:*")
    assert seconds - 5 < redis.pttl(key) / 1000 <= seconds


async def test_scripts_that_redis_has_forgotten_are_told_again(open_process: OpenProcess, redis: Any) -> None:
    sessions = await open_process()
    assert await run_turn(sessions, Work(FIRST), events=["k"]) == FIRST
    redis.script_flush()
    turns = [run_turn(sessions, Work(SECOND), events=[f"k{number}"]) for number in range(5)]
    assert await asyncio.gather(*turns) == [SECOND] * 5


async def test_a_redis_that_comes_back_is_used_again(own_redis: RedisServer, open_process: OpenProcess) -> None:
    sessions = await open_process(own_redis.url)
    assert await run_turn(sessions, Work(FIRST), events=["k"]) == FIRST
    own_redis.stop()
    with pytest.raises(StoreFailed, match="Redis: "):
        await run_turn(sessions, Work(), events=["k"])
    own_redis.start()
    async with asyncio.timeout(5):
        assert await run_turn(sessions, Work(SECOND), events=["k"]) == SECOND


async def test_a_redis_that_says_nothing_holds_nobody(own_redis: RedisServer, open_process: OpenProcess) -> None:
    sessions = await open_process(own_redis.url)
    held = await begin(sessions, "k")
    own_redis.freeze()
    async with asyncio.timeout(4):
        with pytest.raises(StoreFailed):
            await run_turn(sessions, Work(), events=["other"], conversation="other")
        with capture_logs() as logs:
            await held.leave(FIRST)
    assert [line["event"] for line in logs if line["event"] != "store-unreachable"] == ["turn-not-kept"]
    assert sessions.not_kept == 1
    own_redis.thaw()
    async with asyncio.timeout(10):
        assert await run_turn(sessions, Work(SECOND), events=["other"], conversation="other") == SECOND


async def test_a_closed_one_refuses(open_process: OpenProcess) -> None:
    sessions = await open_process()
    await sessions.backend.close()
    with pytest.raises(StoreFailed, match="not open"):
        await run_turn(sessions, Work(), events=["k"])


async def test_what_is_no_redis_is_told(running_redis: RedisServer) -> None:
    backend = RedisBackend(f"redis://127.0.0.1:{running_redis.port}/99", SystemClock(), session_ttl=1, repeat_ttl=1)
    with pytest.raises(StoreFailed, match="Redis: DB index is out of range"):
        await backend.open()
