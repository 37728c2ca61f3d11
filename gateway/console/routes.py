"""The console's routes, as an application of its own below /console/."""

from aiohttp import web

from gateway import __version__
from gateway.console.bodies import read_object
from gateway.console.dashboard import get_bots, get_errors, get_figures
from gateway.console.guard import OPERATORS, PUBLIC, SESSION, add_headers, guard
from gateway.console.live import FEED, get_live
from gateway.console.pages import get_page
from gateway.console.recorded import delete_recording, get_recording, get_turn, get_turns, put_recording
from gateway.console.sign_in import COOKIE, SESSION_TIME
from gateway.console.signed_out import SignedOut
from gateway.console.turns import post_turn
from gateway.contract.errors import RequestRefused
from gateway.contract.wire import dumps
from gateway.figures.times import write_time
from gateway.ingress.call import INVALID_EVENT
from gateway.telemetry.logging import get_logger

PREFIX = "/console"
SIGNED_OUT = web.AppKey("signed_out", SignedOut)
_API = "/api"
_BOT = f"{_API}/accounts/{{account}}/bots/{{bot}}"
_COOKIE_PATH = f"{PREFIX}/"
_log = get_logger("console")


def make_application() -> web.Application:
    """Make the application; who puts it together leaves in it what its handlers ask for."""
    application = web.Application(middlewares=[guard])
    application[PUBLIC] = frozenset({get_page, sign_in, redirect})
    application.on_response_prepare.append(add_headers)
    router = application.router
    router.add_post(f"{_API}/sign-in", sign_in)
    router.add_post(f"{_API}/sign-out", sign_out)
    router.add_get(f"{_API}/session", get_session)
    router.add_get(f"{_API}/bots", get_bots)
    router.add_get(f"{_BOT}/figures", get_figures)
    router.add_get(f"{_BOT}/errors", get_errors)
    router.add_post(f"{_BOT}/turns", post_turn)
    router.add_get(f"{_BOT}/turns", get_turns)
    router.add_get(f"{_BOT}/turns/{{id}}", get_turn)
    router.add_get(f"{_BOT}/recording", get_recording)
    router.add_put(f"{_BOT}/recording", put_recording)
    router.add_delete(f"{_BOT}/recording", delete_recording)
    router.add_get(f"{_API}/live", get_live)
    router.add_get("", redirect)
    router.add_get("/", get_page)
    router.add_get("/{name:(?!api/).+}", get_page)
    return application


async def redirect(_request: web.Request) -> web.StreamResponse:
    """Lead from /console to /console/."""
    raise web.HTTPPermanentRedirect(_COOKIE_PATH)


async def sign_in(request: web.Request) -> web.Response:
    """Begin a session: POST sign-in."""
    token = (await read_object(request, {"token"})).get("token")
    if not isinstance(token, str):
        raise RequestRefused(INVALID_EVENT, "The token must be a string.")
    address = request.remote or ""
    try:
        _, cookie = request.app[OPERATORS].sign_in(token, address=address)
    except RequestRefused as refusal:
        _log.warning("sign-in-refused", address=address, status=refusal.status)
        raise
    _log.info("signed-in", address=address)
    response = web.Response(status=204)
    response.set_cookie(
        COOKIE,
        cookie,
        path=_COOKIE_PATH,
        max_age=SESSION_TIME,
        httponly=True,
        samesite="Strict",
        secure=request.secure or _came_by_https(request),
    )
    return response


async def sign_out(request: web.Request) -> web.Response:
    """End the session: POST sign-out."""
    await request.app[SIGNED_OUT].add(request[SESSION])
    request.app[FEED].end_those_over()
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path=_COOKIE_PATH, httponly=True, samesite="Strict")
    return response


async def get_session(request: web.Request) -> web.Response:
    """Tell until when the session lasts, and of which botbridge it is: GET session."""
    value = {"version": __version__, "expires": write_time(request[SESSION].expires)}
    return web.Response(body=dumps(value), content_type="application/json")


def _came_by_https(request: web.Request) -> bool:
    """Whether the browser spoke TLS to a proxy. Anybody can say so, and thereby only make their own cookie stricter."""
    return request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower() == "https"
