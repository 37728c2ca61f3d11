"""Conversations of the tester that are saved, played again, and come back to; and recorded ones."""

import re
from pathlib import Path
from typing import Any

import orjson
from playwright.async_api import FilePayload, Page, expect

from tests.console.rig import Console, check_page
from tests.console.test_tester import ACCOUNT, exchanges, lines, say, show, turn


async def test_played_again_the_answers_are_compared(page: Page, console: Console, tmp_path: Path) -> None:
    await show(page, console, "lex")
    for text in ("hello", "where is my parcel", "break"):
        await say(page, text)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Save").click()
    path = tmp_path / "conversation.json"
    await (await downloading.value).save_as(path)
    saved = orjson.loads(path.read_bytes())
    assert [entry["event"]["message"] for entry in saved["turns"]] == ["hello", "where is my parcel", "break"]
    assert "convId" not in saved["turns"][0]["event"]

    # With itself, with another bot, and after a change.
    await open_file(page, saved)
    await page.get_by_role("button", name="Play with this bot").click()
    await expect(page.get_by_role("status")).to_contain_text("3 turns: 3 as before")
    await expect(page.get_by_role("button", name="Skip")).to_have_count(0)

    saved["turns"][1]["answer"]["reply"]["messages"][0] = "Wait."
    await open_file(page, saved)
    await page.get_by_role("button", name="Play with this bot").click()
    await expect(page.get_by_role("status")).to_contain_text("2 as before 1 differs")
    await page.get_by_role("button", name="Show the first difference").click()
    await expect(page.get_by_text("Turn 2 of 3")).to_be_visible()
    assert await lines(page, "removed") == ['"Wait.",']
    assert await lines(page, "added") == ['"Let me look that up.",']
    await check_page(page)

    await page.get_by_label("Bot").select_option(label="watson (watson-v2)")
    await page.get_by_role("button", name="Play with this bot").click()
    # The codes of two vendors' failures are never the same.
    await expect(page.get_by_role("status")).to_contain_text("differ")
    await expect(exchanges(page)).to_have_count(3)


async def open_file(page: Page, conversation: Any) -> None:
    """Open a conversation from a file."""
    payload: FilePayload = {"name": "saved.json", "mimeType": "application/json", "buffer": orjson.dumps(conversation)}
    await page.get_by_label("Conversation file").set_input_files(payload)


async def test_file_that_is_none_is_refused_with_its_place(page: Page, console: Console) -> None:
    await show(page, console, "lex")
    await open_file(page, {"format": "botbridge-conversation", "version": 1, "bot": {}, "turns": []})
    await expect(page.get_by_role("alert")).to_have_text(
        "saved.json: bot must be an object with account, bot, channel and vendor."
    )


async def test_real_turns_are_recorded_listed_and_shown(page: Page, console: Console) -> None:
    await page.goto(f"{console.url}#/tester/{ACCOUNT}/function/recorded")
    await page.get_by_label("Record for").select_option("1 minute")
    await page.get_by_role("button", name="Record", exact=True).click()
    switch = page.get_by_role("region", name="Recording")
    await expect(switch.get_by_role("timer")).to_have_text(re.compile(r"^(1:00|0:5\d) left$"))
    await check_page(page)
    await console.gateway.say("function", "mail me at jane@example.com", conversation="real-1")
    await page.get_by_role("list", name="Recorded turns").get_by_role("button", name="real-1").click()
    await expect(turn(page)).to_contain_text("real-1")
    await page.get_by_role("tab", name="Event").click()
    assert any("mail me at [email]" in line for line in await lines(page))
    await check_page(page)
    await switch.get_by_role("button", name="Stop").click()
    await expect(page.get_by_role("button", name="Record", exact=True)).to_be_visible()


async def test_conversation_is_as_it_was_after_a_look_at_the_dashboard(page: Page, console: Console) -> None:
    await show(page, console, "lex")
    await say(page, "hello")
    await page.get_by_role("link", name="Its dashboard").click()
    await expect(page.get_by_role("heading", name="lex", exact=True)).to_be_visible()
    await page.get_by_role("link", name="Open in the tester").click()
    await expect(exchanges(page)).to_have_count(1)
    await expect(await say(page, "note")).to_contain_text("I left a note")
    await page.get_by_role("button", name="New").click()
    await expect(page.get_by_role("heading", name="Nothing said yet")).to_be_visible()
