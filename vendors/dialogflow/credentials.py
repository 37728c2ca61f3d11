"""Access tokens for Google's APIs: fetched off the event loop, one fetch at a time, renewed ahead of their end.

google-auth is synchronous, and its own renewal blocks for as long as the token server takes; so it runs in a daemon thread of
its own, that holds up neither other bots nor the end of the process.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import google.auth
import requests
from google.auth import exceptions as auth
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from pydantic_core import PydanticCustomError

from gateway.contract.callables import CallableFailed, Sandbox
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.ports import Clock
from gateway.contract.types import Json
from gateway.contract.wire import WireError, loads
from vendors.dialogflow.errors import UnusableFile, classify_auth, translate_auth
from vendors.dialogflow.settings import GoogleSettings, read_service_account

SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)
RENEW_AHEAD: Final = 300.0
"""Seconds before its end from which a token is renewed, while it is still used."""
MIN_LEFT: Final = 10.0
"""Seconds that a token must last to be sent: a request should not outlive it."""
RESOLVE_AGAIN: Final = 30.0
"""Seconds after which credentials that were missing or refused are tried again; and between two renewals ahead."""
MAX_FETCH: Final = 10.0
"""Seconds for one fetch, finding the credentials included."""
_MAX_SOCKET: Final = 8.0
"""Seconds of silence of the token server; google-auth's default is two minutes."""
_BUSY: Final = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """An access token."""

    headers: dict[str, str]
    """What a request must carry; as metadata for gRPC."""
    expires: float | None
    """On the monotonic clock, None for never."""

    def __repr__(self) -> str:
        """Say nothing of the token itself."""
        return f"Token(expires={self.expires})"


