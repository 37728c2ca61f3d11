"""Who calls: API keys of accounts, and loopback callers of accounts without any."""

import hashlib
from collections.abc import Iterable, Mapping
from ipaddress import IPv6Address, ip_address

from aiohttp import hdrs, web

from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId

UNAUTHORIZED = OWN_PREFIX + "unauthorized"
FORBIDDEN = OWN_PREFIX + "forbidden"


class ApiKeys:
    """Which accounts a key belongs to. Only digests are held, and looking one up takes the same time for every key."""

    def __init__(self, keys: Mapping[AccountId, Iterable[str]]) -> None:
        self._accounts: dict[bytes, set[AccountId]] = {}
        for account, values in keys.items():
            for value in values:
                self._accounts.setdefault(_digest(value), set()).add(account)

    def accounts_of(self, key: str) -> set[AccountId]:
        """Give the accounts that the key opens; none for a wrong key."""
        return self._accounts.get(_digest(key), set())


def authorize(request: web.Request, account: AccountId, keys: ApiKeys) -> None:
    """Let a caller with one of the account's keys through. Raise RequestRefused: 401 for no or a wrong key, 403 for another's."""
    scheme, _, key = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise RequestRefused(UNAUTHORIZED, "An API key is required: Authorization: Bearer KEY.")
    accounts = keys.accounts_of(key.strip())
    if not accounts:
        raise RequestRefused(UNAUTHORIZED, "The API key is not known.")
    if account not in accounts:
        raise RequestRefused(FORBIDDEN, "The API key belongs to another account.")


def require_loopback(request: web.Request) -> None:
    """Let a caller on this machine through: an account without an `auth` section is served to nobody else.

    A proxy on this machine speaks for callers elsewhere, and says so in a header. Raise RequestRefused (403).
    """
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP"))
    if forwarded or not _is_loopback(request.remote):
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
