"""Operators sign in with a token and get a cookie: a JWT that ends after half a day, or when the token is no longer one.

A session's key comes from its operator's token, so that all workers, and all gateways with the same tokens, know each other's
cookies. Of a token that is given as a digest the key comes from the digest and this start's salt: whoever has only read the
digest cannot make a cookie, and a restart ends the session.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

import jwt

from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.ports import Clock
from gateway.ingress.auth import DIGEST_PREFIX, UNAUTHORIZED

COOKIE: Final = "botbridge_console"
SESSION_TIME: Final = 12 * 3600
"""Seconds after which an operator signs in anew."""
WRONG_TRIES: Final = 10
"""Wrong tokens in a minute, of one address, after which it is refused for as long as the oldest of them is not a minute old."""
MEMORY: Final = 60.0
ADDRESSES: Final = 1024
"""Whose wrong tries are remembered at once."""
RATE_LIMITED: Final = OWN_PREFIX + "rate-limited"
_ALGORITHM: Final = "HS256"
_ISSUER: Final = "botbridge console"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    id: str
    expires: int
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class _Operator:
    digest: bytes
    name: str
    """Tells sessions of one token from another's: it says nothing of the token."""
    key: bytes


class Operators:
    """Whose tokens open the console, and which sessions are good."""

    def __init__(self, tokens: Iterable[str], *, salt: bytes, signed_out: Container[str], clock: Clock) -> None:
        """Take tokens, or `sha256:` and 64 hexadecimal digits; `signed_out` has the ids of sessions that have ended."""
        operators = [_make_operator(token, salt) for token in tokens]
        self._operators = {operator.name: operator for operator in operators}
        self._clock = clock
        self._wrong = _WrongTries(clock)
        self._signed_out = signed_out

    def sign_in(self, token: str, *, address: str) -> tuple[Session, str]:
        """Begin a session; give it and its cookie's value. Raise RequestRefused: 401, or 429 for an address that guesses."""
        self._wrong.refuse_guessing(address)
        given = _digest(token)
        # Every one is compared: the time must not tell which one it was.
        found = [one for one in self._operators.values() if hmac.compare_digest(one.digest, given)]
        if not found:
            self._wrong.note(address)
            raise RequestRefused(UNAUTHORIZED, "This is not an operator's token.")
        now = int(self._clock.time())
        session = Session(secrets.token_urlsafe(16), now + SESSION_TIME)
        claims = {"iss": _ISSUER, "jti": session.id, "iat": now, "exp": session.expires}
        return session, jwt.encode(claims, found[0].key, algorithm=_ALGORITHM, headers={"kid": found[0].name})

    def read(self, cookie: str | None) -> Session:
        """Give the session of a cookie's value. Raise RequestRefused (401)."""
        if not cookie:
            raise RequestRefused(UNAUTHORIZED, "Sign in first.")
        try:
            session = self._read(cookie)
        except (jwt.PyJWTError, RecursionError, ValueError):
            raise RequestRefused(UNAUTHORIZED, "The session is not valid: sign in again.") from None
        if self.is_over(session):
            raise RequestRefused(UNAUTHORIZED, "The session is over: sign in again.")
        return session

    def is_over(self, session: Session) -> bool:
        """Say whether a session's time is over, or somebody has signed out of it."""
        return session.expires <= self._clock.time() or session.id in self._signed_out

    def _read(self, cookie: str) -> Session:
        operator = self._operators.get(str(jwt.get_unverified_header(cookie).get("kid")))
        if operator is None:
            raise jwt.InvalidKeyError
        claims = jwt.decode(
            cookie,
            operator.key,
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            # The times are compared by the gateway's own clock.
            options={"require": ["exp", "jti"], "verify_exp": False, "verify_iat": False},
        )
        return Session(str(claims["jti"]), int(claims["exp"]))


class _WrongTries:
    """Counts wrong tokens by address. Bounded: with too many addresses the longest silent one is forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: OrderedDict[str, list[float]] = OrderedDict()

    def refuse_guessing(self, address: str) -> None:
        now = self._clock.monotonic()
        times = self._times.get(_network(address), [])
        recent = [moment for moment in times if now - moment < MEMORY]
        if len(recent) >= WRONG_TRIES:
            raise RequestRefused(
                RATE_LIMITED, "Too many wrong tokens: wait.", retryable=True, retry_after=recent[0] + MEMORY - now
            )

    def note(self, address: str) -> None:
        network = _network(address)
        times = self._times.pop(network, [])
        self._times[network] = [*times[1 - WRONG_TRIES :], self._clock.monotonic()]
        if len(self._times) > ADDRESSES:
            self._times.popitem(last=False)


def _network(address: str) -> str:
    """Give what stands for a caller: a whole IPv6 network of 64 bits, since each caller has all of its addresses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or int(parsed) >> 64)
    return str(parsed)


def _make_operator(token: str, salt: bytes) -> _Operator:
    if token.startswith(DIGEST_PREFIX):
        digest = bytes.fromhex(token.removeprefix(DIGEST_PREFIX))
        secret = digest + salt
    else:
        digest, secret = _digest(token), token.encode("utf-8", "surrogateescape")
    name = hmac.digest(secret, b"botbridge console: name", "sha256").hex()[:16]
    return _Operator(digest, name, hmac.digest(secret, b"botbridge console: sessions", "sha256"))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
