"""Who may see the console, and until when."""

from playwright.async_api import Browser, expect

from tests.console.rig import TOKEN, Console, Look, check_page, open_page


async def test_wrong_token_is_refused_and_the_right_one_let_in(browser: Browser, console: Console, look: Look) -> None:
    async with open_page(browser, console, look, signed_in=False) as page:
        await page.goto(console.url)
        await check_page(page)
        await page.get_by_label("Token").fill("not-the-token-at-all")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_have_text("That is not a token of this gateway.")
        await check_page(page)
        await page.get_by_label("Token").fill(TOKEN)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Bots", exact=True)).to_be_visible()


async def test_token_of_the_address_is_wiped_from_it(browser: Browser, console: Console) -> None:
    async with open_page(browser, console, signed_in=False) as page:
        await page.goto(f"{console.url}#token={TOKEN}")
        await expect(page.get_by_role("heading", name="Bots", exact=True)).to_be_visible()
        assert TOKEN not in page.url
        assert TOKEN not in await page.evaluate(
            "JSON.stringify([history.state, {...localStorage}, {...sessionStorage}])"
        )


async def test_nothing_is_shown_after_signing_out(browser: Browser, console: Console) -> None:
    async with open_page(browser, console) as page, await page.context.new_page() as other:
        await other.goto(f"{console.url}#/bots/83482904/lex")
        await expect(other.get_by_role("heading", name="lex", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_label("Token")).to_be_visible()
        await expect(page.get_by_text("You have signed out.")).to_be_visible()
        # The other tab learns it from its stream, which has been ended.
        await expect(other.get_by_label("Token")).to_be_visible()
        await page.goto(f"{console.url}#/bots/83482904/lex")
        await expect(page.get_by_label("Token")).to_be_visible()
        answer = await page.request.get(f"{console.url}api/bots")
        assert answer.status == 401
