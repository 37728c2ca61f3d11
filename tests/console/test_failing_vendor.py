"""What a vendor that fails does to the dashboard, and what its recovery does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from emulators.faults import Fault
from emulators.server import Running
from tests.console.conftest import BREAKER
from tests.console.rig import Console, Look, check_page, make_bots, open_console, open_page
from tests.console.test_bot import show, total
from tests.console.test_list import link, rows

CODE = "com.liveperson.bot-connectors-worker.error.aivendor.lex.send-query"
FAILURES = 3
"""As many in a row open the circuit of conftest's bots."""
MANY = 12


ESCALATION = {"skill": "human_skill", "message": "One moment, I will get a colleague."}
ONCE = {"attempts": 1, "initial": 0.01, "maximum": 0.01}
"""No second attempt: a turn that fails is one failure."""


@pytest_asyncio.fixture(loop_scope="session")
async def console(running: Running, tmp_path: Path) -> AsyncIterator[Console]:
    """A gateway with two bots that have circuits."""
    account = make_bots(running, "lex", "watson", breaker=BREAKER, escalation=ESCALATION, retry=ONCE)
    async with open_console(tmp_path, account) as opened:
        yield opened


async def fail(console: Console, running: Running, times: int = FAILURES) -> list[str]:
    """Let Lex throttle turns of as many conversations; give the errors' ids, oldest first."""
    running.lex.faults.add(Fault(error="ThrottlingException"))
    ids = []
    for number in range(times):
        said = await console.gateway.say("lex", "hello", conversation=f"failing-{number}")
        ids.append(str(said.headers["X-Error-Id"]))
    running.lex.faults.clear()
    return ids


async def test_list_shows_the_interruption_as_it_happens(
    browser: Browser, console: Console, running: Running, look: Look
) -> None:
    async with open_page(browser, console, look) as page:
        row = rows(page).filter(has=link(page, "lex"))
        await expect(row).to_contain_text("Online")
        await fail(console, running)
        await expect(row).to_contain_text("Vendor Interruption")
        await expect(row).to_contain_text("Circuit open")
        # What is in trouble comes first.
        await expect(page.locator(".bots-link").first).to_have_text("lex")
        await page.get_by_role("button", name="Circuit open 1").click()
        await expect(rows(page)).to_have_count(1)
        await check_page(page)


async def test_bot_page_tells_state_errors_and_totals(
    browser: Browser, console: Console, running: Running, look: Look
) -> None:
    async with open_page(browser, console, look) as page:
        await show(page, console, "lex")
        await expect(page.get_by_text("No turn has failed.")).to_be_visible()
        ids = await fail(console, running)
        await expect(page.locator(".bot-title")).to_contain_text("Vendor Interruption")
        await expect(page.locator(".bot-title")).to_contain_text("Circuit open")
        await expect(page.get_by_role("region", name="Set-up")).to_contain_text("open: turns are refused")
        await expect(total(page, "Escalated").locator(".kpi-count")).to_have_text(str(FAILURES))
        await expect(page.locator(".log-entry")).to_have_count(FAILURES)
        newest = page.locator(".log-entry").first
        await expect(newest).to_contain_text(CODE)
        await expect(newest).to_contain_text(ids[-1])
        await expect(newest).to_contain_text("failing-2")
        await expect(newest).to_contain_text("escalated")
        await newest.get_by_text("Meaning and remedy").click()
        await expect(newest).to_contain_text("ThrottlingException")
        await page.get_by_text("states in order").click()
        await expect(page.locator(".band-list li").first).to_contain_text("Vendor Interruption")
        await expect(page.locator(".band-list li").nth(1)).to_contain_text("Online")
        await check_page(page)


async def test_ids_are_copied(console: Console, running: Running, page: Page) -> None:
    ids = await fail(console, running)
    await show(page, console, "lex")
    for name, text in (("the code", CODE), ("the error's id", ids[-1]), ("the conversation's id", "failing-2")):
        fact = page.locator(".log-entry").first.locator(".log-facts > div").filter(has_text=text)
        await fact.get_by_role("button", name=f"Copy {name}").click()
        await expect(fact.get_by_role("button", name="Copied")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == text


async def test_log_is_filtered_by_conversation(browser: Browser, running: Running, tmp_path: Path) -> None:
    async with open_console(tmp_path, make_bots(running, "lex", escalation=ESCALATION, retry=ONCE)) as console:
        await fail(console, running, MANY)
        async with open_page(browser, console) as page:
            await show(page, console, "lex")
            await expect(page.get_by_text("12 errors", exact=True)).to_be_visible()
            await expect(page.locator(".log-entry")).to_have_count(10)
            await page.get_by_role("button", name="Show more (2 left)").click()
            await expect(page.locator(".log-entry")).to_have_count(MANY)
            await page.get_by_role("button", name="failing-4", exact=True).click()
            await expect(page.get_by_text("1 error of this conversation")).to_be_visible()
            await expect(page.locator(".log-entry")).to_contain_text("failing-4")
            await check_page(page)
            field = page.get_by_label("Only errors of the conversation")
            await expect(field).to_have_value("failing-4")
            await field.fill("no-such-conversation")
            await expect(page.get_by_text("No turn of this conversation has failed.")).to_be_visible()
            await page.get_by_role("button", name="All", exact=True).click()
            await expect(page.get_by_text("12 errors", exact=True)).to_be_visible()


async def test_recovery_is_shown(browser: Browser, running: Running, tmp_path: Path) -> None:
    # Without a circuit the next turn goes through.
    async with (
        open_console(tmp_path, make_bots(running, "lex", retry=ONCE)) as console,
        open_page(browser, console) as page,
    ):
        await show(page, console, "lex")
        running.lex.faults.add(Fault(error="ThrottlingException"))
        for _ in range(FAILURES):
            assert (await console.gateway.say("lex", "hello")).status == 502
        running.lex.faults.clear()
        await expect(page.locator(".bot-title")).to_contain_text("Vendor Interruption")
        await expect(page.locator(".banner-bad")).to_contain_text("ThrottlingException")
        await expect(total(page, "Failed turns").locator(".kpi-count")).to_have_text("3")
        assert (await console.gateway.say("lex", "hello")).status == 200
        await expect(page.locator(".bot-title")).to_contain_text("Online")
        await expect(page.locator(".banner-bad")).to_have_count(0)
        await expect(total(page, "Turns").locator(".kpi-count")).to_have_text("4")
        await expect(page.get_by_text("3 states in order")).to_be_visible()
