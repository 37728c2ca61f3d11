import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest
from redis import Redis

from gateway.bot import Bot
from gateway.contract.callables import Sandbox
from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, TurnFailed, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.ports import Archive, Clock
from gateway.contract.reply import ReplyRules
from gateway.contract.types import AccountId, Action, ActionName, BotName, ReadingContext, Reply
from gateway.figures.keeping import Figures
from gateway.figures.lives import Live
from gateway.figures.names import BotKey
from gateway.resilience.breaker import Breaker
from gateway.resilience.deadline import Deadline
from gateway.resilience.limiter import Limiter, LimitPolicy
from gateway.resilience.retry import RetryPolicy
from gateway.sessions.backends import StoreSettings, make_sessions
from gateway.sessions.memory_archive import MemoryArchive
from gateway.status import BotStatus
from gateway.telemetry.metrics import Metrics
from gateway.turn import Turn
from hooks.runner import HookRunner
from tests.fakes import FakeClock
from tests.redis_server import RedisServer, redis_server

BOT: BotKey = AccountId("83482904"), BotName("concierge")
OTHER: BotKey = AccountId("83482904"), BotName("billing")
MIDNIGHT = 1_790_208_000.0
"""Where tests begin, 2026-09-24T00:00:00Z: buckets of every size begin there, weeks too."""


class StillClock(FakeClock):
    """A clock that only the test moves: who sleeps waits until it is cancelled."""

    def __init__(self, now: float = MIDNIGHT) -> None:
        super().__init__(now)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.Event().wait()


class Bots:
    """Has turns with bots that exist only as far as observers see them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._metrics = Metrics()
        self._made: dict[tuple[BotKey, str | None], Bot] = {}

    def make(self, key: BotKey = BOT, environment: str | None = None, *, breaker: Breaker | None = None) -> Bot:
        """Give the bot, made at the first call."""
        if (key, environment) not in self._made:
            account, name = key
            self._made[key, environment] = Bot(
                account=account,
                name=name,
                vendor_name="lex-v2",
                vendor=None,  # type: ignore[arg-type] # its turns have ended: nobody asks it
                hooks=HookRunner(timeout=2, sandbox=Sandbox()),
                retry=RetryPolicy(),
                attempt_timeout=5,
                total_timeout=10,
                limiter=Limiter(LimitPolicy(), self._clock),
                breaker=breaker,
                escalation=None,
                rules=ReplyRules(),
                reading=ReadingContext(),
                metrics=self._metrics.for_bot(account, name, "lex-v2"),
                status=BotStatus(self._clock),
                environment=environment,
            )
        return self._made[key, environment]

    def end_turn(
        self,
        key: BotKey = BOT,
        outcome: str = "answered",
        *,
        seconds: float = 0.1,
        environment: str | None = None,
        action: ActionName | None = None,
        error: TurnFailed | None = None,
        is_new: bool = False,
        conversation: str = "c-1",
    ) -> Turn:
        """Have a turn, as observers see it once the TurnReporter has told the bot's status."""
        bot = self.make(key, environment)
        event = parse_event({"convId": conversation, "message": "hi"})
        turn = Turn(bot, event, Deadline(self._clock, 10), self._clock.monotonic() - seconds)
        turn.steps["total"] = seconds
        turn.outcome = outcome
        turn.is_new = is_new
        if outcome in {"failed", "escalated"}:
            turn.error = error or make_failure()
        if outcome in {"answered", "escalated"}:
            turn.reply = Reply(action=None if action is None else Action(action))
        bot.status.note(outcome, reply=turn.reply, error=turn.error, is_new=is_new, is_open=False)
        return turn


def make_failure() -> VendorFailure:
    return VendorFailure(FailureKind.UNAVAILABLE, PREFIX + "aivendor.lex.send-query", "Lex is away.", vendor_status=503)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def bots(clock: StillClock) -> Bots:
    return Bots(clock)


@pytest.fixture(scope="session")
def running_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What `--store` says, for each kind of store in turn; every one is empty."""
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("running_redis")
        with Redis.from_url(server.url) as client:
            client.flushall()
        return server.url
    return f"sqlite:///{tmp_path}/store.db" if request.param == "sqlite" else "memory"


@pytest.fixture
async def archive(store: str, clock: StillClock) -> AsyncIterator[Archive]:
    sessions = make_sessions(StoreSettings(url=store, key="a key of the store"), clock)
    await sessions.backend.open()
    yield sessions.archive
    await sessions.backend.close()


class OpenFigures(Protocol):
    async def __call__(self, *, look: Iterable[tuple[BotKey, Live]] = ()) -> Figures: ...


@pytest.fixture
async def open_figures(archive: Archive, clock: StillClock) -> AsyncIterator[OpenFigures]:
    """Opens processes at one store; closes at the end those that still live."""
    async with AsyncExitStack() as opened:

        async def open_one(*, look: Iterable[tuple[BotKey, Live]] = ()) -> Figures:
            figures = Figures(archive, clock, look=lambda: dict(look))
            return await opened.enter_async_context(figures)

        yield open_one


async def die(figures: Figures, clock: Clock) -> None:
    """Be silent from now on, as a process that was killed: nothing is flushed, no end is noted."""
    assert figures._running is not None
    figures._running.cancel()
    await asyncio.wait({figures._running})
    figures._archive = MemoryArchive(clock)  # where the dead write
