"""Turn a good answer into the one that a fault asks for, down to the connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

if TYPE_CHECKING:
    from emulators.faults import Fault

GARBAGE = b"\x00\xff<html>no JSON at all"


async def spoil(request: web.Request, fault: Fault, good: web.Response) -> web.StreamResponse:
    """Play every kind of fault but "status", whose answer only the vendor's emulator knows."""
    body = good.body if isinstance(good.body, bytes) else b""
    match fault.kind:
        case "hang":
            await asyncio.Event().wait()  # until the caller hangs up or the emulator stops
        case "cut":
            _cut(request)
        case "cut_body":
            return await _send_half(request, body)
        case "truncate":
            good.body = body[: len(body) // 2]
        case "garbage":
            good.body = GARBAGE
        case "empty":
            good.body = b""
        case "body":
            good.body = orjson.dumps(fault.body)
    good.set_status(fault.status or good.status)
    good.headers.update(fault.headers)
    return good


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _send_half(request: web.Request, body: bytes) -> web.StreamResponse:
    """Announce the whole body, send half of it, and hang up."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()  # unlike abort, this flushes what was written
    return response
