"""Run all emulators together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulators.dialogflow import DialogflowEmulator
from emulators.function import FunctionEmulator
from emulators.lex import LexEmulator
from emulators.watson import WatsonEmulator

if TYPE_CHECKING:
    from emulators.dialogue import Script
    from emulators.emulator import Emulator


@dataclass(frozen=True, slots=True, eq=False)
class Running(Mapping[str, str]):
    """The emulators that are up: a mapping of their names to their URLs, and themselves as attributes."""

    lex: LexEmulator
    watson: WatsonEmulator
    dialogflow: DialogflowEmulator
    function: FunctionEmulator

    @property
    def all(self) -> tuple[Emulator, ...]:
        """Return the emulators in the order of their ports."""
        return (self.lex, self.watson, self.dialogflow, self.function)

    def clear(self) -> None:
        """Forget recorded requests, programmed faults and answers everywhere."""
        for emulator in self.all:
            emulator.clear()

    def __getitem__(self, name: str) -> str:
        """Return the URL of an emulator."""
        for emulator in self.all:
            if emulator.name == name:
                return emulator.url
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return (emulator.name for emulator in self.all)

    def __len__(self) -> int:
        """Return how many emulators there are."""
        return len(self.all)


@asynccontextmanager
async def emulators(
    *,
    lex: LexEmulator | None = None,
    watson: WatsonEmulator | None = None,
    dialogflow: DialogflowEmulator | None = None,
    function: FunctionEmulator | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    scripts: Mapping[str, Mapping[str, Script]] | None = None,
) -> AsyncIterator[Running]:
    """Run every emulator: those given, and default ones for the rest.

    With a port, the default ones take that one and the three after it (in the order of the parameters). `scripts` (by vendor,
    as account files name it, then by the bot's id) answer in the default ones for the bots that were imported.
    """
    scripts = scripts or {}
    ports = [port + offset if port else 0 for offset in range(4)]
    running = Running(
        lex or LexEmulator(host=host, port=ports[0], scripts=scripts.get("lex-v2")),
        watson
        or WatsonEmulator(
            host=host, port=ports[1], scripts=scripts.get("watson-v2"), v1_scripts=scripts.get("watson-v1")
        ),
        dialogflow or DialogflowEmulator(host=host, port=ports[2], scripts=scripts.get("dialogflow-es")),
        function or FunctionEmulator(host=host, port=ports[3]),
    )
    async with AsyncExitStack() as stack:
        for emulator in running.all:
            await stack.enter_async_context(emulator)
        yield running
