"""`botbridge test-connection`: one real round trip to a bot's vendor."""

import time

import typer

from gateway.cli.options import AccountArgument, BotArgument, ConfigOption, load_or_exit, run_async

UNKNOWN_TO_THE_BOT = "botbridge connection test"
"""What LivePerson does when a bot is set up: a text that the bot does not know, to which any valid answer will do."""


def test_connection(config: ConfigOption, account: AccountArgument, bot: BotArgument) -> None:
    """Send one message to the bot's vendor, past the hooks and without retries.

    Exit 0 and the latency; or 1, the error code and its remedy.
    """
    run_async(_test(config, account, bot))


async def _test(config: ConfigOption, account: str, name: str) -> None:
    from gateway.cli.workbench import open_bot
    from gateway.contract.errors import TurnFailed
    from gateway.contract.event import parse_event
    from gateway.contract.reply import verify

    async with open_bot(load_or_exit(config), account, name) as (bot, _runtime):
        event = parse_event({"convId": "botbridge-connection-test", "message": UNKNOWN_TO_THE_BOT})
        session: dict[str, object] = {}
        started = time.perf_counter()
        try:
            request = bot.vendor.build_request(event, session)
            answer = await bot.vendor.ask(request, session, timeout=bot.attempt_timeout)
            latency = time.perf_counter() - started
            reply = verify(bot.vendor.read_reply(answer, bot.reading), bot.rules)
        except TurnFailed as failure:
            typer.echo(f"{failure.code}\n{failure.message}\nRemedy: {failure.entry.remedy}", err=True)
            if bot.vendor.test_code is not None:
                typer.echo(f"LivePerson's own connection test tells this as {bot.vendor.test_code}", err=True)
            raise typer.Exit(1) from None
    action = f", action {reply.action.name}" if reply.action is not None else ""
    typer.echo(f"{bot.vendor_name} answered in {latency * 1000:.0f} ms: {len(reply.messages)} messages{action}")
