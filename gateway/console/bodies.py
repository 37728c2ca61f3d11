"""The bodies that the console's API takes."""

from collections.abc import Container

from aiohttp import web

from gateway.contract.errors import RequestRefused
from gateway.contract.types import Json
from gateway.ingress.call import INVALID_EVENT, RequestCall, read_json


async def read_object(request: web.Request, members: Container[str]) -> Json:
    """Read a body that must be an object with no other members than these. Raise RequestRefused (400, 413, 415)."""
    try:
        body = await read_json(RequestCall(request))
    except RequestRefused as refusal:
        if refusal.code != INVALID_EVENT:
            raise
        raise RequestRefused(INVALID_EVENT, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise RequestRefused(INVALID_EVENT, "The body must be an object.")
    unknown = sorted(key for key in body if key not in members)
    if unknown:
        raise RequestRefused(INVALID_EVENT, f"The body has a member that is not known: {unknown[0][:40]!r}.")
    return body
