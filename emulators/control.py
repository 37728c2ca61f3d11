"""The routes by which another process programs a running emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from emulators.faults import parse_fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from emulators.call import Recorded
    from emulators.emulator import Emulator

PREFIX = "/_emulator"


def add_routes(app: web.Application, emulator: Emulator) -> None:
    """Add the control routes of an emulator to its application."""

    async def add_faults(request: web.Request) -> web.Response:
        given = orjson.loads(await request.read())
        faults = [parse_fault(each) for each in (given if isinstance(given, list) else [given])]
        emulator.faults.add(*faults)
        return _json({"faults": len(emulator.faults)}, 201)

    async def clear_faults(_: web.Request) -> web.Response:
        emulator.faults.clear()
        return web.Response(status=204)

    async def list_requests(_: web.Request) -> web.Response:
        return _json({"requests": [_plain(recorded) for recorded in emulator.requests]})

    async def clear_requests(_: web.Request) -> web.Response:
        emulator.requests.clear()
        return web.Response(status=204)

    async def say(request: web.Request) -> web.Response:
        given = orjson.loads(await request.read())
        if not isinstance(given, dict) or not isinstance(given.get("utterance"), str):
            raise ValueError("say needs an 'utterance' and an 'answer'")  # noqa: TRY004 - answered with 400
        if unknown := sorted(given.keys() - {"utterance", "answer", "event", "raw", "attributes"}):
            raise ValueError(f"say knows no {', '.join(unknown)}")
        emulator.say(**given)
        return web.Response(status=204)

    async def clear(_: web.Request) -> web.Response:
        emulator.clear()
        return web.Response(status=204)

    app.router.add_post(f"{PREFIX}/faults", _guarded(add_faults))
    app.router.add_delete(f"{PREFIX}/faults", clear_faults)
    app.router.add_get(f"{PREFIX}/requests", list_requests)
    app.router.add_delete(f"{PREFIX}/requests", clear_requests)
    app.router.add_post(f"{PREFIX}/say", _guarded(say))
    app.router.add_delete(PREFIX, clear)


def _guarded(
    handle: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return await handle(request)
        except ValueError as error:
            return _json({"error": str(error)}, 400)

    return answer


def _plain(recorded: Recorded) -> dict[str, Any]:
    return {
        "method": recorded.method,
        "path": recorded.path,
        "query": dict(recorded.query),
        "headers": {name.lower(): value for name, value in recorded.headers.items()},
        "body": recorded.body,
        "time": recorded.time,
        "stage": recorded.stage,
        "text": recorded.heard.text,
        "event": recorded.heard.event,
    }


def _json(payload: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(payload), status=status, content_type="application/json")
