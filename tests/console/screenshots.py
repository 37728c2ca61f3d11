"""Renew docs/images/console-*.png: the console over a played hour, always of the same size. Run by `make screenshots`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.console.rig import TOKEN, Console, Look, open_page, start_browser
from tests.console.stage import ACCOUNT, PlayedClock, open_stage
from tests.console.test_tester import say, show

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
MAX_BYTES: Final = 250_000

Arrange = Callable[[Page, Console], Awaitable[None]]


async def show_list(page: Page, console: Console) -> None:
    """All bots."""
    await page.goto(f"{console.url}#/")
    await expect(page.get_by_role("table", name="Bots")).to_be_visible()


async def show_bot(page: Page, console: Console) -> None:
    """The bot that had an outage half an hour ago."""
    await page.goto(f"{console.url}#/bots/{ACCOUNT}/concierge")
    await expect(page.locator(".skeleton")).to_have_count(0)
    await expect(page.locator(".chart-box canvas")).to_have_count(3)


async def show_errors(page: Page, console: Console) -> None:
    """What went wrong with it."""
    await show_bot(page, console)
    await page.locator(".log-entry summary").first.click()
    await page.get_by_role("heading", name="Errors").scroll_into_view_if_needed()
    await page.locator(".log").evaluate("element => element.scrollIntoView({ block: 'start' })")


async def show_tester(page: Page, console: Console) -> None:
    """A conversation, and the turn of its last answer."""
    await show(page, console, "concierge")
    for message in ("hello", "where is my parcel"):
        await say(page, message)


PICTURES: Final[dict[str, Arrange]] = {
    "dashboard": show_list,
    "bot": show_bot,
    "errors": show_errors,
    "tester": show_tester,
}
SETS: Final = {
    "": (Look("light", 1240, 860), ("dashboard", "bot", "errors", "tester")),
    "-dark": (Look("dark", 1240, 860), ("dashboard", "tester")),
    "-phone": (Look("light", 360, 740), ("dashboard", "bot", "tester")),
}
"""The end of the files' names, how the page is looked at, and what is taken so."""


async def take_pictures(directory: Path) -> None:
    """Play the hour and take every picture."""
    async with async_playwright() as playwright, open_stage(directory) as (console, clock):
        browser = await start_browser(playwright)
        for suffix, (look, names) in SETS.items():
            async with _open(browser, console, clock, look) as page:
                for name in names:
                    arrange = PICTURES[name]
                    await arrange(page, console)
                    await _take(page, IMAGES / f"console-{name}{suffix}.png")
        await browser.close()


@asynccontextmanager
async def _open(browser: Browser, console: Console, clock: PlayedClock, look: Look) -> AsyncIterator[Page]:
    """Open a page that lives in the gateway's time."""
    async with open_page(browser, console, look, signed_in=False) as page:
        await page.clock.install(time=clock.time())
        await page.goto(f"{console.url}#token={TOKEN}")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        yield page


async def _take(page: Page, path: Path) -> None:
    picture = await page.screenshot(animations="disabled", caret="hide")
    if len(picture) > MAX_BYTES:
        raise ValueError(f"{path.name} has {len(picture)} bytes, more than {MAX_BYTES}")
    await asyncio.to_thread(path.write_bytes, picture)
    sys.stdout.write(f"{path.name}: {len(picture) // 1000} kB\n")


def main() -> None:
    """Take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as directory:
        asyncio.run(take_pictures(Path(directory)))


if __name__ == "__main__":
    main()
