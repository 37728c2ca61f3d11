"""Figures and errors outlive the gateway where the store does."""

from pathlib import Path

from playwright.async_api import Browser, expect

from emulators.server import Running
from tests.console.rig import make_bots, open_console, open_page
from tests.console.test_bot import play, show, total
from tests.console.test_failing_vendor import CODE, ESCALATION, FAILURES, ONCE, fail


async def test_sqlite_keeps_what_the_dashboard_shows(browser: Browser, running: Running, tmp_path: Path) -> None:
    account = make_bots(running, "lex", escalation=ESCALATION, retry=ONCE)
    accounts, store = tmp_path / "accounts", f"sqlite:///{tmp_path / 'store.sqlite'}"
    accounts.mkdir()
    async with open_console(accounts, account, store=store) as console:
        await play(console, "lex")
        ids = await fail(console, running)
    async with open_console(accounts, account, store=store) as console, open_page(browser, console) as page:
        await show(page, console, "lex")
        await expect(total(page, "Turns").locator(".kpi-count")).to_have_text(str(4 + FAILURES))
        await expect(total(page, "Transferred").locator(".kpi-count")).to_have_text("1")
        await expect(total(page, "Escalated").locator(".kpi-count")).to_have_text(str(FAILURES))
        await expect(page.locator(".log-entry")).to_have_count(FAILURES)
        await expect(page.locator(".log-entry").first).to_contain_text(CODE)
        await expect(page.locator(".log-entry").first).to_contain_text(ids[-1])
        await page.goto(f"{console.url}#/")
        await expect(page.locator(".bots-turns .bots-figure")).to_have_text(str(4 + FAILURES), use_inner_text=True)
