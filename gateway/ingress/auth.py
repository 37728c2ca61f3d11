"""Who calls: API keys of accounts, signatures, and loopback callers of accounts that have neither."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Final

from aiohttp import hdrs

from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId
from gateway.ingress.call import Call

UNAUTHORIZED = OWN_PREFIX + "unauthorized"
FORBIDDEN = OWN_PREFIX + "forbidden"
DIGEST_PREFIX: Final = "sha256:"
"""Before a key of which the account file holds only the SHA-256, in hexadecimal."""


class ApiKeys:
    """Which accounts a key belongs to. Only digests are held, and every one of an account's is compared in constant time."""

    def __init__(self, keys: Mapping[AccountId, Iterable[str]]) -> None:
        """Take the keys of each account, or their digests as `sha256:` and 64 hexadecimal digits."""
        self._digests = {account: tuple({_read_digest(value) for value in values}) for account, values in keys.items()}
        self._known = {digest for digests in self._digests.values() for digest in digests}

    def opens(self, key: str, account: AccountId) -> bool:
        """Say whether the key is one of the account's."""
        given = _digest(key)
        is_one = False
        for digest in self._digests.get(account, ()):  # all of them: the time must not tell which one it was
            is_one |= hmac.compare_digest(given, digest)
        return is_one

    def knows(self, key: str) -> bool:
        """Say whether the key is any account's."""
        # A look-up by digest tells by its time nothing that a caller could aim: nobody chooses a digest's first bytes.
        return _digest(key) in self._known


def authorize(call: Call, account: AccountId, keys: ApiKeys) -> None:
    """Let a caller with one of the account's keys through. Raise RequestRefused: 401 for no or a wrong key, 403 for another's."""
    scheme, _, key = call.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise RequestRefused(UNAUTHORIZED, "An API key is required: Authorization: Bearer KEY.")
    if keys.opens(key, account):
        return
    if not keys.knows(key):
        raise RequestRefused(UNAUTHORIZED, "The API key is not known.")
    raise RequestRefused(FORBIDDEN, "The API key belongs to another account.")


def require_loopback(call: Call) -> None:
    """Let a caller on this machine through: an account without an `auth` section is served to nobody else.

    A proxy on this machine speaks for callers elsewhere, and says so in a header. Raise RequestRefused (403).
    """
    forwarded = any(name in call.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP"))
    if forwarded or not _is_loopback(call.remote):
        raise RequestRefused(FORBIDDEN, "The account has no auth section, so only callers on this machine are served.")


def _is_loopback(remote: str | None) -> bool:
    try:
        address = ip_address(remote or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _read_digest(value: str) -> bytes:
    """Give the digest of a key, or the one that an account file holds instead of the key."""
    if value.startswith(DIGEST_PREFIX):
        return bytes.fromhex(value.removeprefix(DIGEST_PREFIX))
    return _digest(value)
