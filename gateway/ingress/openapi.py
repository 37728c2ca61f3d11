"""The published description of all routes: GET /openapi.json."""

from importlib.resources import files
from typing import Final

from aiohttp import web

from gateway import __version__
from gateway.contract.wire import dumps, loads

OPENAPI: Final = web.AppKey("openapi", bytes)


def load_document() -> bytes:
    """Load the document, with botbridge's version in it. Reads a file: not on the event loop."""
    document = loads((files("gateway.ingress") / "openapi.json").read_bytes())
    document["info"]["version"] = __version__
    return dumps(document)


async def get_openapi(request: web.Request) -> web.Response:
    """Give the document."""
    return web.Response(body=request.app[OPENAPI], content_type="application/json")
