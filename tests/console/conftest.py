"""One browser for the run, and for each test a gateway and a profile of its own.

Run by `make console-test`, which builds the pages and installs Chromium where it may.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from emulators.server import Running, emulators
from tests.console.rig import LOOKS, Console, Look, open_console, open_page, start_browser
from tests.gateways import make_account

BREAKER = {"failures": 3, "window": 30, "open_for": 60}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The browser speaks to the loop that started it: all tests run on one.
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        started = await start_browser(playwright)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def running() -> AsyncIterator[Running]:
    """All emulators, each on a free port."""
    async with emulators() as up:
        yield up


@pytest_asyncio.fixture(loop_scope="session")
async def console(running: Running, tmp_path: Path) -> AsyncIterator[Console]:
    """A gateway with a bot per vendor; each has a circuit and an escalation."""
    escalation = {"skill": "human_skill", "message": "One moment, I will get a colleague."}
    account = make_account(running, breaker=BREAKER, escalation=escalation)
    async with open_console(tmp_path, account) as opened:
        yield opened


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """Both themes, wide and on a phone."""
    look: Look = request.param
    return look


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, console: Console) -> AsyncIterator[Page]:
    """A wide, light page that is signed in and shows the dashboard."""
    async with open_page(browser, console) as opened:
        yield opened
