"""Turns as the console's observers see them: of a bot that answers with what its event says (`context.lpEvent.answer`)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from config.loader import load_accounts
from gateway.bot import Bot
from gateway.contract.errors import BridgeError
from gateway.contract.event import parse_event
from gateway.ingress.events import render_reply
from gateway.runtime import Runtime
from gateway.turn import Turn
from tests.gateways import write_accounts

BOT = "tests.unit.vendors.function.bots:hand_back"
ACCOUNT = "83482904"


class Stage:
    """A bot, and the turns that it has had."""

    def __init__(self, runtime: Runtime, bot: Bot) -> None:
        self.bot = bot
        self._runtime = runtime

    async def play(self, payload: dict[str, Any]) -> Turn:
        """Have one turn, however it ends."""
        turns: list[Turn] = []
        with suppress(BridgeError):
            await self._runtime.pipeline.answer(self.bot, parse_event(payload), render_reply, observer=turns.append)
        return turns[0]


@asynccontextmanager
async def open_stage(
    directory: Path, *, account: dict[str, Any] | None = None, **bot_keys: Any
) -> AsyncIterator[Stage]:
    """Open a bot with these keys of an account file, in an account with those."""
    bot = {"vendor": "function", "settings": {"callable": BOT}, **bot_keys}
    write_accounts(directory, {"account": ACCOUNT, **(account or {}), "bots": {"own": bot}})
    loaded = await asyncio.to_thread(load_accounts, directory, {})
    async with Runtime(loaded.accounts) as runtime:
        yield Stage(runtime, next(iter(runtime.bots.values())))


def make_payload(answer: Any, *, message: str = "hello", conversation: str = "c-1", **more: Any) -> dict[str, Any]:
    """Make an event to which the bot answers this."""
    return {"convId": conversation, "message": message, "context": {"lpEvent": {"answer": answer, **more}}}
