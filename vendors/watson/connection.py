"""A signed-in way to one Watson service, whichever generation: what the SDK prepared, its credentials, its token."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import aiohttp
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import (
    Authenticator,
    BasicAuthenticator,
    BearerTokenAuthenticator,
    NoAuthAuthenticator,
)
from yarl import URL

from gateway.contract.errors import FailureKind
from gateway.contract.ports import Clock
from vendors.exchange import Origin, TransportFailure, find_origin
from vendors.http import HttpAnswer, send_to
from vendors.watson.errors import TokenFailure, translate
from vendors.watson.iam import TokenSource
from vendors.watson.settings import WatsonSettings
from vendors.watson.transport import Template, describe_refusal

Requests = TypeVar("Requests")


class Connection(Generic[Requests]):
    """Has the SDK's requests made with `prepare`, and sends them, signed in."""

    def __init__(
        self, settings: WatsonSettings, prepare: Callable[[], Requests], *, http: aiohttp.ClientSession, clock: Clock
    ) -> None:
        self._url = settings.url
        self._prepare = prepare
        self._http = http
        self._clock = clock
        self._authenticator = _build_authenticator(settings)
        self._tokens: TokenSource | None = None
        if settings.auth_type == "iam" and settings.apikey is not None:
            self._tokens = TokenSource(settings.apikey.get_secret_value(), settings.token_url, clock=clock)
        self.requests: Requests | None = None
        """What can be sent; None until it is opened."""
        self._preparing: asyncio.Future[Requests] | None = None
        self._origin: Origin | None = None
        self._token: str | None = None
        self._signed: dict[Template, Mapping[str, str]] = {}
        """The headers of what has been sent with the token, or with credentials that never change."""

    async def open(self) -> Requests:
        """Have the requests prepared in a thread: the SDK loads certificates for a connection pool that nobody uses."""
        preparing = self._preparing
        if preparing is None:
            preparing = self._preparing = asyncio.ensure_future(asyncio.to_thread(self._prepare))
        # Not awaited itself: whoever waits may be cancelled, the others get the same requests.
        await asyncio.wait({preparing})
        if preparing.cancelled() or preparing.exception() is not None:
            self._preparing = None  # the next call tries again
        self.requests = preparing.result()
        return self.requests

    async def close(self) -> None:
        """End the fetch of a token, if one is under way."""
        if self._tokens is not None:
            await self._tokens.close()

    async def call(
        self,
        request: Template,
        body: bytes,
        *,
        until: float,
        code: str,
        session_id: str = "",
        not_found: str | None = None,
    ) -> HttpAnswer:
        """Sign in and send a request before the clock says `until`; give the answer, which is a success.

        Raise VendorFailure with `code`, or with `not_found` where Watson does not know the path. A token that Watson refuses
        is renewed and the call repeated once: a 401 says that nothing has been done yet.
        """
        origin = self._origin
        if origin is None:
            origin = self._origin = find_origin(self._http, URL(self._url, encoded=True))
        target, tokens = request.fill(session_id), self._tokens
        try:
            token = None
            if tokens is not None:
                left = self._left(until)
                token = tokens.peek(timeout=left) or await tokens.get(timeout=left)
            headers = self._sign(request, token)
            left = self._left(until)
            answer = await send_to(origin, request.method, target, headers=headers, body=body, timeout=left)
            if answer.status == 401 and tokens is not None and token is not None:
                tokens.reject(token)
                headers = self._sign(request, await tokens.get(timeout=self._left(until)))
                left = self._left(until)
                answer = await send_to(origin, request.method, target, headers=headers, body=body, timeout=left)
            if not 200 <= answer.status < 300:
                raise describe_refusal(answer)
        except ApiException as error:
            raise translate(error, code=(not_found or code) if error.status_code == 404 else code) from error
        except (TransportFailure, TokenFailure) as error:
            raise translate(error, code=code) from error
        return answer

    def _sign(self, request: Template, token: str | None) -> Mapping[str, str]:
        """Give a request's headers as the authenticator signs them, worked out once for each token."""
        if token is not None and token != self._token:
            self._authenticator.set_bearer_token(token)
            self._token = token
            self._signed.clear()
        signed = self._signed.get(request)
        if signed is None:
            signed = self._signed[request] = request.sign(self._authenticator)
        return signed

    def _left(self, until: float) -> float:
        left = until - self._clock.monotonic()
        if left <= 0:
            raise TransportFailure(FailureKind.NOT_SENT, "the attempt's time was over before the request went out")
        return left


def _build_authenticator(settings: WatsonSettings) -> Authenticator:
    if settings.auth_type == "iam":
        # Not the SDK's IAMAuthenticator: it fetches tokens while it builds a request, on the loop.
        return BearerTokenAuthenticator("")
    if settings.auth_type == "basic" and settings.username is not None and settings.password is not None:
        return BasicAuthenticator(settings.username.get_secret_value(), settings.password.get_secret_value())
    return NoAuthAuthenticator()
