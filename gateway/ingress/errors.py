"""A failure as an HTTP answer: status, body and headers (docs/contract/errors.md, botbridge's own table)."""

import math
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeAlias

from aiohttp import hdrs, web

from gateway.contract.errors import BridgeError, UnforeseenFault
from gateway.contract.wire import dumps
from gateway.ingress.call import Answered, Handler, RequestCall
from gateway.telemetry.logging import get_logger

_log = get_logger("ingress")


RequestHandler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def to_route(handler: Handler) -> RequestHandler:
    """Make a handler of aiohttp's of a door's, which turns what that one raises into botbridge's error answer."""

    @wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        return (await handler(RequestCall(request), tuple(request.match_info.values()))).to_response()

    return answering_errors(answer)


def answering_errors(handler: RequestHandler) -> RequestHandler:
    """Make a handler that turns what this one raises into botbridge's error answer; aiohttp's own errors stay as they are.

    Wrapped around each route's handler: a middleware of the application costs every request several times as much.
    """

    @wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - nothing of it may reach the caller
            return answer_error(error, request.path).to_response()

    return answer


def answer_error(error: Exception, path: str) -> Answered:
    """Write the answer that an exception becomes; one that nobody foresaw is logged with the path, or the names in it."""
    if isinstance(error, BridgeError):
        return render_error(error)
    unforeseen = UnforeseenFault()
    _log.error("request-failed", path=path, error_id=unforeseen.error_id, exc_info=error)
    return render_error(unforeseen)


def render_error(error: BridgeError) -> Answered:
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
    headers: tuple[tuple[str, str], ...] = ()
    if error.status in {429, 503}:
        headers += ((hdrs.RETRY_AFTER, str(max(1, math.ceil(error.retry_after or 1)))),)
    if error.status == 401:
        headers += ((hdrs.WWW_AUTHENTICATE, "Bearer"),)
    return Answered(body, error.status, headers)
