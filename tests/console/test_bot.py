"""A bot's page: its totals, charts, states and set-up."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.console.rig import TIMEOUT, Console, Look, check_page, open_page

PLOTS = ("Turns and new conversations", "Closed, handed over, failed", "Latency")
WINDOWS = {
    "10 minutes": "per 10 seconds",
    "1 hour": "per minute",
    "6 hours": "per minute",
    "1 day": "per 15 minutes",
    "1 week": "per 15 minutes",
}
UNTIL_OTHER = """
(picture) => new Promise((resolve) => {
  const look = () => {
    const canvas = document.querySelector(".chart-box canvas");
    if (canvas !== null && canvas.toDataURL() !== picture) resolve(null);
    else requestAnimationFrame(look);
  };
  look();
})
"""
"""Waits until the first chart is drawn otherwise."""
MOST_SHIFT = 0.01
"""What a layout shift may score; from 0.1 on the sum of a page's counts as a flaw."""
NOTE_SHIFTS = """
window.shifts = [];
const moved = ({ node, previousRect: from, currentRect: to }) =>
  `${node?.className || node?.nodeName} from ${from.x}, ${from.y} (${from.height} high) to ${to.x}, ${to.y} (${to.height} high)`;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries())
    if (!hadRecentInput)
      window.shifts.push([value, ...sources.map(moved)]);
}).observe({ type: "layout-shift", buffered: true });
"""


async def show(page: Page, console: Console, bot: str) -> None:
    await page.goto(f"{console.url}#/bots/83482904/{bot}")
    await expect(page.get_by_role("heading", name=bot, exact=True)).to_be_visible()
    await expect(page.locator(".skeleton")).to_have_count(0)


def total(page: Page, label: str) -> Locator:
    """The count beside a label, with its share."""
    return page.locator(".kpi").filter(has=page.get_by_text(label, exact=True))


async def play(console: Console, bot: str) -> None:
    """Two conversations: one is transferred, one goes on."""
    for conversation, messages in (("c-1", ("hello", "agent")), ("c-2", ("hello", "note"))):
        for message in messages:
            assert (await console.gateway.say(bot, message, conversation=conversation)).status == 200


async def test_totals_and_shares_are_those_of_what_was_played(console: Console, page: Page) -> None:
    await play(console, "lex")
    await show(page, console, "lex")
    await expect(total(page, "Turns").locator(".kpi-count")).to_have_text("4")
    await expect(total(page, "Conversations").locator(".kpi-count")).to_have_text("2")
    for label, count, share in (
        ("Closed", "0", "0 % of conversations"),
        ("Transferred", "1", "50 % of conversations"),
        ("Escalated", "0", "0 % of conversations"),
        ("Failed turns", "0", "0 % of turns"),
    ):
        await expect(total(page, label).locator(".kpi-count")).to_have_text(count)
        await expect(total(page, label)).to_contain_text(share)
    await expect(total(page, "Latency").locator(".kpi-count")).to_contain_text("ms")


async def test_page_of_a_bot_holds_to_the_rules(browser: Browser, console: Console, look: Look) -> None:
    await play(console, "watson")
    await console.gateway.say("watson", "break", conversation="c-3")
    async with open_page(browser, console, look) as page:
        await show(page, console, "watson")
        await expect(page.locator(".log-entry")).to_have_count(1)
        await check_page(page)
        for summary in await page.locator("summary").all():
            await summary.click()
        await expect(page.get_by_role("table")).to_have_count(len(PLOTS))
        await check_page(page)


async def test_nothing_moves_while_a_page_fills(browser: Browser, console: Console, look: Look) -> None:
    await play(console, "watson")
    async with open_page(browser, console, look) as page:
        await page.add_init_script(NOTE_SHIFTS)
        for fragment, ready in (("#/", ".bots-link"), ("#/bots/83482904/watson", ".chart-box canvas")):
            await page.goto(f"{console.url}{fragment}")
            await page.reload()
            await expect(page.locator(ready).first).to_be_visible()
            await expect(page.locator(".skeleton")).to_have_count(0)
            await expect(page.get_by_text("Live", exact=True)).to_be_visible()
            shifts = await page.evaluate("window.shifts")
            assert [shift for shift in shifts if shift[0] > MOST_SHIFT] == []


@pytest.mark.parametrize(("window", "resolution"), WINDOWS.items())
async def test_every_window_can_be_chosen(console: Console, page: Page, window: str, resolution: str) -> None:
    await play(console, "function")
    await show(page, console, "function")
    await page.get_by_role("radio", name=window).check()
    await expect(page.locator(".chart-at")).to_have_text([resolution] * len(PLOTS))
    await expect(page.locator(".figures")).to_have_attribute("aria-busy", "false")
    await expect(total(page, "Turns").locator(".kpi-count")).to_have_text("4")
    # The choice goes along to the next bot.
    await show(page, console, "lex")
    await expect(page.get_by_role("radio", name=window)).to_be_checked()


