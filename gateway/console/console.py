"""The console put together: what `--console` adds to a gateway."""

import asyncio
from typing import Self

from aiohttp import web

from gateway.console.bots import FLEET, Fleet
from gateway.console.guard import OPERATORS
from gateway.console.pages import PAGES, load_pages
from gateway.console.routes import PREFIX, make_application
from gateway.console.settings import ConsoleSettings
from gateway.console.sign_in import Operators
from gateway.console.turns import CLOCK
from gateway.contract.ports import Clock
from gateway.ingress.keys import GATE, PIPELINE
from gateway.pipeline import Pipeline
from gateway.resilience.limiter import Gate


class Console:
    """An asynchronous context, which `add_to` then makes a part of the gateway's application."""

    def __init__(
        self, settings: ConsoleSettings, *, fleet: Fleet, pipeline: Pipeline, gate: Gate, clock: Clock
    ) -> None:
        self._settings = settings
        self._application = make_application()
        self._application[OPERATORS] = Operators(settings.tokens, salt=settings.salt, clock=clock)
        self._application[FLEET] = fleet
        self._application[PIPELINE] = pipeline
        self._application[GATE] = gate
        self._application[CLOCK] = clock

    async def __aenter__(self) -> Self:
        """Read the pages. Raise OSError."""
        self._application[PAGES] = await asyncio.to_thread(load_pages, self._settings.pages)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Let go of everything."""

    def add_to(self, application: web.Application) -> None:
        """Serve the console below /console/."""
        application.add_subapp(f"{PREFIX}/", self._application)