class GoogleCredentials:
    """One bot's credentials and the token they earn."""

    def __init__(self, settings: GoogleSettings, clock: Clock, *, code: str) -> None:
        """Take what the account file says. `code` is the failures'."""
        self._settings = settings
        self._clock = clock
        self._code = code
        self._thread = Sandbox(max_threads=1)
        self._credentials: Any = None
        self._token: Token | None = None
        self._fetch: asyncio.Future[Token | BaseException] | None = None
        self._began = 0.0
        """When the last fetch began."""
        self._failed: tuple[float, BaseException] | None = None
        """When the last fetch failed, and how; None after a good one."""

    async def open(self) -> None:
        """Find the credentials (a file, the default chain); what goes wrong here shows in `token`."""
        try:
            await self._thread.call(self._find_credentials, timeout=MAX_FETCH)
        except CallableFailed as failure:
            self._note(_cause_of(failure))

    async def close(self) -> None:
        """Give up a fetch that is under way."""
        if self._fetch is not None and not self._fetch.done():
            self._fetch.cancel()
            await asyncio.wait({self._fetch})
        await self._thread.close()

    @property
    def at_hand(self) -> Token | None:
        """A token, when there is one that is far from its end: what `token` would give, without a wait."""
        token = self._token
        if token is None or token.expires is None:
            return token
        return token if token.expires - self._clock.monotonic() > RENEW_AHEAD else None

    async def token(self, *, timeout: float) -> Token:  # noqa: ASYNC109 - part of one attempt's limit
        """Give a token that is good for a request, fetched within `timeout` seconds where there is none.

        Raise VendorFailure: NOT_SENT when the token server cannot be reached, DENIED when it refuses or there are no
        credentials. Cancelling a caller leaves the fetch to the others.
        """
        token = self._token
        left = self._left(token)
        if token is not None and left > MIN_LEFT:
            # Not at every turn: the metadata server hands out tokens that are near their end already.
            if left <= RENEW_AHEAD and self._clock.monotonic() - self._began >= RESOLVE_AGAIN:
                _ = self._begin()
            return token
        if (refused := self._recent_failure()) is not None and classify_auth(refused) is FailureKind.DENIED:
            raise translate_auth(refused, self._code) from refused
        fetch = self._begin()
        done, _ = await asyncio.wait({fetch}, timeout=timeout)
        if not done or fetch.cancelled():
            raise VendorFailure(FailureKind.NOT_SENT, self._code, "Google's token service gave no answer in time")
        fetched = fetch.result()
        if isinstance(fetched, BaseException):
            raise translate_auth(fetched, self._code) from fetched
        return fetched

    def forget(self, token: Token) -> None:
        """Drop a token that was refused, unless a newer one has taken its place."""
        if self._token is token:
            self._token = None

    def _left(self, token: Token | None) -> float:
        if token is None:
            return 0.0
        return float("inf") if token.expires is None else token.expires - self._clock.monotonic()

    def _recent_failure(self) -> BaseException | None:
        if self._failed is None or self._clock.monotonic() - self._failed[0] >= RESOLVE_AGAIN:
            return None
        return self._failed[1]

    def _note(self, error: BaseException) -> None:
        self._failed = (self._clock.monotonic(), error)

    def _begin(self) -> "asyncio.Future[Token | BaseException]":
        """Begin a fetch, or join the one that is under way."""
        if self._fetch is None or self._fetch.done():
            self._began = self._clock.monotonic()
            self._fetch = asyncio.ensure_future(self._renew())
        return self._fetch

    async def _renew(self) -> Token | BaseException:
        """Fetch a token; an error is given back, for nobody may be waiting."""
        try:
            headers, lifetime = await self._thread.call(self._fetch_token, timeout=MAX_FETCH)
        except CallableFailed as failure:
            self._note(error := _cause_of(failure))
            return error
        self._failed = None
        self._token = Token(headers, None if lifetime is None else self._clock.monotonic() + lifetime)
        return self._token

    def _find_credentials(self) -> Any:
        """Find the credentials, once. Runs in the thread."""
        if self._credentials is None:
            self._credentials = load_credentials(self._settings)
        return self._credentials

    def _fetch_token(self) -> tuple[dict[str, str], float | None]:
        """Fetch a token: headers, and its lifetime in seconds. Runs in the thread."""
        credentials = self._find_credentials()
        with requests.Session() as session:
            credentials.refresh(_TokenRequest(session))
        headers: dict[str, str] = {}
        credentials.apply(headers)
        if credentials.expiry is None:
            return headers, None
        # google-auth's times are UTC without saying so.
        return headers, (credentials.expiry.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()


def load_credentials(settings: GoogleSettings) -> Any:
    """Load the credentials that the settings name, or ask Google's default chain. Blocks; raises what google-auth does."""
    if settings.credentials_json is not None:
        account = settings.credentials_json.get_secret_value()
    elif settings.credentials_file is not None:
        account = _read_file(settings.credentials_file)
    else:
        found, _ = google.auth.default(scopes=SCOPES)
        return found
    return service_account.Credentials.from_service_account_info(account, scopes=SCOPES)  # type: ignore[no-untyped-call]  # Google ships it untyped


def _read_file(path: str) -> Json:
    try:
        return read_service_account(loads(Path(path).read_bytes()))
    except OSError as error:
        raise UnusableFile(f"credentials_file: {error.strerror}") from error
    except (WireError, PydanticCustomError) as error:
        raise UnusableFile(f"credentials_file: {error}") from error


class _TokenRequest(Request):
    """google-auth's transport, with a limit of ours, and without its sleep-and-retry loop: the turn has one of its own."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().__call__(*args, **{**kwargs, "timeout": _MAX_SOCKET})  # type: ignore[no-untyped-call]  # Google ships it untyped
        if answer.status in _BUSY:
            raise auth.TransportError(f"HTTP {answer.status}")  # type: ignore[no-untyped-call]  # Google ships it untyped
        return answer


def _cause_of(failure: CallableFailed) -> BaseException:
    return failure.__cause__ or failure
