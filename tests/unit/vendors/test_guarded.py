import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.contract.errors import FailureKind
from gateway.contract.wire import loads
from tests.hook_service import HookService
from vendors.exchange import TransportFailure
from vendors.guarded import GuardedSessions, Reach, find_reach, is_out_of_reach, may_connect
from vendors.http import HttpAnswer, send

CASES = loads((Path(__file__).parents[2] / "data" / "http" / "addresses.json").read_bytes())
PRIVATE = frozenset({"hooks.internal", "10.0.0.5", "fd00::1"})


class Names(AbstractResolver):
    """Looks names up in a table that the test changes between two calls."""

    def __init__(self) -> None:
        self.addresses = ["127.0.0.1"]

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in self.addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
async def sessions(names: Names) -> AsyncIterator[GuardedSessions]:
    made = GuardedSessions(headers={"User-Agent": "test"}, keep_alive=15, resolver=names)
    yield made
    await made.close()


async def call(sessions: GuardedSessions, service: HookService, host: str) -> HttpAnswer:
    http = sessions.choose(host, private_hosts=PRIVATE)
    return await send(http, "POST", f"http://{host}:{service.port}/", headers={}, body=b"{}", timeout=5)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["address"])
def test_an_address_is_within_reach_or_not(case: dict[str, Any]) -> None:
    assert [reach.value for reach in Reach if may_connect(case["address"], reach)] == case["reach"]


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("hooks.example.org", Reach.PUBLIC),
        ("8.8.8.8", Reach.PUBLIC),
        ("10.0.0.6", Reach.PUBLIC),
        ("localhost.example.org", Reach.PUBLIC),
        ("localhost", Reach.LOOPBACK),
        ("127.0.0.1", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("hooks.internal", Reach.ANY),
        ("10.0.0.5", Reach.ANY),
        ("fd00::1", Reach.ANY),
    ],
)
def test_the_host_of_a_url_has_its_reach(host: str, reach: Reach) -> None:
    assert find_reach(host, private_hosts=PRIVATE) is reach


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "hooks.internal"])
async def test_what_may_be_reached_is(host: str, sessions: GuardedSessions) -> None:
    async with HookService() as service:
        answer = await call(sessions, service, host)
        assert (answer.status, service.got[0].headers["User-Agent"]) == (200, "test")


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("hooks.example.org", ["127.0.0.1"]),
        ("hooks.example.org", ["127.0.0.1", "10.0.0.1", "169.254.169.254"]),
        ("localhost", ["10.0.0.1"]),
        ("hooks.internal", ["169.254.169.254"]),
        ("10.0.0.6", []),
        ("169.254.169.254", []),
    ],
)
async def test_what_may_not_be_reached_is_not_connected_to(
    host: str, addresses: list[str], names: Names, sessions: GuardedSessions
) -> None:
    names.addresses = addresses
    async with HookService() as service:
        with pytest.raises(TransportFailure) as caught:
            await call(sessions, service, host)
        assert (caught.value.kind, is_out_of_reach(caught.value)) == (FailureKind.NOT_SENT, True)
        assert service.got == []


async def test_a_connection_is_not_lent_to_a_host_of_less_reach(names: Names, sessions: GuardedSessions) -> None:
    async with HookService() as service:
        await call(sessions, service, "hooks.internal")
        http = sessions.choose("hooks.internal", private_hosts=frozenset())
        url = f"http://hooks.internal:{service.port}/"
        with pytest.raises(TransportFailure) as caught:
            await send(http, "POST", url, headers={}, body=b"{}", timeout=5)
        assert (is_out_of_reach(caught.value), len(service.got)) == (True, 1)


async def test_a_refused_connection_is_no_matter_of_reach(sessions: GuardedSessions) -> None:
    async with HookService() as service:
        port = service.port
    http = sessions.choose("127.0.0.1", private_hosts=PRIVATE)
    with pytest.raises(TransportFailure) as caught:
        await send(http, "POST", f"http://127.0.0.1:{port}/", headers={}, body=b"{}", timeout=5)
    assert (isinstance(caught.value.__cause__, aiohttp.ClientConnectorError), is_out_of_reach(caught.value)) == (
        True,
        False,
    )