async def test_chart_is_read_by_keyboard(console: Console, page: Page) -> None:
    await play(console, "lex")
    await show(page, console, "lex")
    chart = page.get_by_role("slider", name="Turns and new conversations, by time")
    last = int(str(await chart.get_attribute("aria-valuemax")))
    await chart.press("End")
    await expect(chart).to_have_attribute("aria-valuenow", str(last))
    # The turns are in the newest minute, or in the one before when the clock has moved on since.
    read = [await chart.get_attribute("aria-valuetext")]
    await chart.press("ArrowLeft")
    await expect(chart).to_have_attribute("aria-valuenow", str(last - 1))
    read.append(await chart.get_attribute("aria-valuetext"))
    assert sorted("Turns 4, New conversations 2" in str(text) for text in read) == [False, True]
    # One pointer for all: the other charts tell of the same minute.
    moment = str(read[1]).partition(": ")[0]
    for plot in PLOTS:
        await expect(page.get_by_role("slider", name=plot)).to_have_attribute("aria-valuetext", _begins(moment))
    await chart.press("Home")
    await expect(chart).to_have_attribute("aria-valuenow", "0")
    await chart.press("Escape")
    await expect(page.locator(".chart-at")).to_have_text(["per minute"] * len(PLOTS))


async def test_figures_of_a_chart_are_a_table_too(console: Console, page: Page) -> None:
    await play(console, "lex")
    await show(page, console, "lex")
    await page.get_by_text("Figures of Turns and new conversations as a table").click()
    table = page.get_by_role("region", name="Turns and new conversations, table").get_by_role("table")
    await expect(table.get_by_role("columnheader")).to_have_text(["From", "Turns", "New conversations"])
    turns = await table.locator("tbody td:nth-of-type(1)").all_inner_texts()
    assert sum(map(int, turns)) == 4
    assert len(turns) >= 60
    title = await table.locator("tbody time").first.get_attribute("title")
    assert title is not None
    assert title.endswith("UTC")


async def test_line_can_be_taken_out_of_a_chart(console: Console, page: Page) -> None:
    await show(page, console, "lex")
    key = page.get_by_role("button", name="95th percentile")
    await expect(key).to_have_attribute("aria-pressed", "true")
    await key.click()
    await expect(key).to_have_attribute("aria-pressed", "false")
    await check_page(page)


async def test_set_up_is_told(console: Console, page: Page) -> None:
    await show(page, console, "lex")
    set_up = page.get_by_role("region", name="Set-up")
    for label, text in (
        ("Circuit", "closed: turns go through"),
        ("In flight", "0 now, no limit"),
        ("Turns a second", "no limit"),
        ("Escalation", "human_skill"),
        ("Pre hooks", "none"),
        ("Environments", "none: the Custom Endpoint does not reach it"),
    ):
        fact = set_up.locator("div").filter(has=page.get_by_text(label, exact=True)).locator("dd")
        await expect(fact).to_have_text(text)


async def test_bot_that_is_not_served_is_named(browser: Browser, console: Console, look: Look) -> None:
    async with open_page(browser, console, look) as page:
        await page.goto(f"{console.url}#/bots/83482904/nobody")
        await expect(page.get_by_role("heading", name="There is no such bot")).to_be_visible()
        await check_page(page)
        await page.get_by_role("link", name="All bots").click()
        await expect(page.get_by_role("table", name="Bots")).to_be_visible()


async def test_figures_that_cannot_be_fetched_are_asked_for_again(console: Console, page: Page) -> None:
    await page.route("**/figures?*", lambda route: route.abort())
    await page.route("**/errors", lambda route: route.abort())
    await page.goto(f"{console.url}#/bots/83482904/lex")
    await expect(page.get_by_text("The figures could not be fetched.")).to_be_visible()
    await expect(page.get_by_text("The errors could not be fetched.")).to_be_visible()
    await check_page(page)
    await page.unroute_all()
    for what in ("figures", "errors"):
        refusal = page.get_by_role("alert").filter(has_text=f"The {what} could not be fetched")
        await refusal.get_by_role("button", name="Try again").click()
    await expect(page.locator(".skeleton")).to_have_count(0)
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_recording_is_told_for_as_long_as_it_lasts(browser: Browser, console: Console, look: Look) -> None:
    async with open_page(browser, console, look) as page:
        recording = f"{console.url}api/accounts/83482904/bots/lex/recording"
        own = {"X-Botbridge-Console": "1"}
        await show(page, console, "lex")
        assert (await page.request.put(recording, headers=own, data={"seconds": 600})).status == 200
        await expect(page.get_by_text("Turns of consumers are being recorded until")).to_be_visible()
        await expect(page.locator(".bot-title")).to_contain_text("Recording")
        await check_page(page)
        assert (await page.request.delete(recording, headers=own)).status == 200
        await expect(page.get_by_text("Turns of consumers are being recorded until")).to_have_count(0)
        await page.get_by_role("link", name="Recorded turns").click()
        await expect(page.get_by_role("tab", name="Recorded")).to_have_attribute("aria-selected", "true")


async def test_charts_follow_the_theme(console: Console, page: Page) -> None:
    await show(page, console, "lex")
    light = await page.locator(".chart-box canvas").first.evaluate("canvas => canvas.toDataURL()")
    await page.get_by_role("button", name="Switch to the dark theme").click()
    async with asyncio.timeout(TIMEOUT / 1000):
        await page.evaluate(UNTIL_OTHER, light)
    await check_page(page)


async def test_page_leads_to_the_tester(console: Console, page: Page) -> None:
    await show(page, console, "lex")
    await page.get_by_role("link", name="Open in the tester").click()
    await expect(page).to_have_title("lex · tester · botbridge")


def _begins(text: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(text)}: ")
