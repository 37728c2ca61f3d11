"""What is kept outside the process: it survives kill -9, and several gateways share it without giving an event twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web

from config.loader import load_accounts
from gateway.app import Server, ServeSettings
from tests.gateways import KEY, Gateway, make_event, write_accounts
from tests.redis_server import RedisServer, redis_server
from tests.scenario.test_process import Process, run, serve

CONVERSATIONS: Final = 200
EVENTS: Final = 4
"""Of each conversation."""
KILLS_AT: Final = (100, 300, 500)
"""Answers after which a gateway is killed, of 800."""
NOT_CATCHED: Final = "com.liveperson.bot-connectors-worker.error.events-queue.not-catched-pipeline-error"

COUNTING = """
def count(payload, ctx):
    ctx.state["turns"] = ctx.state.get("turns", 0) + 1
    return {**payload, "messages": [f"{payload['messages'][0]}, turn {ctx.state['turns']}"]}
"""


class Bot:
    """A vendor that takes its time, and remembers which events it had and whether two of a conversation overlapped."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.overlaps: list[str] = []
        self.under_way: Counter[str] = Counter()
        self.delay = 0.03
        self.hold = asyncio.Event()
        self.hold.set()
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        event = await request.json()
        conversation, text = event["convId"], event["message"]
        self.seen[conversation, text] += 1
        self.under_way[conversation] += 1
        if self.under_way[conversation] > 1:
            self.overlaps.append(conversation)
        try:
            await asyncio.sleep(self.delay)
            await self.hold.wait()
        finally:
            self.under_way[conversation] -= 1
        return web.json_response({"messages": [f"you said {text}"], "context": {}})


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    vendor = Bot()
    application = web.Application()
    application.router.add_post("/", vendor.answer)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    vendor.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield vendor
    await runner.cleanup()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


def write_account(directory: Path, bot: Bot, **keys: Any) -> None:
    """Write an account with one bot at `bot`, whose answers count the conversation's turns."""
    (directory / "counting_hooks.py").write_text(COUNTING)
    hooks = {"post": ["counting_hooks:count"]}
    bots = {"function": {"vendor": "function", "settings": {"url": bot.url}, "hooks": hooks, **keys}}
    write_accounts(directory, {"account": "83482904", "auth": {"api_keys": [KEY]}, "bots": bots})


def arguments(directory: Path, store: str) -> tuple[str, ...]:
    return ("--config", str(directory), "--port", "0", "--log-level", "error", "--store", store)


def read_store(directory: Path) -> bytes:
    """Read what SQLite has written, its log included."""
    return b"".join(file.read_bytes() for file in directory.glob("store.db*"))


async def kill(gateway: Process) -> None:
    gateway.process.kill()
    await gateway.process.wait()


# --- SQLite -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "a key of the store"], ids=["plain", "encrypted"])
async def test_what_sqlite_keeps_survives_kill_9(key: str | None, bot: Bot, tmp_path: Path) -> None:
    write_account(tmp_path, bot)
    store = arguments(tmp_path, f"sqlite:///{tmp_path}/store.db")
    environ = {} if key is None else {"BOTBRIDGE_STORE_KEY": key}
    events = [make_event(f"wish {n}", conversation=f"c{n % 5}", sequence=n) for n in range(40)]
    async with aiohttp.ClientSession() as client:
        async with serve(*store, environ=environ) as gateway:
            first = await asyncio.gather(*(gateway.post(client, "function", event) for event in events))
            bot.hold.clear()
            cut = asyncio.ensure_future(
                gateway.post(client, "function", make_event("cut", conversation="c0", sequence=99))
            )
            while not bot.seen["c0", "cut"]:
                await asyncio.sleep(0.005)
            await kill(gateway)
            await asyncio.wait({cut})
            bot.hold.set()
        async with serve(*store, environ=environ) as gateway:
            again = await asyncio.gather(*(gateway.post(client, "function", event) for event in events))
            assert again == first
            assert set(bot.seen.values()) == {1}
            # The event that was cut off is the bot's again, and the conversation goes on where it was.
            repeat = await gateway.post(client, "function", make_event("cut", conversation="c0", sequence=99))
            assert repeat == (200, {"messages": ["you said cut, turn 9"], "context": {}})
            assert bot.seen["c0", "cut"] == 2
    assert (b"wish" in read_store(tmp_path)) is (key is None)


async def test_a_second_gateway_is_told_that_the_file_is_in_use(bot: Bot, tmp_path: Path) -> None:
    write_account(tmp_path, bot)
    store = arguments(tmp_path, f"sqlite:///{tmp_path}/store.db")
    async with serve(*store):
        code, out, err = await run("serve", *store)
    assert (code, out) == (1, "")
    assert err == "botbridge: cannot use the store: SQLite: database is locked\n"


# --- Redis ------------------------------------------------------------------------------------------------------------


async def test_three_gateways_that_are_killed_give_no_event_twice(bot: Bot, redis: RedisServer, tmp_path: Path) -> None:
    write_account(tmp_path, bot)
    chance = random.Random(7)  # noqa: S311 - not for secrets
    story = Story(bot, chance, arguments(tmp_path, redis.url))
    async with AsyncExitStack() as opened, asyncio.timeout(30):
        story.client = await opened.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        story.opened = opened
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(story.start())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(story.kill_some())
            for number in range(CONVERSATIONS):
                tasks.create_task(story.converse(f"c{number}"))

    assert story.kills == len(KILLS_AT)
    assert story.cut_off, "no gateway was killed in the middle of a call: the test shows nothing"
    assert bot.overlaps == []
    wanted = {(f"c{number}", f"event {event}") for number in range(CONVERSATIONS) for event in range(EVENTS)}
    assert set(bot.seen) == wanted
    twice = {event for event, times in bot.seen.items() if times > 1}
    assert twice <= set(story.cut_off)
    assert all(times <= 1 + story.cut_off[event] for event, times in bot.seen.items())
    assert story.wrong == []


