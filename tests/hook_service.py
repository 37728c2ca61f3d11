"""A service behind a URL, as a brand would run it for its hooks: on a real socket, it notes what it gets and answers as told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import orjson
from aiohttp import web

Answer: TypeAlias = Callable[[Any], web.Response | Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: Any


def give(payload: Any, status: int = 200, **headers: str) -> web.Response:
    """Answer with JSON."""
    return web.Response(
        body=orjson.dumps(payload), status=status, content_type="application/json", headers=headers or None
    )


class HookService:
    """Use as `async with`; `answer` makes the response to each payload, at first the payload as it was."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.got: list[Got] = []
        self.answer: Answer = give
        self.url = ""
        self._host = host

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, 0).start()
        self.url = f"http://{self._host}:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        """Give the port."""
        port: int = self._runner.addresses[0][1]
        return port

    async def _handle(self, request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        self.got.append(Got(request.path_qs, dict(request.headers), body))
        answer = self.answer(body)
        return answer if isinstance(answer, web.Response) else await answer
