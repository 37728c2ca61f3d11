"""A signed-in way to one Watson service, whichever generation: the SDK's client, its credentials, its token."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import (
    Authenticator,
    BasicAuthenticator,
    BearerTokenAuthenticator,
    NoAuthAuthenticator,
)

from gateway.contract.errors import FailureKind
from gateway.contract.ports import Clock
from vendors.exchange import TransportFailure
from vendors.http import HttpAnswer
from vendors.watson.iam import TokenSource
from vendors.watson.settings import WatsonSettings

Sdk = TypeVar("Sdk")


class Connection(Generic[Sdk]):
    """Makes the SDK's client with `build`, and calls Watson through it."""

    def __init__(self, settings: WatsonSettings, build: Callable[[Authenticator], Sdk], *, clock: Clock) -> None:
        self._build = build
        self._clock = clock
        self._authenticator = _build_authenticator(settings)
        self._tokens: TokenSource | None = None
        if settings.auth_type == "iam" and settings.apikey is not None:
            self._tokens = TokenSource(settings.apikey.get_secret_value(), settings.token_url, clock=clock)
        self._sdk: Sdk | None = None
        self._building: asyncio.Future[Sdk] | None = None

    async def open(self) -> None:
        """Make the SDK's client in a thread: it loads certificates for a connection pool of its own, which nobody uses."""
        building = self._building
        if building is None:
            building = self._building = asyncio.ensure_future(asyncio.to_thread(self._build, self._authenticator))
        # Not awaited itself: whoever waits may be cancelled, the others get the same client.
        await asyncio.wait({building})
        if building.cancelled() or building.exception() is not None:
            self._building = None  # the next call tries again
        self._sdk = building.result()

    async def close(self) -> None:
        """End the fetch of a token, if one is under way."""
        if self._tokens is not None:
            await self._tokens.close()

    async def call(self, send: Callable[[Sdk, float], Awaitable[HttpAnswer]], *, until: float) -> HttpAnswer:
        """Sign in and call `send` with the SDK's client and the seconds left until the clock says `until`.

        Raise ApiException for an error status, TransportFailure for no answer, TokenFailure for no token. A token that
        Watson refuses is renewed and the call repeated once: a 401 says that nothing has been done yet.
        """
        if self._sdk is None:
            await self.open()
        assert self._sdk is not None  # noqa: S101 - made by open
        if self._tokens is None:
            return await send(self._sdk, self._left(until))
        token = await self._sign_in(self._tokens, until)
        try:
            return await send(self._sdk, self._left(until))
        except ApiException as error:
            if error.status_code != 401:
                raise
        self._tokens.reject(token)
        await self._sign_in(self._tokens, until)
        return await send(self._sdk, self._left(until))

    async def _sign_in(self, tokens: TokenSource, until: float) -> str:
        """Give the authenticator a good token; whoever awaits this may send at once, nobody comes in between."""
        token = await tokens.get(timeout=self._left(until))
        self._authenticator.set_bearer_token(token)
        return token

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
