"""A gateway with its console, and pages of a real browser that are signed in to it."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Error, Page, Playwright, Request, expect

from config.loader import load_accounts
from emulators.server import Running
from gateway.app import Server, ServeSettings
from gateway.console.settings import PAGES, ConsoleSettings, check_pages
from tests.gateways import Gateway, make_account, write_accounts

TOKEN = "operator-of-these-tests"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT = 20_000
"""Milliseconds that an expectation may take to come true: two cores are shared with much else."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    theme: str
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.theme}-{self.width}"


WIDE = Look("light", 1280, 800)
LOOKS = [Look(theme, width, height) for theme in ("light", "dark") for width, height in ((1280, 800), (360, 740))]
"""Both themes, on a desk and on a phone."""


@dataclass(slots=True)
class Console:
    """A gateway that is running, with its console."""

    gateway: Gateway
    server: Server

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"{self.server.url}/console/"

    async def reload(self, *accounts: Any) -> None:
        """Serve other accounts from now on, as a changed file or SIGHUP does."""
        write_accounts(self.gateway.directory, *accounts)
        await self.server.serve_accounts(await asyncio.to_thread(load_accounts, self.gateway.directory, {}))


@asynccontextmanager
async def open_console(directory: Path, *accounts: Any, store: str = "memory", port: int = 0) -> AsyncIterator[Console]:
    """Serve accounts given as the YAML documents' values, with the console that `make console` has built."""
    await asyncio.to_thread(check_pages, PAGES)
    write_accounts(directory, *accounts)
    console = ConsoleSettings(tokens=(TOKEN,), pages=PAGES)
    settings = ServeSettings(config=directory, port=port, store=store, console=console, drain_timeout=1.0)
    loaded = await asyncio.to_thread(load_accounts, directory, {})
    async with Server(loaded, settings) as server, aiohttp.ClientSession() as client:
        try:
            yield Console(Gateway(server, client, directory), server)
        finally:
            # Ends the streams that pages still follow, as SIGTERM does.
            await server.drain()


def make_bots(running: Running, *names: str, **bot_keys: Any) -> dict[str, Any]:
    """Describe the account with these bots of tests.gateways alone."""
    account = make_account(running, **bot_keys)
    return account | {"bots": {name: account["bots"][name] for name in names}}


async def start_browser(playwright: Playwright) -> Browser:
    """Start Debian's Chromium; nothing is fetched for it."""
    if not await asyncio.to_thread(Path(CHROMIUM).exists):
        raise FileNotFoundError(f"{CHROMIUM} is missing: tests/install-chromium.sh installs it, CHROMIUM names another")
    return await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


@dataclass  # no slots: Playwright keeps its own notes on whoever listens
class Faults:
    """What no page of the console may do; looked at when the test has ended."""

    origin: str
    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note errors and violations of the policy, and what is asked of anybody but the gateway."""
        page.on("console", self._note_message)
        page.on("pageerror", self._note_error)
        page.on("request", self._note_request)

    def _note_message(self, message: ConsoleMessage) -> None:
        # A refusal that a test provokes is told by the browser, too; the page has to deal with it, and the test looks.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.found.append(f"{message.type}: {message.text}")

    def _note_error(self, error: Error) -> None:
        self.found.append(f"exception: {error}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.found.append(f"request to a third party: {request.url}")


@asynccontextmanager
async def open_page(
    browser: Browser, console: Console, look: Look = WIDE, *, signed_in: bool = True
) -> AsyncIterator[Page]:
    """Open a page of the console with a profile of its own; on leaving it must have shown no fault."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme="dark" if look.theme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    context.set_default_timeout(TIMEOUT)
    expect.set_options(timeout=TIMEOUT)
    faults = Faults(console.server.url)
    try:
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        faults.watch(page)
        if signed_in:
            await page.goto(f"{console.url}#token={TOKEN}")
            await expect(page.get_by_role("heading", name="Bots", exact=True)).to_be_visible()
        yield page
        assert faults.found == []
    finally:
        await context.close()


async def check_page(page: Page) -> None:
    """Hold a page against axe's rules, and against its own width: nothing may stick out sideways."""
    results = await Axe().run(page)
    found = "\n".join(_explain(results.response["violations"]))
    assert not found, found
    assert await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def _explain(violations: list[dict[str, Any]]) -> Iterator[str]:
    for violation in violations:
        for node in violation["nodes"]:
            yield f"{violation['id']} at {' '.join(map(str, node['target']))}: {node.get('failureSummary')}"
