import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path

from config.loader import LoadedAccounts, load_accounts
from config.watch import AccountWatch
from gateway.reloading import Reloader
from tests.fakes import FakeClock

VALID = "account: '{}'\nbots: {{b: {{vendor: function, settings: {{url: 'https://bots.example/b'}}}}}}\n"


class SteppedClock(FakeClock):
    """A clock whose sleepers wake when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self._wake = asyncio.Semaphore(0)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await self._wake.acquire()

    async def wake(self, times: int) -> None:
        """Let the one sleeper wake so many times, and wait until it sleeps again."""
        for _ in range(times):
            slept = len(self.slept)
            self._wake.release()
            async with asyncio.timeout(5):
                while len(self.slept) == slept:
                    await asyncio.sleep(0.001)


class Server:
    """Serves what it is given, or fails."""

    def __init__(self) -> None:
        self.served: list[list[str]] = []
        self.given: list[LoadedAccounts] = []
        self.asked = 0
        self.fault: Exception | None = None

    async def serve(self, accounts: LoadedAccounts) -> None:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        self.given.append(accounts)
        self.served.append([account.account for account in accounts.accounts])

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(5):
            while self.asked < times:
                await asyncio.sleep(0.001)


@asynccontextmanager
async def following(reloader: Reloader, asked: asyncio.Event) -> AsyncIterator[None]:
    task = asyncio.ensure_future(reloader.follow(asked))
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_what_is_valid_is_served_when_asked_for_and_what_is_not_never(tmp_path: Path) -> None:
    server, asked = Server(), asyncio.Event()
    (tmp_path / "a.yaml").write_text(VALID.format("1"))
    async with following(Reloader(tmp_path, server.serve), asked):
        asked.set()
        await server.until_asked(1)
        (tmp_path / "b.yaml").write_text("account: [")
        asked.set()
        while asked.is_set():
            await asyncio.sleep(0.001)
        # Asked again while the broken file may still be looked at: one reload after the other.
        (tmp_path / "b.yaml").write_text(VALID.format("2"))
        asked.set()
        await server.until_asked(2)
    # The reload that found the broken file may have come late enough to find the good one: then that is served twice.
    assert [served for served, _ in groupby(server.served)] == [["1"], ["1", "2"]]


async def test_a_fault_in_serving_does_not_end_the_reloads(tmp_path: Path) -> None:
    server, asked = Server(), asyncio.Event()
    (tmp_path / "a.yaml").write_text(VALID.format("1"))
    async with following(Reloader(tmp_path, server.serve), asked):
        server.fault = RuntimeError("no memory")
        asked.set()
        await server.until_asked(1)
        server.fault = None
        asked.set()
        await server.until_asked(2)
    assert server.served == [["1"]]


async def test_a_change_is_served_once_whoever_speaks_of_it(tmp_path: Path) -> None:
    server, asked, clock = Server(), asyncio.Event(), SteppedClock()
    (tmp_path / "a.yaml").write_text(VALID.format("1"))
    watch = AccountWatch(tmp_path, clock)
    async with following(Reloader(tmp_path, server.serve, watch), asked):
        (tmp_path / "a.yaml").write_text(VALID.format("23"))
        await clock.wake(2)
        await server.until_asked(1)
        await clock.wake(5)
        assert server.served == [["23"]]
        # Asked for, a change is served at once, and is no news to the watch afterwards.
        (tmp_path / "a.yaml").write_text(VALID.format("456"))
        asked.set()
        await server.until_asked(2)
        await clock.wake(5)
        (tmp_path / "a.yaml").write_text("account: [")
        await clock.wake(5)
        (tmp_path / "a.yaml").write_text(VALID.format("7890"))
        await clock.wake(2)
        await server.until_asked(3)
    assert server.served == [["23"], ["456"], ["7890"]]


async def test_what_has_not_changed_is_not_made_anew(tmp_path: Path) -> None:
    server, asked = Server(), asyncio.Event()
    for name in ("1", "2"):
        (tmp_path / f"{name}.yaml").write_text(VALID.format(name))
    known = await asyncio.to_thread(load_accounts, tmp_path, {})
    async with following(Reloader(tmp_path, server.serve, known=known), asked):
        for times, name in enumerate(("22", "222"), start=1):
            (tmp_path / "2.yaml").write_text(VALID.format(name))
            asked.set()
            await server.until_asked(times)
    assert server.served == [["1", "22"], ["1", "222"]]
    assert [given.accounts[0] for given in server.given] == [known.accounts[0]] * 2
    assert all(given.accounts[0] is known.accounts[0] for given in server.given)
