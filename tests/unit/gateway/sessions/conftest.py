import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest
from redis import Redis

from gateway.clock import SystemClock
from gateway.contract.ports import Clock
from gateway.sessions.backends import StoreSettings, make_sessions
from gateway.sessions.conversations import Conversation
from gateway.sessions.repeats import Answer
from gateway.sessions.visits import Sessions
from tests.redis_server import RedisServer, redis_server


@pytest.fixture(scope="session")
def running_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis for all tests of a process that only use it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis for a test that ends or freezes it."""
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def redis(running_redis: RedisServer) -> Iterator["Redis"]:
    """A client of the running Redis, which is empty."""
    with Redis.from_url(running_redis.url) as client:
        client.flushall()
        yield client


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What `--store` says, for each kind of store in turn; every one is empty."""
    if request.param == "redis":
        request.getfixturevalue("redis")
        server: RedisServer = request.getfixturevalue("running_redis")
        return server.url
    return f"sqlite:///{tmp_path}/store.db" if request.param == "sqlite" else "memory"


class OpenSessions(Protocol):
    async def __call__(
        self,
        url: str,
        *,
        key: str | None = None,
        clock: Clock | None = None,
        repeat_ttl: float = 600,
        session_ttl: float = 86400,
    ) -> Sessions: ...


@pytest.fixture
async def open_sessions() -> AsyncIterator[OpenSessions]:
    """Opens stores, and closes them at the end."""
    async with AsyncExitStack() as opened:

        async def open_one(
            url: str,
            *,
            key: str | None = None,
            clock: Clock | None = None,
            repeat_ttl: float = 600,
            session_ttl: float = 86400,
        ) -> Sessions:
            settings = StoreSettings(url=url, key=key, repeat_ttl=repeat_ttl, session_ttl=session_ttl)
            sessions = make_sessions(settings, clock or SystemClock())
            await sessions.backend.open()
            opened.push_async_callback(sessions.backend.close)
            return sessions

        yield open_one


@pytest.fixture
async def sessions(store: str, open_sessions: OpenSessions) -> Sessions:
    """An empty store of each kind, opened."""
    return await open_sessions(store)


class Work:
    """Makes answers, one for each call, and counts; fails when told to; waits while its gate is shut."""

    def __init__(self, *outcomes: Answer | Exception) -> None:
        self.outcomes = list(outcomes)
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, _conversation: Conversation) -> Answer:
        self.calls += 1
        outcome = self.outcomes.pop(0)
        await self.gate.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def run_turn(
    sessions: Sessions,
    work: Callable[[Conversation], Awaitable[Answer]],
    *,
    events: Sequence[str] = (),
    conversation: str = "c",
) -> Answer:
    """Do what the pipeline does with an event, short of asking a bot."""
    visit = sessions.visit(conversation, events)
    answer = None
    try:
        answer = await visit.find_answer()
        if answer is None:
            await visit.wait_turn()
            answer = await work(visit.conversation)
            visit.save()
    finally:
        await visit.leave(answer)
    return answer


async def until(condition: Callable[[], bool]) -> None:
    """Look until it is so."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)
