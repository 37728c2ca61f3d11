"""Talk to a bot, see why it said that, and play it again."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from emulators.faults import Fault
from emulators.server import Running
from tests.console.rig import Console, Look, check_page, make_bots, open_console, open_page

BOTS = ["lex", "dialogflow", "dialogflow-cx", "dialogflow-cx-grpc", "watson", "watson-v1", "function"]
ACCOUNT = "83482904"
RICH: dict[str, Any] = orjson.loads((Path(__file__).parents[1] / "data" / "console" / "rich_content.json").read_bytes())
"""`hostile`: every way in which the renderer sets styles, and what a bot might try; `list`: boxes to tick."""


async def show(page: Page, console: Console, bot: str) -> None:
    """Open the tester of a bot."""
    await page.goto(f"{console.url}#/tester/{ACCOUNT}/{bot}")
    await expect(page.get_by_role("region", name="Conversation")).to_be_visible()


async def say(page: Page, text: str) -> Locator:
    """Write as the consumer; give the turn, once all of it is there."""
    before = await exchanges(page).count()
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")
    await expect(exchanges(page)).to_have_count(before + 1)
    return await settled(page)


async def settled(page: Page) -> Locator:
    """Wait for what the bot says, without waiting for its delays; give the turn."""
    last = exchanges(page).nth(await exchanges(page).count() - 1)
    await expect(last.locator(".exchange-foot, .refused-line")).to_be_visible()
    if await page.get_by_role("button", name="Skip").count():
        await page.get_by_role("button", name="Skip").click()
    await expect(page.locator(".waiting")).to_have_count(0)
    return last


def exchanges(page: Page) -> Locator:
    """The turns of the conversation."""
    return page.locator(".exchange")


def turn(page: Page) -> Locator:
    """What is told of the chosen turn."""
    return page.get_by_role("article", name="Turn")


async def lines(page: Page, kind: str = "same") -> list[str]:
    """Read the JSON in sight: unchanged, added or removed lines."""
    return [text.strip() for text in await page.locator(f".line.{kind} .line-text").all_inner_texts()]


async def show_side(page: Page, look: Look, side: str) -> None:
    """Choose what a phone has room for; a desk shows both."""
    if look.width < 900:
        await page.get_by_role("button", name=side, exact=True).click()


@pytest.mark.parametrize("bot", BOTS)
async def test_conversation_with_every_vendor(page: Page, console: Console, bot: str) -> None:
    await show(page, console, bot)
    await page.get_by_role("button", name="Send a welcome event").click()
    await expect(await settled(page)).to_contain_text("Welcome to the parcel desk.")

    greeting = await say(page, "hello")
    await expect(greeting.locator(".bot-bubble")).to_have_text(["Hello!", "What can I do for you?", "Pick one"])
    await greeting.get_by_role("button", name="Track a parcel").click()
    await expect(exchanges(page)).to_have_count(3)
    parcel = await settled(page)
    await expect(parcel.locator(".consumer-bubble")).to_have_text("where is my parcel")
    await expect(parcel.locator(".bot-bubble")).to_have_text(["Let me look that up.", "It is out for delivery."])
    await expect(parcel.locator(".lp-json-pollock")).to_contain_text("Parcel 42")
    await expect(greeting.get_by_text("2 quick replies, gone")).to_be_visible()

    await expect((await say(page, "note")).locator(".note-bubble")).to_contain_text("The consumer asked for a note.")
    await expect(await say(page, "agent")).to_contain_text("Transfer to the skill human_skill")
    failed = await say(page, "break")
    await expect(failed).to_contain_text("One moment, I will get a colleague.")
    await expect(failed.locator(".tag")).to_contain_text("escalated")
    await expect(turn(page).get_by_role("region", name="Failure")).to_contain_text("Remedy")


async def test_tester_in_every_look(browser: Browser, console: Console, look: Look) -> None:
    async with open_page(browser, console, look) as page:
        await show(page, console, "lex")
        await check_page(page)
        await say(page, "hello")
        await say(page, "where is my parcel")
        await check_page(page)
        await say(page, "break")
        await check_page(page)
        await show_side(page, look, "Turn")
        await expect(turn(page)).to_be_visible()
        await check_page(page)
        for tab in ("Answer", "LivePerson", "Event"):
            await page.get_by_role("tab", name=tab).click()
            await check_page(page)
        await show_side(page, look, "Chat")
        await page.get_by_role("button", name="Location").click()
        await check_page(page)
        await page.keyboard.press("Escape")
        await page.get_by_role("tab", name="Recorded").click()
        await expect(page.get_by_text("No recorded turns.")).to_be_visible()
        await check_page(page)


async def test_every_kind_of_rich_content_keeps_to_the_policy(
    browser: Browser, console: Console, running: Running, look: Look
) -> None:
    running.function.faults.add(Fault(kind="body", body={"messages": [{"structuredContent": RICH["hostile"]}]}))
    async with open_page(browser, console, look) as page:
        await show(page, console, "function")
        card = (await say(page, "show me")).locator(".lp-json-pollock")
        await expect(card.get_by_text("Soup of the day")).to_have_css("color", "rgb(163, 72, 15)")
        await expect(card.get_by_text("Soup of the day")).to_have_css("font-weight", "700")
        await expect(card.locator("script, iframe, form[action], a")).to_have_count(0)
        await expect(card.locator("b")).to_have_text("bold")
        await expect(card.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
        await check_page(page)
        await card.get_by_role("button", name="Vienna").press("Enter")
        await expect(exchanges(page).last).to_contain_text("Navigate to Vienna: latitude 48.21, longitude 16.37")
        await card.get_by_role("button", name="Harm").click()
        await expect(exchanges(page).last).to_contain_text("The link has no address that a browser could open.")


async def test_what_is_ticked_in_a_list_is_sent_as_one_text(page: Page, console: Console, running: Running) -> None:
    messages = [{"structuredContent": RICH["list"]}, {"structuredContent": {"type": "hologram"}}]
    running.function.faults.add(Fault(kind="body", times=1, body={"messages": messages}))
    await show(page, console, "function")
    answer = await say(page, "toppings")
    await expect(answer.get_by_text("it draws nothing for the type hologram")).to_be_visible()
    await answer.get_by_role("button", name="Done").click()
    await expect(answer).to_contain_text("Nothing is ticked.")
    await answer.get_by_label("Onion").check()
    await answer.get_by_label("Olives").check()
    await check_page(page)
    await answer.get_by_role("button", name="Done").click()
    await expect(exchanges(page)).to_have_count(2)
    await expect((await settled(page)).locator(".consumer-bubble")).to_contain_text("Olives, Onion")


async def test_click_sends_text_and_metadata_as_liveperson_does(page: Page, console: Console, running: Running) -> None:
    await show(page, console, "dialogflow")
    await (await say(page, "quick replies")).get_by_role("button", name="Yes").click()
    await expect(exchanges(page)).to_have_count(2)
    clicked = await settled(page)
    await expect(clicked.locator(".consumer-bubble")).to_contain_text("yes-1")
    await page.get_by_role("tab", name="Event").click()
    event = orjson.loads("".join(await lines(page)))
    assert event["message"] == "yes"
    assert event["context"]["lpEvent"]["metadata"] == [{"type": "ExternalId", "id": "yes-1"}]


async def test_links_open_beside_the_console_and_cannot_reach_it(page: Page, console: Console) -> None:
    await page.context.route("https://example.com/**", lambda route: route.fulfill(body="<p>parcel</p>"))
    await show(page, console, "lex")
    card = (await say(page, "where is my parcel")).locator(".lp-json-pollock")
    async with page.context.expect_page() as opening:
        await card.get_by_role("button", name="Track").click()
    opened = await opening.value
    await expect(opened).to_have_url("https://example.com/track/42")
    assert await opened.evaluate("window.opener") is None
    assert await opened.evaluate("document.referrer") == ""
    await opened.close()


async def test_location_and_file_events_reach_the_bot(page: Page, console: Console, running: Running) -> None:
    await show(page, console, "function")
    await page.get_by_role("button", name="Location").click()
    dialog = page.get_by_role("dialog", name="Share a location")
    await dialog.get_by_label("Latitude").fill("48.21")
    await dialog.get_by_label("Longitude").fill("16.37")
    await dialog.get_by_label("Name").fill("Vienna")
    await dialog.get_by_role("button", name="Send").click()
    await expect(exchanges(page).last.locator(".consumer-bubble")).to_have_text("Rich content: Vienna, 48.21, 16.37")
    await settled(page)
    await expect(turn(page)).to_contain_text("rich-content")
    await page.get_by_role("tab", name="Event").click()
    assert '{"type": "map","la": 48.21,"lo": 16.37,"tooltip": "Vienna"}' in "".join(await lines(page))

    await page.get_by_role("button", name="File").click()
    await page.get_by_role("dialog", name="Send a file").get_by_role("button", name="Send").click()
    await expect(exchanges(page)).to_have_count(2)
    await settled(page)
    await expect(turn(page)).to_contain_text("file")
    assert '"relativePath": "/files/parcel.png"' in "".join(await lines(page))


async def test_engagement_attributes_go_along_once_they_are_json(page: Page, console: Console) -> None:
    await show(page, console, "function")
    await page.get_by_role("button", name="lpSdes").click()
    dialog = page.get_by_role("dialog", name="Engagement attributes")
    field = dialog.get_by_label("context.lpSdes")
    await field.fill('{\n  "authenticatedSdes": \n}')
    await expect(dialog.get_by_text("line 3, column 1: a value is missing")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Use from now on")).to_be_disabled()
    await check_page(page)
    await field.fill('{"authenticatedSdes": {"customerInfo": {"customerId": "7"}}}')
    await dialog.get_by_role("button", name="Use from now on").click()
    await say(page, "hello")
    await page.get_by_role("tab", name="Event").click()
    assert '"lpSdes": {"authenticatedSdes": {"customerInfo": {"customerId": "7"}}}' in "".join(await lines(page))


async def test_attempts_waits_and_failures_are_on_the_timeline(page: Page, console: Console, running: Running) -> None:
    running.watson.faults.add(Fault(status=500, times=1))
    await show(page, console, "watson")
    await expect(await say(page, "hello")).to_contain_text("2 attempts")
    rows = turn(page).get_by_role("table", name="Steps of the turn").get_by_role("row")
    names = [re.sub(r"\s+", " ", name) for name in await rows.get_by_role("rowheader").all_inner_texts()]
    assert names == ["Queue", "Attempt 1 server-fault", "Wait", "Attempt 2", "Reading"]
    for row in await rows.all():
        await expect(row.locator(".ms")).to_have_text(re.compile(r"^[\d.]+ ms$"))
        box = await row.locator(".bar").bounding_box()
        assert box is not None
        assert box["width"] >= 2


async def test_what_hooks_change_is_marked(browser: Browser, running: Running, tmp_path: Path) -> None:
    hooks = {"pre": [{"use": "tests.own_hooks:tag", "with": {"with": "please"}}], "post": ["tests.own_hooks:sign"]}
    async with (
        open_console(tmp_path, make_bots(running, "function", hooks=hooks)) as console,
        open_page(browser, console) as page,
    ):
        await show(page, console, "function")
        await say(page, "text")
        await expect(page.get_by_text("Changed by the pre hooks.")).to_be_visible()
        assert await lines(page, "removed") == ['"message": "text",']
        assert await lines(page, "added") == ['"message": "text please",']
        await expect(page.locator(".changed-piece")).to_have_text([" please"])
        await check_page(page)
        await page.get_by_role("tab", name="Answer").click()
        await expect(page.get_by_text("Changed by the post hooks.")).to_be_visible()
        assert await lines(page, "added") == ['"(function, function, messaging)"']
        assert await lines(page, "removed") == []
        await page.get_by_role("tab", name="LivePerson").click()
        await expect(page.get_by_text("Answered as the bot meant it.")).to_be_visible()


async def test_finding_leads_to_its_place(page: Page, console: Console) -> None:
    await show(page, console, "dialogflow-cx")
    await page.get_by_role("radio", name="Chat").check(force=True)
    await say(page, "quick replies")
    place = "$.messages[0].structuredContent.quickReplies"
    await turn(page).get_by_role("region", name="Findings").get_by_role("button", name=place).click()
    marked = page.locator(".line.marked")
    await expect(marked).to_have_attribute("data-path", place)
    await expect(marked).to_be_in_viewport()
    await expect(page.get_by_text("What the bot wanted to say, and the escalation in its place.")).to_be_visible()


async def test_failure_is_told_and_copied(page: Page, console: Console, running: Running) -> None:
    running.lex.faults.add(Fault(status=400, error="ValidationException"))
    await show(page, console, "lex")
    await say(page, "hello")
    failure = turn(page).get_by_role("region", name="Failure")
    code = "com.liveperson.bot-connectors-worker.error.aivendor.lex.send-query"
    await expect(failure).to_contain_text(code)
    await failure.get_by_role("button", name="Copy the code").click()
    await expect(failure.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == code
    running.lex.faults.clear()
    await expect(await say(page, "hello")).to_contain_text("Hello!")
    await expect(failure).to_have_count(0)


async def test_keyboard_alone_is_enough(page: Page, console: Console) -> None:
    await show(page, console, "function")
    message = page.get_by_label("Message", exact=True)
    await message.press_sequentially("several")
    await message.press("Shift+Enter")
    await message.press_sequentially("lines")
    await message.press("Enter")
    await settled(page)
    await expect(exchanges(page).last.locator(".consumer-bubble")).to_have_text("several\nlines")
    await say(page, "text")
    await message.press("ArrowUp")
    await expect(message).to_have_value("text")
    await message.press("ArrowUp")
    await expect(message).to_have_value("several\nlines")
    await message.press("ArrowDown")
    await expect(message).to_have_value("text")

    await exchanges(page).last.locator(".consumer-bubble").focus()
    await page.keyboard.press("ArrowUp")
    await expect(exchanges(page).first.locator(".consumer-bubble")).to_be_focused()
    await expect(page.get_by_text("Turn 1 of 2")).to_be_visible()
    await page.get_by_role("tab", name="Request").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Answer")).to_be_focused()
    await expect(page.get_by_role("tabpanel", name="Answer")).to_be_visible()


async def test_answers_are_announced_when_they_come_into_sight(page: Page, console: Console) -> None:
    await page.clock.install(time=0)
    await show(page, console, "function")
    await page.clock.pause_at(60_000)
    await page.get_by_label("Message", exact=True).fill("where is my parcel")
    await page.keyboard.press("Enter")
    bubbles = page.locator(".bot-bubble")
    live = page.locator(".transcript [aria-live=polite]")
    await expect(bubbles).to_have_text(["Let me look that up."])
    await expect(page.locator(".waiting .dots")).to_be_visible()
    await page.clock.run_for(200)
    await expect(live).to_have_text("Bot: Let me look that up.")
    await page.clock.run_for(1_700)
    await expect(bubbles).to_have_count(1)
    await page.clock.run_for(400)
    await expect(bubbles).to_have_text(["Let me look that up.", "It is out for delivery."])
    await page.clock.run_for(200)
    await expect(live).to_have_text("Bot: It is out for delivery.. rich content: Parcel 42, Track")