class Story:
    """200 consumers at three gateways, and somebody who kills gateways."""

    client: aiohttp.ClientSession
    opened: AsyncExitStack

    def __init__(self, bot: Bot, chance: random.Random, serve_arguments: tuple[str, ...]) -> None:
        self.bot = bot
        self.chance = chance
        self.arguments = serve_arguments
        self.gateways: list[Process] = []
        self.kills = 0
        self.answered = 0
        self.cut_off: Counter[tuple[str, str]] = Counter()
        """Events whose call was cut off by a kill, and how often."""
        self.wrong: list[Any] = []

    async def start(self) -> None:
        self.gateways.append(await self.opened.enter_async_context(serve(*self.arguments)))

    async def kill_some(self) -> None:
        for answers in KILLS_AT:
            while self.answered < answers:
                await asyncio.sleep(0.005)
            victim = self.gateways.pop(self.chance.randrange(len(self.gateways)))
            await kill(victim)
            self.kills += 1
            await self.start()

    async def converse(self, conversation: str) -> None:
        """Say one thing after the other, some of them twice at once."""
        for number in range(EVENTS):
            text = f"event {number}"
            event = make_event(text, conversation=conversation, sequence=number)
            answers = [await self.insist(event)]
            if self.chance.random() < 0.3:
                answers += await asyncio.gather(self.insist(event), self.insist(event))
            answers.append(await self.insist(event))
            said = {answer["messages"][0] for answer in answers}
            self.answered += 1
            # Answer and conversation are kept in one step: a turn that was cut off has not been counted.
            if said != {f"you said {text}, turn {number + 1}"}:
                self.wrong.append((conversation, number, said))

    async def insist(self, event: Any) -> Any:
        """Send an event as LivePerson does: again, and elsewhere, until there is an answer."""
        name = (event["convId"], event["message"])
        while True:
            gateway = self.chance.choice(self.gateways)
            try:
                status, body = await gateway.post(self.client, "function", event)
            except aiohttp.ClientConnectionError:
                self.cut_off[name] += 1
                continue
            if status != 200:
                self.wrong.append((name, status, body))
            return body


@asynccontextmanager
async def open_shared(directory: Path, store: str) -> AsyncIterator[Gateway]:
    accounts = await asyncio.to_thread(load_accounts, directory, {})
    settings = ServeSettings(config=directory, port=0, store=store)
    async with Server(accounts, settings) as server, aiohttp.ClientSession() as client:
        yield Gateway(server, client, directory)


async def test_while_redis_is_away_turns_are_handed_over_and_then_answered(
    bot: Bot, redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    write_account(tmp_path, bot, escalation={"skill": "people"}, timeouts={"attempt": 1, "total": 2})
    async with open_shared(tmp_path, redis.url) as gateway:
        answer = await gateway.say("function", "one", sequence=1)
        assert (answer.status, answer.body["messages"]) == (200, ["you said one, turn 1"])
        for break_it, mend_it in ((redis.stop, redis.start), (redis.freeze, redis.thaw)):
            break_it()
            async with asyncio.timeout(6):
                handed_over = await gateway.say("function", "two", sequence=2)
            assert handed_over.body == {
                "messages": [],
                "context": {"action": "TRANSFER", "actionParameters": {"skill": "people"}},
            }
            assert handed_over.headers["X-Error-Name"] == NOT_CATCHED
            assert bot.seen["c-1", "two"] == 0
            mend_it()
            async with asyncio.timeout(10):
                while (await gateway.say("function", "three", conversation="other")).headers.get("X-Error-Name"):
                    await asyncio.sleep(0.05)
        answer = await gateway.say("function", "two", sequence=2)
        assert (answer.status, answer.headers.get("X-Error-Name")) == (200, None)
        assert bot.seen["c-1", "two"] == 1


async def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    bot: Bot, redis: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    write_account(tmp_path, bot)
    bot.hold.clear()
    async with open_shared(tmp_path, redis.url) as gateway:
        asked = asyncio.ensure_future(gateway.say("function", "one", sequence=1))
        while not bot.seen["c-1", "one"]:
            await asyncio.sleep(0.005)
        redis.stop()
        bot.hold.set()
        answer = await asked
        assert (answer.status, answer.body["messages"]) == (200, ["you said one, turn 1"])
        metrics = (await gateway.get("/metrics")).body
        assert "botbridge_store_not_kept 1.0" in metrics


async def test_a_store_that_cannot_be_had_is_told_in_one_line(bot: Bot, redis: RedisServer, tmp_path: Path) -> None:
    write_account(tmp_path, bot)
    redis.stop()
    code, out, err = await run("serve", *arguments(tmp_path, redis.url))
    assert (code, out) == (1, "")
    assert err.startswith(f"botbridge: cannot use the store: Redis: Error 111 connecting to 127.0.0.1:{redis.port}.")
    assert err.count("\n") == 1
