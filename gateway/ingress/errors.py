"""A failure as an HTTP answer: status, body and headers (docs/contract/errors.md, botbridge's own table)."""

import math
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeAlias

from aiohttp import hdrs, web

from gateway.contract.errors import BridgeError, UnforeseenFault
from gateway.contract.wire import dumps
from gateway.telemetry.logging import get_logger

_log = get_logger("ingress")


Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answering_errors(handler: Handler) -> Handler:
    """Make a handler that turns what this one raises into botbridge's error answer.

    Wrapped around each route's handler: a middleware of the application costs every request several times as much.
    """

    @wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Exception as error:  # noqa: BLE001 - nothing of it may reach the caller
            return _answer(request, error)

    return answer


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Do the same for all routes of an application; aiohttp's own 404 and 405 stay as they are."""
    try:
        return await handler(request)
    except Exception as error:  # noqa: BLE001 - nothing of it may reach the caller
        return _answer(request, error)


def _answer(request: web.Request, error: Exception) -> web.Response:
    if isinstance(error, BridgeError):
        return render_error(error)
    if isinstance(error, web.HTTPException):
        raise error
    unforeseen = UnforeseenFault()
    _log.error("request-failed", path=request.path, error_id=unforeseen.error_id, exc_info=error)
    return render_error(unforeseen)


def render_error(error: BridgeError) -> web.Response:
    """Write an error answer. Retry-After is in whole seconds, rounded up, at least 1."""
    body = dumps(
        {
            "error": {
                "errorId": error.error_id,
                "name": error.code,
                "message": error.message,
                "vendor": error.vendor,
                "retryable": error.retryable,
            }
        }
    )
    response = web.Response(status=error.status, body=body, content_type="application/json")
    if error.status in {429, 503}:
        response.headers[hdrs.RETRY_AFTER] = str(max(1, math.ceil(error.retry_after or 1)))
    if error.status == 401:
        response.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return response
