"""A gateway with its console, and an operator's browser as far as HTTP goes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from yarl import URL

from config.loader import load_accounts
from gateway.app import Server, ServeSettings
from gateway.console.settings import ConsoleSettings
from tests.gateways import Gateway, Said, make_event, write_accounts

TOKEN = "the-token-of-an-operator"
INDEX = "<!doctype html><title>console</title>"
OWN = {"X-Botbridge-Console": "1"}
ACCOUNT = "83482904"


class Operator:
    """A browser: it keeps cookies, and says of itself what the console's own page would."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self.url = url
        self.client = client

    async def call(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] = OWN, data: Any = None
    ) -> Said:
        """Call a route below /console/; `body` is written as JSON, `data` sent as it is."""
        sent = dict(headers)
        if body is not None:
            data, sent["Content-Type"] = orjson.dumps(body), "application/json"
        async with self.client.request(
            method, URL(f"{self.url}/console/{path}", encoded=True), data=data, headers=sent, allow_redirects=False
        ) as answer:
            content = await answer.read()
            is_json = answer.content_type == "application/json"
            return Said(answer.status, orjson.loads(content) if is_json else content.decode(), answer.headers)

    async def get(self, path: str) -> Any:
        """Get what a route of the API gives."""
        said = await self.call("GET", f"api/{path}")
        assert said.status == 200, said
        return said.body

    async def sign_in(self, token: str = TOKEN) -> Said:
        """Sign in, or be refused."""
        return await self.call("POST", "api/sign-in", {"token": token})

    async def test(self, bot: str, message: str = "hello", **more: Any) -> Any:
        """Have a turn in the tester; give TURN."""
        event = make_event(message, conversation=more.pop("conversation", "c-1"), sequence=more.pop("sequence", None))
        said = await self.call("POST", f"{of_bot(bot)}/turns", {"event": event, **more})
        assert said.status == 200, said
        return said.body

    async def until(self, path: str, wanted: Any) -> Any:
        """Ask a route of the API until what it gives is what is `wanted` (a predicate); give that."""
        async with asyncio.timeout(10):
            while not wanted(found := await self.get(path)):
                await asyncio.sleep(0.05)
        return found

    @asynccontextmanager
    async def listen(self) -> AsyncIterator["Stream"]:
        """Open the stream of live events."""
        async with self.client.get(f"{self.url}/console/api/live") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/event-stream"
            yield Stream(answer)


class Stream:
    """Server-sent events as they come."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def wait(self, event: str) -> Any:
        """Wait for the next event of a name; give its data."""
        async with asyncio.timeout(10):
            while True:
                if await self._read_line() == f"event: {event}":
                    return orjson.loads((await self._read_line()).removeprefix("data: "))

    async def end(self) -> None:
        """Wait for the stream's end."""
        async with asyncio.timeout(5):
            await self._answer.content.read()

    async def _read_line(self) -> str:
        line = await self._answer.content.readline()
        assert line, "the stream has ended"
        return line.decode().rstrip("\n")


def of_bot(bot: str) -> str:
    """Give the path of a bot's routes."""
    return f"api/accounts/{ACCOUNT}/bots/{bot}"


def write_pages(folder: Path) -> Path:
    """Write pages as a build leaves them."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX, encoding="utf-8")
    (folder / "assets" / "index-1a2b.js").write_text("export {};\n" * 200, encoding="utf-8")
    return folder


@asynccontextmanager
async def open_browser(url: str) -> AsyncIterator[Operator]:
    """Open a browser without cookies."""
    # The jar that takes cookies of an address without a name.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        yield Operator(url, client)


@asynccontextmanager
async def open_console(
    directory: Path, account: Any, *others: Any, tokens: tuple[str, ...] = (TOKEN,), **settings: Any
) -> AsyncIterator[tuple[Gateway, Operator]]:
    """Serve accounts, with the console; nobody has signed in yet."""
    pages = write_pages(directory / "pages") if not (directory / "pages").exists() else directory / "pages"
    write_accounts(directory, account, *others)
    accounts = await asyncio.to_thread(load_accounts, directory, {})
    served = ServeSettings(config=directory, port=0, console=ConsoleSettings(tokens=tokens, pages=pages), **settings)
    async with (
        Server(accounts, served) as server,
        aiohttp.ClientSession() as client,
        open_browser(server.url) as operator,
    ):
        yield Gateway(server, client, directory), operator


@asynccontextmanager
async def open_signed_in(directory: Path, account: Any, **settings: Any) -> AsyncIterator[tuple[Gateway, Operator]]:
    """The same, with an operator who has signed in."""
    async with open_console(directory, account, **settings) as (gateway, operator):
        assert (await operator.sign_in()).status == 204
        yield gateway, operator
