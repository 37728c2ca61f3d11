"""The list of all bots: what it shows, how it is narrowed, sorted and paged."""

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from emulators.server import Running
from tests.console.rig import Console, Look, check_page, open_console, open_page

VENDORS = {
    "dialogflow": "Dialogflow ES",
    "dialogflow-cx": "Dialogflow CX",
    "dialogflow-cx-grpc": "Dialogflow CX",
    "function": "Function",
    "lex": "Amazon Lex V2",
    "watson": "Watson V2",
    "watson-v1": "Watson V1",
}
MANY = 120
PAGE_SIZE = 50


def rows(page: Page) -> Locator:
    return page.get_by_role("table", name="Bots").get_by_role("row").filter(has=page.get_by_role("cell"))


def link(page: Page, bot: str) -> Locator:
    return page.get_by_role("link", name=bot, exact=True)


async def names(page: Page) -> list[str]:
    return await page.locator(".bots-link").all_inner_texts()


async def test_every_bot_is_listed_with_state_and_vendor(browser: Browser, console: Console, look: Look) -> None:
    async with open_page(browser, console, look) as page:
        await expect(rows(page)).to_have_count(len(VENDORS))
        assert await names(page) == sorted(VENDORS)
        for bot, vendor in VENDORS.items():
            row = rows(page).filter(has=link(page, bot))
            await expect(row).to_contain_text("83482904")
            await expect(row.get_by_text("Online")).to_be_visible()
            if look.width > 900:
                await expect(row).to_contain_text(vendor)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await check_page(page)


async def test_row_leads_to_its_bot_and_to_its_tester(page: Page) -> None:
    await expect(page.get_by_role("link", name="Talk to watson in the tester")).to_have_attribute(
        "href", "#/tester/83482904/watson"
    )
    await rows(page).filter(has=link(page, "watson")).click()
    await expect(page.get_by_role("heading", name="watson", exact=True)).to_be_visible()
    assert page.url.endswith("#/bots/83482904/watson")
    await page.go_back()
    await expect(rows(page)).to_have_count(len(VENDORS))


async def test_list_is_narrowed_by_text_vendor_and_state(browser: Browser, console: Console, look: Look) -> None:
    async with open_page(browser, console, look) as page:
        await page.get_by_label("Find bots").fill("CX 8348")
        await expect(rows(page)).to_have_count(2)
        assert await names(page) == ["dialogflow-cx", "dialogflow-cx-grpc"]
        await page.get_by_label("Find bots").fill("")
        await page.get_by_label("Vendor").select_option("Amazon Lex V2")
        await expect(rows(page)).to_have_count(1)
        await expect(page.get_by_role("button", name="Online 7")).to_have_attribute("aria-pressed", "false")
        await page.get_by_role("button", name="Online 7").click()
        await expect(rows(page)).to_have_count(1)
        await page.get_by_label("Find bots").fill("nothing is called like this")
        await expect(page.get_by_role("heading", name="No bot is like that")).to_be_visible()
        await check_page(page)
        await page.get_by_role("button", name="Show all bots").click()
        await expect(rows(page)).to_have_count(len(VENDORS))


async def test_headings_sort_and_say_so(page: Page) -> None:
    heading = page.get_by_role("columnheader", name="Bot", exact=True)
    await expect(page.get_by_role("columnheader", name="State")).to_have_attribute("aria-sort", "ascending")
    await heading.get_by_role("button").click()
    await expect(heading).to_have_attribute("aria-sort", "ascending")
    assert await names(page) == sorted(VENDORS)
    await heading.get_by_role("button").press("Enter")
    await expect(heading).to_have_attribute("aria-sort", "descending")
    assert await names(page) == sorted(VENDORS, reverse=True)


async def test_phone_sorts_by_a_choice(browser: Browser, console: Console) -> None:
    async with open_page(browser, console, Look("light", 360, 740)) as page:
        for _ in range(2):
            await console.gateway.say("watson", "hello")
        await expect(rows(page).filter(has=link(page, "watson"))).to_contain_text("Turns 2")
        await page.get_by_label("Sort by").select_option("Sorted by turns")
        await expect(page.locator(".bots-link").first).to_have_text("watson")


async def test_many_bots_come_in_pages(browser: Browser, running: Running, tmp_path: Path) -> None:
    accounts = [_make_many(running, account, MANY // 2) for account in ("1", "2")]
    async with open_console(tmp_path, *accounts) as console, open_page(browser, console) as page:
        await expect(rows(page)).to_have_count(PAGE_SIZE)
        await expect(page.get_by_text("1-50 of 120")).to_be_visible()
        await expect(page.get_by_role("button", name="Previous")).to_be_disabled()
        await check_page(page)
        for place in ("51-100 of 120", "101-120 of 120"):
            await page.get_by_role("button", name="Next").click()
            await expect(page.get_by_text(place)).to_be_visible()
        await expect(rows(page)).to_have_count(MANY - 2 * PAGE_SIZE)
        await expect(page.get_by_role("button", name="Next")).to_be_disabled()
        assert (await names(page))[-1] == "bot-60"
        # What narrows the list leads back to its beginning.
        await page.get_by_label("Account").select_option("2")
        await expect(page.get_by_text("1-50 of 60")).to_be_visible()
        assert (await names(page))[0] == "bot-1"


async def test_bots_that_cannot_be_fetched_are_asked_for_again(browser: Browser, console: Console, look: Look) -> None:
    async with open_page(browser, console, look) as page:
        await page.route("**/api/bots", lambda route: route.abort())
        await page.route("**/api/live", lambda route: route.abort())
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("The bots could not be fetched")
        await expect(page.get_by_role("alert")).to_contain_text("The gateway does not answer.")
        await check_page(page)
        await page.unroute_all()
        await page.get_by_role("button", name="Try again").click()
        await expect(rows(page)).to_have_count(len(VENDORS))


def _make_many(running: Running, account: str, count: int) -> dict[str, Any]:
    bot = {"vendor": "function", "settings": {"url": f"{running['function']}/bot"}}
    return {"account": account, "bots": {f"bot-{number}": bot for number in range(1, count + 1)}}
