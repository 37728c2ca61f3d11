"""A call of one of the doors, whichever way its request was read: by aiohttp, or whole by a connection of ours."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict

from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.wire import WireError, loads

MAX_BODY: Final = 1024 * 1024
"""Bytes of an event's body."""
INVALID_EVENT = OWN_PREFIX + "invalid-event"
TOO_LARGE = OWN_PREFIX + "payload-too-large"
UNSUPPORTED_TYPE = OWN_PREFIX + "unsupported-media-type"
JSON: Final = "application/json"


class Call(Protocol):
    """What a door needs to know of a request."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Give the headers; upper and lower case are the same."""

    @property
    def remote(self) -> str | None:
        """Give the caller's address."""

    @property
    def body(self) -> bytes | None:
        """Give the body where it is at hand; None where it must be read."""

    async def read(self) -> bytes:
        """Read the whole body, unpacked; a second time it is at hand. Raise RequestRefused (400, 413)."""

    def forget(self) -> None:
        """Let go of headers and body, which have been read for the last time: a turn may wait long."""


class Answered(NamedTuple):
    """What a door answers: JSON, and the headers beyond those that all answers have."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()

    def to_response(self) -> web.Response:
        """Make aiohttp's response of it."""
        headers = CIMultiDict(self.headers)
        return web.Response(status=self.status, body=self.body, headers=headers, content_type=JSON)


Handler: TypeAlias = Callable[[Call, tuple[str, ...]], Awaitable[Answered]]
"""A door's way of answering: given the call and the names in its path, in order. Raises BridgeError."""


class RequestCall:
    """A request that aiohttp reads."""

    __slots__ = ("_request",)
    body = None

    def __init__(self, request: web.Request) -> None:
        self._request = request

    @property
    def headers(self) -> Mapping[str, str]:
        """See Call."""
        return self._request.headers

    @property
    def remote(self) -> str | None:
        """See Call."""
        return self._request.remote

    async def read(self) -> bytes:
        """See Call."""
        try:
            return await self._request.read()
        except web.HTTPRequestEntityTooLarge:
            raise RequestRefused(TOO_LARGE, f"The body has more than {MAX_BODY} bytes.") from None
        except (web.RequestPayloadError, HttpProcessingError):
            raise RequestRefused(
                INVALID_EVENT, "The body is not an event: it is not in the encoding that it names."
            ) from None

    def forget(self) -> None:
        """Do nothing: they are aiohttp's."""


async def read_json(call: Call) -> Any:
    """Read a body that must be JSON. Raise RequestRefused."""
    if not _is_json(call.headers.get(hdrs.CONTENT_TYPE)):
        raise RequestRefused(UNSUPPORTED_TYPE, "The body must be JSON: Content-Type: application/json.")
    body = call.body
    if body is None:
        body = await call.read()
    try:
        return loads(body)
    except WireError as problem:
        raise RequestRefused(INVALID_EVENT, f"The body is not an event: {problem}.") from None


def _is_json(content_type: str | None) -> bool:
    """Accept application/json and application/…+json; a request that names no type is not JSON."""
    if content_type is None:
        return False
    kind = content_type.partition(";")[0].strip().lower()
    return kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))
