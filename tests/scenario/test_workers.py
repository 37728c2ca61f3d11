"""Several workers on one port: they share the work, are replaced when they die, reload and end together."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from emulators.faults import Fault
from emulators.server import Running
from tests.gateways import KEY, make_event, write_accounts
from tests.redis_server import RedisServer, redis_server
from tests.scenario.test_order_and_repeats import Hold
from tests.scenario.test_process import Process, run, serve

WORKERS = 2


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    (tmp_path / "redis").mkdir()
    with redis_server(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the account files are."""
    made = tmp_path / "accounts"
    made.mkdir()
    return made


def make_account(running: Running) -> dict[str, Any]:
    """Describe an account with two bots that need no SDK: workers start quickly."""
    bot = {"vendor": "function", "settings": {"url": f"{running['function']}/bot"}}
    return {"account": "83482904", "auth": {"api_keys": [KEY]}, "bots": {"function": bot, "other": bot}}


class Gateway:
    """A supervisor with its workers, and what their log says."""

    def __init__(self, process: Process, client: aiohttp.ClientSession) -> None:
        self.process = process
        self.client = client
        self.log: list[dict[str, Any]] = []
        self._reading = asyncio.ensure_future(self._read_log())

    async def say(self, text: str, *, bot: str = "function", sequence: int | None = None) -> tuple[int, Any]:
        """Say something in a conversation of its own, on a connection of its own."""
        event = make_event(text, conversation=f"c-{sequence}", sequence=sequence)
        return await self.process.post(self.client, bot, event)

    async def insist(self, text: str, *, sequence: int) -> tuple[int, Any]:
        """Send an event as LivePerson does: again, until there is an answer."""
        while True:
            try:
                return await self.say(text, sequence=sequence)
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.01)

    async def read_metrics(self) -> dict[str, float]:
        """Read the samples of the bot `function`: name, and outcome or step where there is one -> value."""
        async with self.client.get(f"{self.process.url}/metrics") as answer:
            text = await answer.text()
        return {
            f"{sample.name} {sample.labels.get('outcome') or sample.labels.get('step') or ''}".strip(): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.labels.get("bot") == "function" and "le" not in sample.labels
        }

    async def until_metrics(self, expected: dict[str, float]) -> None:
        """Wait until the workers' metrics say so: what another worker counts is there a moment later."""
        async with asyncio.timeout(20):
            while not expected.items() <= (await self.read_metrics()).items():
                await asyncio.sleep(0.01)

    def find(self, event: str) -> list[dict[str, Any]]:
        """Find the log's lines of this name."""
        return [line for line in self.log if line["event"] == event]

    async def until_logged(self, event: str, times: int = 1) -> list[dict[str, Any]]:
        """Wait until the log has so many lines of this name."""
        async with asyncio.timeout(20):
            while len(found := self.find(event)) < times:
                await asyncio.sleep(0.01)
        return found

    def read_workers(self) -> set[int]:
        """Give the process ids of the workers."""
        pid = self.process.process.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to the supervisor and wait for its end and the log's, which is the workers'; give the exit code."""
        self.process.process.send_signal(number)
        async with asyncio.timeout(20):
            await self._reading
            return await self.process.process.wait()

    async def _read_log(self) -> None:
        assert self.process.process.stderr is not None
        async for line in self.process.process.stderr:
            self.log.append(orjson.loads(line))


@asynccontextmanager
async def serve_workers(folder: Path, store: str, *arguments: str) -> AsyncIterator[Gateway]:
    options = ("--config", str(folder), "--port", "0", "--workers", str(WORKERS), "--store", store, *arguments)
    temporary = folder.parent / "temporary"
    temporary.mkdir()
    # A connection for every request, so that the system deals them out.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    environ = {"TMPDIR": str(temporary)}
    async with serve(*options, environ=environ) as process, aiohttp.ClientSession(connector=connector) as client:
        yield Gateway(process, client)
    # However it ended, it leaves nothing behind.
    assert await asyncio.to_thread(os.listdir, temporary) == []


async def test_workers_share_one_port_and_their_metrics_add_up(
    running: Running, redis: RedisServer, folder: Path
) -> None:
    write_accounts(folder, make_account(running))
    async with serve_workers(folder, redis.url) as gateway:
        answers = [await gateway.say(f"number {number}", sequence=number) for number in range(60)]
        assert [status for status, _ in answers] == [200] * 60
        # Whichever worker gets it: a repeat has the first answer.
        assert [await gateway.say("?", sequence=number) for number in range(60)] == answers
        assert len(running.function.requests) == 60
        await gateway.until_metrics({"botbridge_turns_total repeated": 60, "botbridge_turns_in_flight": 0})
        seen = [await gateway.read_metrics() for _ in range(10)]
        workers = gateway.read_workers()
        assert await gateway.end() == 0
    assert len(workers) == WORKERS
    turns = gateway.find("turn")
    assert Counter(turn["outcome"] for turn in turns) == {"answered": 60, "repeated": 60}
    assert {turn["pid"] for turn in turns} == workers
    for metrics in seen:
        assert metrics["botbridge_turns_total answered"] == 60
        assert metrics["botbridge_turns_total repeated"] == 60
        assert metrics["botbridge_step_seconds_count vendor"] == 60
        assert metrics["botbridge_turns_in_flight"] == 0


async def test_a_killed_worker_is_replaced_and_only_what_it_had_in_hand_is_cut_off(
    running: Running, redis: RedisServer, folder: Path
) -> None:
    write_accounts(folder, make_account(running))
    hold = Hold()
    running.function.sleep = hold
    async with serve_workers(folder, redis.url) as gateway:
        for number in range(30):
            await gateway.say("before", sequence=number)
        victim = gateway.read_workers().pop()
        running.function.faults.add(Fault(kind="delay", delay=1, times=30))
        held = [asyncio.ensure_future(gateway.say("held", sequence=100 + number)) for number in range(30)]
        await hold.until(30)
        await gateway.until_metrics({"botbridge_turns_in_flight": 30})
        os.kill(victim, signal.SIGKILL)
        # The others are asked at once, and answer; what the dead one had in hand is no longer under way.
        after = [await gateway.insist("after", sequence=200 + number) for number in range(30)]
        restarted = await gateway.until_logged("worker-restarted")
        await gateway.until_metrics({"botbridge_turns_total answered": 60})  # what the dead one had counted is not lost
        survived = await gateway.read_metrics()
        hold.release.set()
        ended = await asyncio.gather(*held, return_exceptions=True)
        cut_off = [error for error in ended if isinstance(error, BaseException)]
        again = [await gateway.insist("again", sequence=300 + number) for number in range(30)]
        await gateway.until_metrics(
            {"botbridge_turns_total answered": 120 - len(cut_off), "botbridge_turns_in_flight": 0}
        )
        assert await gateway.end() == 0

    assert all(isinstance(error, aiohttp.ClientConnectionError) for error in cut_off)
    assert 0 < len(cut_off) < 30
    answered = [answer[0] for answer in ended if not isinstance(answer, BaseException)]
    assert answered == [200] * (30 - len(cut_off))
    assert [status for status, _ in (*after, *again)] == [200] * 60
    (death,) = gateway.find("worker-ended")
    assert (death["worker"], death["how"]) == (victim, "killed by SIGKILL")
    assert restarted[0]["worker"] in {turn["pid"] for turn in gateway.find("turn")}
    # What was true of the dead worker alone is gone with it.
    assert survived["botbridge_turns_in_flight"] == 30 - len(cut_off)


async def test_sigterm_has_every_worker_finish_and_refuse_what_is_new(
    running: Running, redis: RedisServer, folder: Path
) -> None:
    write_accounts(folder, make_account(running))
    hold = Hold()
    running.function.sleep = hold
    running.function.faults.add(Fault(kind="delay", delay=1, times=30))
    async with serve_workers(folder, redis.url) as gateway:
        held = [asyncio.ensure_future(gateway.say("hello", sequence=number)) for number in range(30)]
        await hold.until(30)
        ending = asyncio.ensure_future(gateway.end())
        draining = await gateway.until_logged("draining", WORKERS)
        asked = len(running.function.requests)
        for _ in range(20):
            async with gateway.client.get(f"{gateway.process.url}/readyz") as answer:
                assert answer.status == 503
            status, body = await gateway.say("hello", bot="other")
            assert (status, body["error"]["name"]) == (503, "botbridge.error.overloaded")
        hold.release.set()
        assert [(await answer)[0] for answer in held] == [200] * 30
        assert await ending == 0
    assert sum(line["in_flight"] for line in draining) == 30
    assert len(running.function.requests) == asked == 30
    assert {line["level"] for line in gateway.log} == {"info"}


@pytest.mark.parametrize("by", ["SIGHUP", "a changed file"])
async def test_every_worker_serves_what_the_files_say_now_or_none_does(
    by: str, running: Running, redis: RedisServer, folder: Path
) -> None:
    account = make_account(running)
    write_accounts(folder, account)
    arguments = ("--no-watch",) if by == "SIGHUP" else ()

    def ask() -> None:
        if by == "SIGHUP":
            gateway.process.process.send_signal(signal.SIGHUP)

    async with serve_workers(folder, redis.url, *arguments) as gateway:
        account["bots"]["new"] = account["bots"].pop("other")
        write_accounts(folder, account)
        ask()
        reloaded = await gateway.until_logged("reloaded", WORKERS)
        assert {line["pid"] for line in reloaded} == gateway.read_workers()
        assert [(await gateway.say("hello", bot="new"))[0] for _ in range(20)] == [200] * 20
        assert [(await gateway.say("hello", bot="other"))[0] for _ in range(20)] == [404] * 20

        (folder / "account-0.yaml").write_text("account: [")
        ask()
        (refused,) = await gateway.until_logged("reload-refused")
        assert refused["problems"][0].startswith(f"{folder}/account-0.yaml:1: ")
        # A worker that comes now serves what the others serve, not what the files say.
        os.kill(gateway.read_workers().pop(), signal.SIGKILL)
        (restarted,) = await gateway.until_logged("worker-restarted")
        async with asyncio.timeout(20):
            while restarted["worker"] not in {turn["pid"] for turn in gateway.find("turn")}:
                assert (await gateway.insist("hello", sequence=1))[0] == 200
        assert await gateway.end() == 0
    assert len(gateway.find("reloaded")) == WORKERS


async def test_workers_end_when_their_supervisor_has_died(running: Running, redis: RedisServer, folder: Path) -> None:
    write_accounts(folder, make_account(running))
    hold = Hold()
    running.function.sleep = hold
    running.function.faults.add(Fault(kind="delay", delay=1))
    async with serve_workers(folder, redis.url) as gateway:
        under_way = asyncio.ensure_future(gateway.say("hello", sequence=1))
        await hold.until(1)
        gateway.process.process.kill()
        await gateway.until_logged("draining", WORKERS)
        hold.release.set()
        assert (await under_way)[0] == 200
        # The log ends when the last worker has.
        assert await gateway.end() == -signal.SIGKILL
    assert len(gateway.find("supervisor-gone")) == WORKERS


async def test_a_worker_that_is_told_to_end_drains_and_is_replaced(
    running: Running, redis: RedisServer, folder: Path
) -> None:
    write_accounts(folder, make_account(running))
    async with serve_workers(folder, redis.url) as gateway:
        victim = gateway.read_workers().pop()
        os.kill(victim, signal.SIGHUP)  # as a terminal does on closing: that is between it and the supervisor
        os.kill(victim, signal.SIGTERM)
        (ended,) = await gateway.until_logged("worker-ended")
        await gateway.until_logged("worker-restarted")
        assert (await gateway.insist("hello", sequence=1))[0] == 200
        assert await gateway.end(signal.SIGINT) == 0
    assert (ended["worker"], ended["how"]) == (victim, "exit code 0")


@pytest.mark.parametrize("store", ["memory", "sqlite:///{folder}/store.db"], ids=["memory", "sqlite"])
async def test_a_store_of_one_process_is_refused(store: str, running: Running, folder: Path) -> None:
    write_accounts(folder, make_account(running))
    store = store.format(folder=folder)
    code, out, err = await run("serve", "--config", str(folder), "--workers", "2", "--store", store)
    assert (code, out) == (2, "")
    assert "--workers" in err
    assert "--store redis://" in err


async def test_what_no_worker_can_do_is_told_in_one_line(running: Running, redis: RedisServer, folder: Path) -> None:
    write_accounts(folder, make_account(running))
    arguments = ("serve", "--config", str(folder), "--workers", "2", "--store", redis.url)
    async with serve_workers(folder, redis.url) as gateway:
        port = gateway.process.url.rpartition(":")[2]
        # Another gateway with workers: the system would let both have the port.
        code, out, err = await run(*arguments, "--port", port)
        assert (code, out) == (1, "")
        assert err == f"botbridge: cannot listen on 127.0.0.1:{port}: Address already in use\n"
        assert await gateway.end() == 0
    redis.stop()
    code, out, err = await run(*arguments, "--port", "0", "--log-level", "error")
    assert (code, out) == (1, "")
    assert err.startswith("botbridge: cannot use the store: Redis: Error 111 connecting to 127.0.0.1:")
    assert err.count("\n") == 1
