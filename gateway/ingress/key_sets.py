"""The keys that sign LivePerson's tokens: fetched from a JWKS URL and kept for a while, or one from the account file."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final, Protocol

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt import PyJWK, PyJWTError

from gateway.contract.ports import Clock
from gateway.contract.wire import WireError, loads
from gateway.telemetry.logging import get_logger

FRESH: Final = 300.0
"""Seconds for which a fetched set is used without asking again."""
EARLY: Final = 240.0
"""Seconds after which a set in use is fetched again beside the events, which then never wait for it."""
STALE: Final = 3600.0
"""Seconds for which a set is still used while it cannot be fetched again."""
PAUSE: Final = 5.0
"""Seconds at least between two fetches, whatever tokens come and however the fetches end."""
FETCH_TIME: Final = 5.0
"""Seconds that one fetch may take."""
MAX_SET: Final = 256 * 1024
"""Bytes of a key set."""

_log = get_logger("key-sets")


class Keys(Protocol):
    """Where the key of a token comes from."""

    async def find(self, kid: str | None) -> RSAPublicKey | None:
        """Give the key that a token names, None when there is no such key."""


class OneKey:
    """The key of an account file, whatever key a token names."""

    def __init__(self, pem: str) -> None:
        """Take the key in PEM. What is no RSA public key is logged, and opens nothing."""
        self._key: RSAPublicKey | None = None
        try:
            key = load_pem_public_key(pem.encode())
        except ValueError:
            key = None
        if isinstance(key, RSAPublicKey):
            self._key = key
        else:
            _log.error("public-key-unusable", expected="an RSA public key in PEM")

    async def find(self, kid: str | None) -> RSAPublicKey | None:  # noqa: ARG002 - one key for all
        """Give the key."""
        return self._key


class KeySet:
    """The keys at one URL."""

    def __init__(self, url: str, http: aiohttp.ClientSession, clock: Clock) -> None:
        self._url = url
        self._http = http
        self._clock = clock
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._one_at_a_time = asyncio.Lock()
        self._beside: asyncio.Future[None] | None = None

    async def find(self, kid: str | None) -> RSAPublicKey | None:
        """Give the key with this id, asking again for a set that is too old or does not have it."""
        if kid is None:
            return None
        if kid not in self._keys or self._age >= FRESH:
            await self._renew()
        elif self._age >= EARLY:
            self.renew_beside()
        return self._keys.get(kid) if self._age < STALE else None

    def renew_beside(self) -> None:
        """Begin to fetch the set, unless that is under way."""
        if self._beside is None or self._beside.done():
            self._beside = asyncio.ensure_future(self._renew())

    async def close(self) -> None:
        """Give up what is under way."""
        if self._beside is not None:
            self._beside.cancel()
            await asyncio.wait({self._beside})

    @property
    def _age(self) -> float:
        return STALE if self._fetched is None else self._clock.monotonic() - self._fetched

    async def _renew(self) -> None:
        """Fetch the set, unless that was tried a moment ago: also by another, while this one waited."""
        async with self._one_at_a_time:
            if self._tried is not None and self._clock.monotonic() - self._tried < PAUSE:
                return
            try:
                self._keys = _read_keys(await self._fetch())
            except _Unusable as problem:
                _log.warning("keys-not-fetched", url=self._url, reason=str(problem), kept=len(self._keys))
            else:
                self._fetched = self._clock.monotonic()
            self._tried = self._clock.monotonic()

    async def _fetch(self) -> bytes:
        limit = aiohttp.ClientTimeout(total=FETCH_TIME)
        try:
            async with self._http.get(self._url, timeout=limit, allow_redirects=False) as response:
                if response.status != 200:
                    raise _Unusable(f"HTTP {response.status}")
                body = b""
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > MAX_SET:
                        raise _Unusable(f"more than {MAX_SET} bytes")
                return body
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise _Unusable(type(error).__name__) from error


class KeySets:
    """All sets of a process, each fetched once for all accounts that name it. Outlives a reload."""

    def __init__(self, http: aiohttp.ClientSession, clock: Clock) -> None:
        self._http = http
        self._clock = clock
        self._sets: dict[str, KeySet] = {}

    def at(self, url: str) -> KeySet:
        """Give the set at this URL; a new one is being fetched already."""
        if url not in self._sets:
            self._sets[url] = KeySet(url, self._http, self._clock)
            self._sets[url].renew_beside()
        return self._sets[url]

    async def close(self) -> None:
        """Give up what is under way."""
        for known in self._sets.values():
            await known.close()


class _Unusable(Exception):
    """No key set came. The message names the reason."""


@dataclass(frozen=True, slots=True)
class _Entry:
    kid: str
    key: RSAPublicKey


def _read_keys(body: bytes) -> dict[str, RSAPublicKey]:
    """Read a JSON Web Key Set (RFC 7517 section 5): RSA keys for signatures that have an id; other keys are passed over."""
    try:
        document = loads(body)
    except WireError as error:
        raise _Unusable(str(error)) from None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise _Unusable("not a key set")
    return {entry.kid: entry.key for entry in map(_read_key, keys) if entry is not None}


def _read_key(value: Any) -> _Entry | None:
    match value:
        case {"kty": "RSA", "kid": str(kid), "n": str(), "e": str()} if value.get("use", "sig") == "sig":
            # Named here, so that a key cannot ask for another algorithm; the private half, if it were there, is left out.
            public = {"kty": "RSA", "n": value["n"], "e": value["e"]}
            try:
                key = PyJWK(public, algorithm="RS256").key
            except (PyJWTError, ValueError):
                return None
            return _Entry(kid, key) if isinstance(key, RSAPublicKey) else None
        case _:
            return None
