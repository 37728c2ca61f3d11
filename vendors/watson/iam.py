"""IBM's IAM tokens: fetched by the SDK in a thread, renewed early and once for all who need one.

The SDK's own `get_token` is not used: it renews within the call that finds the token old, sleeps in half-second steps while
another thread is at it, and after a failed fetch keeps everybody sleeping for up to a minute. Its `request_token`, the HTTP call
alone, is what runs here, so that neither the loop nor a turn waits for a renewal while the token in hand is still good.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import requests
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.token_managers.iam_token_manager import IAMTokenManager

from gateway.contract.errors import FailureKind
from gateway.contract.ports import Clock
from vendors.watson.errors import TokenFailure, choose_token_kind

RENEW_AT: Final = 0.8
"""Share of a token's life after which a new one is fetched while the old one still serves; the SDK's own share."""
SAFETY: Final = 10.0
"""Seconds before its end from which a token is not used: it could die on the way. For short-lived ones a tenth of their life."""
PAUSE: Final = 10.0
"""Seconds between attempts to renew a token that is still good."""
TOO_LATE: Final = "the token endpoint did not answer in time"
MAX_CONNECT: Final = 5.0
"""Seconds to connect to the token endpoint."""


class _TokenManager(IAMTokenManager):  # type: ignore[misc]  # the SDK ships no type information
    """The SDK's token manager for a token endpoint at any address."""

    OPERATION_PATH = ""

    def __init__(self, apikey: str, token_url: str) -> None:
        super().__init__(apikey, url=token_url)
        # The constructor takes an address apart to put it together again; ours is whole.
        self.url = token_url


class TokenSource:
    """The token of one API key. All times are the gateway's own: the endpoint's clock may differ from ours."""

    def __init__(self, apikey: str, token_url: str, *, clock: Clock) -> None:
        self._manager = _TokenManager(apikey, token_url)
        self._clock = clock
        self._token: str | None = None
        self._renew_at = 0.0
        self._dead_at = 0.0
        self._flight: asyncio.Future[str] | None = None
        # Threads of its own: a token endpoint that hangs must not use up those in which everybody's host names are
        # looked up. Two, so that a fetch given up by its caller does not hold up the next one.
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="watson-token")

    def peek(self, *, timeout: float) -> str | None:
        """Give the token in hand where it is good now; one that grows old is renewed meanwhile, within `timeout` seconds."""
        now = self._clock.monotonic()
        if self._token is None or now >= self._dead_at:
            return None
        if now >= self._renew_at:
            self._renew_at = now + PAUSE
            _ = self._start(timeout)
        return self._token

    async def get(self, *, timeout: float) -> str:  # noqa: ASYNC109 - what is left of one attempt
        """Give a token that is good now, at once if there is one. Raise TokenFailure within `timeout` seconds."""
        if (token := self.peek(timeout=timeout)) is not None:
            return token
        try:
            async with asyncio.timeout(timeout):
                return await self._wait_for_flight(timeout)
        except TimeoutError as error:
            raise TokenFailure(FailureKind.NOT_SENT, TOO_LATE) from error

    def reject(self, token: str) -> None:
        """Forget a token that Watson refused, unless a newer one has taken its place."""
        if token == self._token:
            self._token = None

    async def close(self) -> None:
        """End a fetch that is under way; its thread ends by the fetch's own time limit."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait({self._flight})
        # The pool is not shut down, its idle threads end with this object: a turn that has outlived its bot's
        # configuration may still come for a token.

    async def _wait_for_flight(self, timeout: float) -> str:  # noqa: ASYNC109 - hands it on
        """Wait for the fetch under way, or for one of our own; the same one serves all who wait."""
        joined = self._flight is not None and not self._flight.done()
        while True:
            flight = self._start(timeout)
            # Not awaited itself: whoever waits may be cancelled, the fetch goes on for the others.
            await asyncio.wait({flight})
            if flight.cancelled():
                raise TokenFailure(FailureKind.NOT_SENT, "the bot was closed")
            try:
                return flight.result()
            except TokenFailure as failure:
                # A fetch that others have begun ends by their time, not by ours: then one more.
                if not joined or failure.kind is not FailureKind.NOT_SENT:
                    raise
                joined = False

    def _start(self, timeout: float) -> asyncio.Future[str]:
        """Start fetching, or give the fetch that is under way."""
        if self._flight is None or self._flight.done():
            self._flight = asyncio.ensure_future(self._fetch(timeout))
            self._flight.add_done_callback(_mark_seen)
        return self._flight

    async def _fetch(self, timeout: float) -> str:  # noqa: ASYNC109 - hands it on
        """Fetch a token, keep it and give it. Raise TokenFailure."""
        # Redirects would carry the API key to wherever they point. requests' limits are per read, wait_for's is the whole.
        self._manager.http_config = {"timeout": (min(MAX_CONNECT, timeout), timeout), "allow_redirects": False}
        asked = self._clock.monotonic()
        try:
            fetched = asyncio.get_running_loop().run_in_executor(self._threads, self._manager.request_token)
            answer = await asyncio.wait_for(fetched, timeout)
        except TimeoutError as error:
            raise TokenFailure(FailureKind.NOT_SENT, TOO_LATE) from error
        except ApiException as error:
            kind = choose_token_kind(error.status_code)
            raise TokenFailure(kind, "the token endpoint answered with an error", refusal=error) from error
        except (requests.ConnectionError, requests.Timeout) as error:
            # Also a connection cut in the middle: in any case nothing has reached Watson.
            raise TokenFailure(FailureKind.NOT_SENT, f"no token endpoint ({type(error).__name__})") from error
        except (requests.RequestException, ValueError) as error:
            raise TokenFailure(FailureKind.DENIED, f"no token in the answer ({type(error).__name__})") from error
        token, lifetime = _read_token(answer, self._clock.time())
        self._token = token
        self._renew_at = asked + RENEW_AT * lifetime
        self._dead_at = asked + lifetime - min(SAFETY, 0.1 * lifetime)
        return token


def _read_token(answer: Any, now: float) -> tuple[str, float]:
    """Find the token and its life in seconds; 0 when the answer does not say, so that the token serves once."""
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise TokenFailure(FailureKind.DENIED, "no token in the answer")
    if _is_seconds(lifetime := answer.get("expires_in")):
        return token, float(lifetime)
    if _is_seconds(end := answer.get("expiration")):
        return token, max(0.0, end - now)
    return token, 0.0


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12


def _mark_seen(flight: asyncio.Future[str]) -> None:
    """Take note of a failure that may have no one waiting for it; the next turn tries again."""
    if not flight.cancelled():
        flight.exception()
