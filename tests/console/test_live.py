"""What changes is shown without a reload; a gateway that goes away is found again."""

from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from emulators.server import Running
from tests.console.rig import Console, make_bots, open_console, open_page
from tests.console.test_list import link, rows

FIRST_RETRY = 5_000
"""Milliseconds before the page first tries to find a gateway that has gone."""


async def test_turns_are_counted_while_one_looks(console: Console, page: Page) -> None:
    await page.evaluate("window.isSamePage = true")
    row = rows(page).filter(has=link(page, "lex"))
    await expect(row.locator(".bots-turns .bots-figure")).to_have_text("0", use_inner_text=True)
    for _ in range(3):
        await console.gateway.say("lex", "hello")
    await expect(row.locator(".bots-turns .bots-figure")).to_have_text("3", use_inner_text=True)
    await expect(row.locator(".bots-latency .bots-figure")).to_contain_text("ms")
    assert await page.evaluate("window.isSamePage") is True


async def test_gateway_that_comes_back_is_found_again(browser: Browser, running: Running, tmp_path: Path) -> None:
    account = make_bots(running, "lex")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(open_console(tmp_path, account))
        port = int(first.server.url.rpartition(":")[2])
        page = await stack.enter_async_context(open_page(browser, first))
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await page.clock.install()
        await first.server.drain()
        await expect(page.get_by_text("Reconnecting…")).to_be_visible()
        await first.server.__aexit__()
        # Nobody is there: the page goes on to wait, and to show what it last knew.
        await page.clock.fast_forward(FIRST_RETRY)
        await expect(page.get_by_text("Reconnecting…")).to_be_visible()
        await expect(link(page, "lex")).to_be_visible()
        other = make_bots(running, "lex", "watson")
        await stack.enter_async_context(open_console(tmp_path, other, port=port))
        await page.clock.fast_forward(4 * FIRST_RETRY)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        # What changed in between was in no event.
        await expect(link(page, "watson")).to_be_visible()


async def test_reload_of_the_accounts_is_seen(browser: Browser, running: Running, tmp_path: Path) -> None:
    async with (
        open_console(tmp_path, make_bots(running, "lex", "watson")) as console,
        open_page(browser, console) as page,
    ):
        await expect(link(page, "watson")).to_be_visible()
        await console.reload(make_bots(running, "lex", "function"))
        await expect(link(page, "function")).to_be_visible()
        await expect(link(page, "watson")).to_have_count(0)
