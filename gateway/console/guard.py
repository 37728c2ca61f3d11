"""What stands before every request of the console: where it comes from, who sends it, and how it is answered.

- A page of somebody else's sends requests: the cookie is SameSite=Strict, every request but GET carries a header that no
  foreign page can send, and Sec-Fetch-Site must name our own.
- A bot's answer brings a script: the Content-Security-Policy takes scripts and styles from here alone, as files.
- A page of somebody else's shows the console in a frame: frame-ancestors 'none'.
"""

import math
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from aiohttp import hdrs, web

from gateway.console.pages import get_page
from gateway.console.sign_in import COOKIE, Operators, Session
from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import BridgeError, RequestRefused
from gateway.contract.ports import StoreFailed
from gateway.contract.wire import dumps
from gateway.ingress.auth import FORBIDDEN
from gateway.telemetry.logging import get_logger

OWN_HEADER: Final = "X-Botbridge-Console"
"""Of every request but GET: a page of somebody else's cannot send it without our leave."""
OPERATORS: Final = web.AppKey("operators", Operators)
SESSION: Final = web.RequestKey("session", Session)

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: https:; media-src https:; "  # the bots' own cards show pictures from anywhere
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
INVALID: Final = OWN_PREFIX + "invalid-event"
STORE_RETRY: Final = 5.0
"""Seconds after which to ask again when the store has failed."""
_READING: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_log = get_logger("console")

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
PUBLIC: Final = web.AppKey("public", frozenset[Handler])
"""The handlers that serve who has not signed in; every other one asks for a session."""


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on every answer below /console/, whoever makes it; what the API says is kept nowhere."""
    response.headers.update(HEADERS)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse who may not ask, and answer every failure as `{"error": {"message": TEXT}}`."""
    try:
        return await _pass(request, handler)
    except BridgeError as error:
        return write_error(error.status, error.message, error.retry_after)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return write_error(answer.status, answer.text or answer.reason)
    except StoreFailed as fault:
        _log.warning("store-failed", path=request.path, reason=str(fault))
        return write_error(503, "The store cannot be reached just now.", STORE_RETRY)
    except Exception as fault:  # noqa: BLE001 - nothing of it may reach the caller
        _log.error("request-failed", path=request.path, exc_info=fault)
        return write_error(500, "An unforeseen fault; the gateway's log has it.")


async def _pass(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.match_info.http_exception is not None:
        raise request.match_info.http_exception
    refuse_foreign(request)
    if request.match_info.handler not in request.app[PUBLIC]:
        request[SESSION] = request.app[OPERATORS].read(request.cookies.get(COOKIE))
    return await handler(request)


def refuse_foreign(request: web.Request) -> None:
    """Raise RequestRefused (403) for what another site's page may have sent. A page of the console may be linked to."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in _READING:
        if request.headers.get(OWN_HEADER) != "1":
            raise RequestRefused(FORBIDDEN, f"The header {OWN_HEADER}: 1 is required.")
    elif request.match_info.handler is get_page or site == "none":  # an address that a person has typed
        return
    if site != "same-origin":
        raise RequestRefused(FORBIDDEN, "The request comes from another site.")


def write_error(status: int, message: str, retry_after: float | None = None) -> web.Response:
    """Write an error of the console's own."""
    response = web.Response(status=status, body=dumps({"error": {"message": message}}), content_type="application/json")
    if retry_after is not None:
        response.headers[hdrs.RETRY_AFTER] = str(max(1, math.ceil(retry_after)))
    return response
