"""One conversation of `botbridge chat` with a bot."""

from contextlib import AsyncExitStack
from typing import Any

from config.loader import LoadedAccounts
from gateway.cli.transcript import Transcript
from gateway.cli.workbench import open_bot
from gateway.contract.errors import BridgeError
from gateway.contract.event import parse_event
from gateway.contract.types import Json
from gateway.contract.wire import loads
from gateway.ingress.events import render_reply
from gateway.turn import Turn


class Talk:
    """Says lines to a bot and prints its answers."""

    def __init__(self, loaded: LoadedAccounts, account: str, bot: str, *, conversation_id: str) -> None:
        self._loaded = loaded
        self._account = account
        self._name = bot
        self._conversation_id = conversation_id
        self._sequence = 0
        self._last: Turn | None = None
        self._held = AsyncExitStack()
        self.transcript = Transcript()

    async def open(self) -> None:
        """Open the bot."""
        self._bot, self._runtime = await self._held.enter_async_context(
            open_bot(self._loaded, self._account, self._name, observers=[self._remember])
        )

    async def close(self) -> None:
        """Let go of the bot."""
        await self._held.aclose()

    async def say(self, line: str) -> None:
        """Take one line: a command or something to say."""
        match line:
            case "/raw":
                self._show_raw()
            case "/welcome":
                await self._send({"message": "", "event": {"name": "WELCOME"}})
            case _ if line.startswith("/"):
                self.transcript.note("no such command; there are /raw, /welcome and /quit")
            case _:
                await self._send({"message": line})

    async def _send(self, said: Json) -> None:
        self._sequence += 1
        payload: Json = {
            "convId": self._conversation_id,
            **said,
            "context": {"lpEvent": {"type": "ContentEvent", "sequence": self._sequence}, "lpSdes": {}},
        }
        try:
            answer = await self._runtime.pipeline.answer(self._bot, parse_event(payload), render_reply)
        except BridgeError as error:
            self.transcript.failure(error.code, error.error_id)
            self.transcript.note(f"{error.message}\nRemedy: {error.entry.remedy}")
            return
        if answer.error_name is not None:
            self.transcript.failure(answer.error_name, answer.error_id)
        self.transcript.answer(loads(answer.body))

    def _remember(self, turn: Turn) -> None:
        self._last = turn

    def _show_raw(self) -> None:
        if self._last is None:
            self.transcript.note("nothing has been said yet")
            return
        self._print_json("request", self._last.request)
        self._print_json("answer", self._last.answer)

    def _print_json(self, label: str, value: Any) -> None:
        self.transcript.note(f"{label}:")
        if value is None:
            self.transcript.note("  none")
        else:
            self.transcript.console.print_json(data=value)
