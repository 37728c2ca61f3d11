"""The fixed-answer vendor: recorded bytes, by the end of the path."""

import asyncio
from pathlib import Path

import pytest

from load.bench.vendor import FixedVendor, Route, connect, read_routes, write_routes

ROUTES = [
    Route("/token", 200, (("Content-Type", "application/json"),), '{"access_token":"t"}'),
    Route(":detectIntent", 200, (("Content-Type", "application/json"), ("x-id", "1")), '{"text":"Grüße"}'),
    Route("/sessions", 201, (), ""),
]
DETECTED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-id: 1\r\nContent-Length: 18\r\n\r\n"
    b'{"text":"Gr\xc3\xbc\xc3\x9fe"}'
)
OPENED = b"HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n"
UNKNOWN = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        (b"/v2/projects/a/sessions/5:detectIntent", DETECTED),
        (b"/v2/projects/b/sessions/6:detectIntent?alt=json", DETECTED),
        (b"/v2/assistants/a/sessions?version=2021-11-27", OPENED),
        (b"/v2/assistants/a/sessions/5/message", UNKNOWN),
    ],
)
def test_the_end_of_the_path_says_what_is_answered(target: bytes, answer: bytes) -> None:
    vendor = FixedVendor(ROUTES)

    assert [vendor.answer(target), vendor.answer(target)] == [answer, answer]


def test_the_delay_is_set_over_http() -> None:
    vendor = FixedVendor(ROUTES)

    vendor.answer(b"/_delay/0.25")

    assert vendor.delay == 0.25


def test_routes_survive_a_file(tmp_path: Path) -> None:
    write_routes(tmp_path / "routes.json", ROUTES)

    assert read_routes(tmp_path / "routes.json") == ROUTES


async def test_requests_are_answered_in_order_however_they_are_cut() -> None:
    vendor = FixedVendor(ROUTES)
    server = await asyncio.get_running_loop().create_server(lambda: connect(vendor), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    sent = b"POST /a:detectIntent HTTP/1.1\r\nContent-length: 5\r\n\r\nhelloPOST /sessions HTTP/1.1\r\nhost: x\r\n\r\n"

    for byte in sent:
        writer.write(bytes([byte]))
        await writer.drain()
    answered = await reader.readexactly(len(DETECTED) + len(OPENED))

    writer.close()
    server.close()
    await server.wait_closed()
    assert answered == DETECTED + OPENED
