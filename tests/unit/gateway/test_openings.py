import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from gateway.bot import Bot
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.errors import RequestRefused, UnforeseenFault
from gateway.contract.ports import Change, StoreFailed
from gateway.contract.reply import ReplyRules
from gateway.contract.types import AccountId, BotName, ConversationId, Json, ReadingContext
from gateway.openings import Openings
from gateway.resilience.limiter import Limiter, LimitPolicy
from gateway.resilience.retry import RetryPolicy
from gateway.sessions.backends import StoreSettings, make_sessions
from gateway.sessions.conversations import Conversation
from gateway.sessions.local import LocalBackend
from gateway.sessions.visits import Sessions, Visit
from gateway.status import BotStatus
from gateway.telemetry.metrics import Metrics
from hooks.runner import HookRunner
from tests.redis_server import redis_server
from tests.unit.gateway.test_pipeline import OddVendor

CLOCK = SystemClock()
ID = ConversationId("c-1")
OPENING: Json = {"sdes": {"authenticatedSdes": {"a": 1}}, "context": {}}


def make_bot(environment: str | None = "draft", *, name: str = "odd", total_timeout: float = 10) -> Bot:
    return Bot(
        account=AccountId("1"),
        name=BotName(name),
        vendor_name="odd",
        vendor=OddVendor(),
        hooks=HookRunner(timeout=2, sandbox=Sandbox()),
        retry=RetryPolicy(),
        attempt_timeout=5,
        total_timeout=total_timeout,
        limiter=Limiter(LimitPolicy(), CLOCK),
        breaker=None,
        escalation=None,
        rules=ReplyRules(),
        reading=ReadingContext(),
        metrics=Metrics().for_bot("1", name, "odd"),
        status=BotStatus(CLOCK),
        environment=environment,
    )


@asynccontextmanager
async def open_sessions(url: str = "memory") -> AsyncIterator[Sessions]:
    sessions = make_sessions(StoreSettings(url=url), CLOCK)
    await sessions.backend.open()
    try:
        yield sessions
    finally:
        await sessions.backend.close()


async def begin(sessions: Sessions, bot: Bot) -> Visit:
    visit = sessions.visit(bot.name_conversation(ID), [])
    await visit.find_answer()
    await visit.wait_turn()
    return visit


async def read(sessions: Sessions, bot: Bot) -> Conversation:
    visit = await begin(sessions, bot)
    await visit.leave(None)
    return visit.conversation


async def test_a_conversation_is_open_until_it_is_closed() -> None:
    bot = make_bot()
    async with open_sessions() as sessions:
        openings = Openings(sessions)
        await openings.open(bot, ID, OPENING)
        assert await read(sessions, bot) == Conversation(opening=OPENING)
        await openings.close(bot, ID)
        assert await read(sessions, bot) == Conversation()
        await openings.close(bot, ID)


async def test_a_new_opening_leaves_the_rest_and_closing_does_not() -> None:
    bot = make_bot()
    async with open_sessions() as sessions:
        openings = Openings(sessions)
        await openings.open(bot, ID, OPENING)
        visit = await begin(sessions, bot)
        visit.conversation.session["turns"] = 1
        visit.save()
        assert await visit.leave(None)
        renewed: Json = {"sdes": {}, "context": {}}
        await openings.open(bot, ID, renewed)
        assert await read(sessions, bot) == Conversation({"turns": 1}, {}, renewed)
        await openings.close(bot, ID)
        assert await read(sessions, bot) == Conversation()


async def test_it_is_new_until_a_turn_has_left_something() -> None:
    bot = make_bot()
    async with open_sessions() as sessions:
        await Openings(sessions).open(bot, ID, OPENING)
        visit = await begin(sessions, bot)
        assert visit.is_new
        visit.conversation.session["turns"] = 1
        visit.save()
        await visit.leave(None)
        visit = await begin(sessions, bot)
        assert not visit.is_new
        await visit.leave(None)


async def test_an_open_conversation_survives_a_restart(tmp_path: Path) -> None:
    bot, url = make_bot(), f"sqlite:///{tmp_path}/store.db"
    async with open_sessions(url) as sessions:
        await Openings(sessions).open(bot, ID, OPENING)
    async with open_sessions(url) as sessions:
        assert await read(sessions, bot) == Conversation(opening=OPENING)


async def test_what_one_gateway_opens_is_open_at_another(tmp_path: Path) -> None:
    bot = make_bot()
    with redis_server(tmp_path) as redis:
        async with open_sessions(redis.url) as here, open_sessions(redis.url) as there:
            await Openings(here).open(bot, ID, OPENING)
            assert await read(there, bot) == Conversation(opening=OPENING)
            await Openings(there).close(bot, ID)
            assert await read(here, bot) == Conversation()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (make_bot("draft"), make_bot(None)),
        (make_bot("draft"), make_bot("production")),
        (make_bot("a/b"), make_bot("a")),
        (make_bot("a%2Fb"), make_bot("a/b")),
        (make_bot("b", name="a"), make_bot(None, name="a")),
    ],
)
def test_no_key_of_one_begins_like_another_s(one: Bot, other: Bot) -> None:
    assert not one.prefix.startswith(other.prefix)
    assert not other.prefix.startswith(one.prefix)


async def test_it_waits_for_the_turn_that_is_under_way_as_long_as_a_turn_may_take() -> None:
    patient, impatient = make_bot(), make_bot(total_timeout=0.02)
    async with open_sessions() as sessions:
        openings = Openings(sessions)
        turn = await begin(sessions, patient)
        with pytest.raises(RequestRefused) as refused:
            await openings.open(impatient, ID, OPENING)
        assert (refused.value.status, refused.value.code) == (503, "botbridge.error.overloaded")
        assert (refused.value.retryable, refused.value.retry_after) == (True, 1)
        waiting = asyncio.ensure_future(openings.open(patient, ID, OPENING))
        await asyncio.sleep(0)
        assert not waiting.done()
        await turn.leave(None)
        await waiting
        assert await read(sessions, patient) == Conversation(opening=OPENING)


class FailingStore:
    """Fails at one kind of call."""

    def __init__(self, fails: str) -> None:
        self.fails = fails

    async def get(self, _key: str) -> bytes | None:
        if self.fails == "get":
            raise StoreFailed("gone")
        return None

    async def apply(self, _changes: Sequence[Change]) -> None:
        if self.fails == "apply":
            raise StoreFailed("gone")

    async def close(self) -> None:
        """Nothing to let go of."""


@pytest.mark.parametrize("fails", ["get", "apply"])
async def test_what_is_not_kept_is_an_error(fails: str) -> None:
    store = FailingStore(fails)
    async with open_sessions() as sessions:
        sessions.backend = LocalBackend(store, session_ttl=10, repeat_ttl=10)
        openings = Openings(sessions)
        with pytest.raises(UnforeseenFault) as fault:
            await openings.open(make_bot(), ID, OPENING)
        assert fault.value.status == 500
        UUID(fault.value.error_id)
        store.fails = "nothing"
        await openings.open(make_bot(), ID, OPENING)
