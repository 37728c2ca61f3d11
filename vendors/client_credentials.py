"""OAuth 2 access tokens by client credentials (RFC 6749 section 4.4): cached, renewed early, fetched once for all who wait."""

import asyncio
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from gateway.contract.errors import FailureKind
from gateway.contract.ports import Clock
from gateway.contract.wire import WireError
from vendors.exchange import TransportFailure
from vendors.http import HttpAnswer, send

RENEW_AT: Final = 0.8
"""Share of a token's life after which one caller fetches a new one, while the old one still serves the others."""
SAFETY: Final = 10.0
"""Seconds before its end from which a token is not used: it could die on the way. Of a short life a tenth."""
PAUSE: Final = 10.0
"""Seconds between attempts to renew a token that is still good."""
RENEWAL_SHARE: Final = 0.25
"""Share of a call's time that renewing a good token may take: the call itself still needs some."""
UNSTATED_LIFE: Final = 60.0
"""Seconds that a token is kept whose answer does not say how long it lives."""
_HEADERS: Final = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class TokenFailure(TransportFailure):
    """No token could be had, so nothing has reached whom it was for."""

    def __init__(self, kind: FailureKind, what: str, *, answer: HttpAnswer | None = None) -> None:
        super().__init__(kind, what)
        self.answer = answer
        """The token endpoint's, where there was one."""

    @property
    def status(self) -> int | None:
        """The HTTP status of the token endpoint's answer."""
        return None if self.answer is None else self.answer.status

    @property
    def retry_after(self) -> float | None:
        """Seconds that the token endpoint asks to wait."""
        return None if self.answer is None else self.answer.retry_after


class TokenSource:
    """The token of one client. Life is counted from the request, by the gateway's own clock."""

    def __init__(
        self, url: URL, client_id: str, client_secret: str, *, http: aiohttp.ClientSession, clock: Clock
    ) -> None:
        self._url = url
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._form = urlencode(form).encode()
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._renew_at = 0.0
        self._dead_at = 0.0
        self._fetches = 0
        self._failure: TokenFailure | None = None

    async def get(self, *, timeout: float) -> str:  # noqa: ASYNC109 - what is left of one attempt
        """Give a token that is good now, at once if there is one that need not be renewed. Raise TokenFailure in time."""
        now = self._clock.monotonic()
        token = self._find_living(now)
        if token is not None and now < self._renew_at:
            return token
        if token is not None:
            # Whoever comes meanwhile takes the old one, and so does this caller when there is no new one.
            self._renew_at = now + PAUSE
            try:
                return await self._fetch(RENEWAL_SHARE * timeout)
            except TokenFailure:
                return token
        try:
            async with asyncio.timeout(timeout):
                return await self._wait_for_one(timeout)
        except TimeoutError as error:
            raise TokenFailure(FailureKind.NOT_SENT, "the token endpoint did not answer in time") from error

    def reject(self, token: str) -> None:
        """Forget a token that was refused, unless a newer one has taken its place."""
        if token == self._token:
            self._token = None

    def _find_living(self, now: float) -> str | None:
        return self._token if now < self._dead_at else None

    async def _wait_for_one(self, timeout: float) -> str:  # noqa: ASYNC109 - hands it on
        """Fetch a token, or share what somebody's fetch brings that is under way: the token, or why there is none."""
        before = self._fetches
        async with self._lock:
            token = self._find_living(self._clock.monotonic())
            if token is not None:
                return token
            if self._fetches != before and self._failure is not None:
                raise TokenFailure(self._failure.kind, self._failure.what, answer=self._failure.answer)
            return await self._fetch(timeout)

    async def _fetch(self, timeout: float) -> str:  # noqa: ASYNC109 - hands it on
        """Fetch a token, keep it and give it. Raise TokenFailure."""
        asked = self._clock.monotonic()
        try:
            answer = await send(self._http, "POST", self._url, headers=_HEADERS, body=self._form, timeout=timeout)
            token, life = _read_token(answer)
        except TokenFailure as failure:
            self._failure = failure
            raise
        except TransportFailure as failure:
            kind = FailureKind.REFUSED if failure.kind is FailureKind.REFUSED else FailureKind.NOT_SENT
            self._failure = TokenFailure(kind, f"no token: {failure.what}")
            raise self._failure from failure
        finally:
            self._fetches += 1
        self._failure = None
        self._token = token
        self._renew_at = asked + RENEW_AT * life
        self._dead_at = asked + life - min(SAFETY, 0.1 * life)
        return token


def _read_token(answer: HttpAnswer) -> tuple[str, float]:
    """Find the token and its life in seconds. Raise TokenFailure."""
    if answer.status != 200:
        raise TokenFailure(_choose_kind(answer.status), "the token endpoint answered with an error", answer=answer)
    try:
        body = answer.json()
    except WireError:
        body = None
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise TokenFailure(FailureKind.DENIED, "no token in the token endpoint's answer", answer=answer)
    return token, _read_life(body.get("expires_in"))


def _choose_kind(status: int) -> FailureKind:
    """Choose what a token endpoint's refusal means: its own trouble may pass, a refused client stays refused."""
    if status == 429:
        return FailureKind.THROTTLED
    return FailureKind.UNAVAILABLE if status >= 500 else FailureKind.DENIED


def _read_life(value: Any) -> float:
    """Read `expires_in`: seconds, also as a string of digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12:
        return float(value)
    return UNSTATED_LIFE
