"""What the commands that try a bot by hand share: one bot of a folder, opened without HTTP."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

import typer

from config.loader import LoadedAccounts
from gateway.bot import Bot
from gateway.contract.types import AccountId, BotName
from gateway.runtime import Runtime
from gateway.telemetry.logging import configure_logging
from gateway.turn import Observer


@asynccontextmanager
async def open_bot(
    loaded: LoadedAccounts, account: str, name: str, *, observers: Iterable[Observer] = ()
) -> AsyncIterator[tuple[Bot, Runtime]]:
    """Open one bot and no other; ends with 1 when the folder does not have it."""
    owner = next((found for found in loaded.accounts if found.account == account), None)
    if owner is None:
        known = ", ".join(found.account for found in loaded.accounts)
        typer.echo(f"no account {account!r}; there are: {known}", err=True)
        raise typer.Exit(1)
    if BotName(name) not in owner.bots:
        typer.echo(f"account {account} has no bot {name!r}; it has: {', '.join(owner.bots)}", err=True)
        raise typer.Exit(1)
    configure_logging("error")
    # Without the Custom Endpoint, which would open the bot's environments too.
    alone = replace(owner, bots={BotName(name): owner.bots[BotName(name)]}, custom_endpoint=None)
    async with Runtime([alone], observers=observers) as runtime:
        bot = runtime.bots[AccountId(account), BotName(name)]
        await bot.vendor.open()  # so that the time of the first answer is the vendor's
        yield bot, runtime
