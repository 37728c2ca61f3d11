"""HTTP sessions that reach only where they may: the address is looked at when a connection is made to it.

A name is checked by what it means at that moment, so that one that is public when somebody looks and private a second later
(DNS rebinding) leads nowhere. Redirects are not followed (vendors.http). Each reach has connections of its own.
"""

import errno
import socket
from collections.abc import Mapping
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver

from gateway.contract.reach import is_loopback

_CARRIERS: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""IPv6 addresses whose last four bytes are an IPv4 address, besides those that the standard library takes apart."""


class Reach(Enum):
    """Which addresses a session may connect to. Link-local ones, where clouds keep their credentials, are in none."""

    PUBLIC = "public"
    LOOPBACK = "loopback"
    """This machine alone."""
    ANY = "any"
    """Private ones and this machine too."""


class AddressRefused(OSError):
    """An address that is out of reach. One text for all, so that several of them make one error."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "the address is out of reach")


def may_connect(host: str, reach: Reach) -> bool:
    """Say whether an address, as the name look-up gives it, is within reach."""
    address = _unwrap(ip_address(host.partition("%")[0]))
    reserved = isinstance(address, IPv4Address) and address.is_reserved
    if address.is_link_local or address.is_multicast or address.is_unspecified or reserved:
        return False
    match reach:
        case Reach.PUBLIC:
            return address.is_global
        case Reach.LOOPBACK:
            return address.is_loopback
        case Reach.ANY:
            return True


def find_reach(host: str, *, private_hosts: frozenset[str]) -> Reach:
    """Choose the reach of a URL's host: this machine must be named as such, private hosts must be listed."""
    if host in private_hosts:
        return Reach.ANY
    return Reach.LOOPBACK if is_loopback(host) else Reach.PUBLIC


def is_out_of_reach(error: BaseException | None) -> bool:
    """Say whether a failure, or what caused it, is that every address of a host is out of reach."""
    while error is not None:
        if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, AddressRefused):
            return True
        error = error.__cause__
    return False


class GuardedSessions:
    """One session for each reach; make it in a running loop, and close it."""

    def __init__(
        self, *, headers: Mapping[str, str], keep_alive: float, resolver: AbstractResolver | None = None
    ) -> None:
        """Take the headers of every request, the seconds that idle connections are kept, and how names are looked up."""
        self._sessions = {
            reach: aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,
                    keepalive_timeout=keep_alive,
                    ttl_dns_cache=30,
                    resolver=resolver,
                    socket_factory=_make_socket_factory(reach),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=headers,
            )
            for reach in Reach
        }

    def choose(self, host: str | None, *, private_hosts: frozenset[str]) -> aiohttp.ClientSession:
        """Give the session for a URL's host."""
        return self._sessions[find_reach(host or "", private_hosts=private_hosts)]

    async def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()


def _make_socket_factory(reach: Reach) -> Any:
    """Make what aiohttp asks for a socket with each address that it is about to connect to, literal ones included."""

    def make_socket(info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        if not may_connect(address[0], reach):
            raise AddressRefused
        return socket.socket(family, kind, protocol)

    return make_socket


def _unwrap(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, IPv4Address) or address.is_loopback or address.is_unspecified:
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and any(address in carrier for carrier in _CARRIERS):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address
