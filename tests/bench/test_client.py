"""The caller counts every answer, and takes none that is not the expected one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from load.bench.client import Crowd
from load.bench.connection import Target, WrongAnswer
from load.bench.events import Fixed, events_path, make_requests

Answer = Callable[[int], Awaitable[web.Response]]
GOOD = b'{"messages":["hi"]}'


class Server:
    """Answers the n-th event as told, and keeps the bodies."""

    def __init__(self, answer: Answer) -> None:
        self.bodies: list[bytes] = []
        self.at_once = self.most = 0
        self._answer = answer

    async def post(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.bodies.append(await request.read())
        try:
            return await self._answer(len(self.bodies))
        finally:
            self.at_once -= 1


@asynccontextmanager
async def serve(answer: Answer) -> AsyncIterator[tuple[Server, str]]:
    server = Server(answer)
    application = web.Application()
    application.router.add_post("/{path:.*}", server.post)
    runner = web.AppRunner(application, access_log=None, keepalive_timeout=60)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield server, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def target(url: str, expected: bytes | None = GOOD) -> Target:
    return Target(url, make_requests([events_path()]), expected)


async def be_good(_number: int) -> web.Response:
    await asyncio.sleep(0)
    return web.Response(body=GOOD, content_type="application/json")


async def test_so_many_events_are_sent_and_never_more_at_once() -> None:
    async with serve(be_good) as (server, url), Crowd(target(url)) as crowd:
        seconds = await crowd.drive(50, 8)

    assert len(server.bodies) == len(set(server.bodies)) == len(crowd.latencies) == 50
    assert server.most <= crowd.most == 8
    assert 0 < max(crowd.latencies) <= seconds


async def test_a_second_drive_uses_the_same_connections() -> None:
    async with serve(be_good) as (server, url), Crowd(target(url)) as crowd:
        await crowd.drive(5, 5)
        await crowd.drive(6, 2, within=0.005)

    assert len(set(server.bodies)) == 11
    assert len(crowd.latencies) == 6


async def test_events_arrive_as_planned_whatever_is_under_way() -> None:
    gate = asyncio.Event()

    async def hold(number: int) -> web.Response:
        if number == 40:
            gate.set()
        await gate.wait()
        return await be_good(number)

    async with serve(hold) as (server, url), Crowd(target(url)) as crowd:
        taken = await crowd.arrive(2000, 0.05, seed=3)

    assert len(taken) == len(server.bodies) > 40
    assert server.most >= 40


async def test_the_same_seed_brings_the_same_arrivals() -> None:
    async with serve(be_good) as (_, url), Crowd(target(url)) as crowd:
        numbers = [len(await crowd.arrive(1000, 0.03, seed=seed)) for seed in (1, 1, 2, 3)]

    assert numbers[0] == numbers[1]
    assert len(set(numbers)) > 1


async def test_the_first_answer_is_the_expected_one_where_none_is_given() -> None:
    async with serve(be_good) as (_, url), Crowd(target(url, None)) as crowd:
        await crowd.drive(20, 4)

        assert crowd.target.expected == GOOD


async def fail_late(number: int) -> web.Response:
    return web.Response(status=503, text="full") if number == 7 else await be_good(number)


async def lie_late(number: int) -> web.Response:
    return web.Response(body=GOOD.replace(b"hi", b"ho")) if number == 7 else await be_good(number)


async def cut_late(number: int) -> web.Response:
    if number == 7:
        raise asyncio.CancelledError  # what a server does whose handler is cancelled: it hangs up
    return await be_good(number)


@pytest.mark.parametrize(
    ("answer", "told"),
    [(fail_late, "^HTTP/1.1 503 "), (lie_late, '"ho"'), (cut_late, "^the connection ended instead")],
)
async def test_a_wrong_answer_ends_the_measurement(answer: Answer, told: str) -> None:
    async with serve(answer) as (_, url), Crowd(target(url)) as crowd:
        with pytest.raises(WrongAnswer, match=told):
            await crowd.drive(20, 4)


@pytest.mark.parametrize("answer", [fail_late, lie_late, cut_late])
async def test_a_tolerant_crowd_counts_wrong_answers(answer: Answer) -> None:
    async with serve(answer) as (_, url), Crowd(target(url), tolerant=True) as crowd:
        await crowd.drive(20, 4)

    assert (len(crowd.latencies), len(crowd.failures)) == (19, 1)


async def test_an_answer_of_unknown_length_is_wrong() -> None:
    async def stream(_number: int) -> web.Response:
        response = web.Response(body=GOOD)
        response.enable_chunked_encoding()
        return response

    async with serve(stream) as (_, url), Crowd(target(url, None)) as crowd:
        with pytest.raises(WrongAnswer, match="without a Content-Length"):
            await crowd.drive(2, 1)


async def test_connections_that_the_server_has_ended_are_replaced() -> None:
    async def close(number: int) -> web.Response:
        response = await be_good(number)
        response.force_close()
        return response

    async with serve(close) as (server, url), Crowd(target(url)) as crowd:
        await crowd.drive(2, 2)
        async with asyncio.timeout(10):
            while crowd._all:
                await asyncio.sleep(0)
        await crowd.drive(2, 2)

    assert len(server.bodies) == 4


async def test_fixed_requests_are_the_same_again_and_again() -> None:
    request = b"POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc"
    async with serve(be_good) as (server, url), Crowd(Target(url, Fixed(request), GOOD)) as crowd:
        await crowd.drive(3, 1)

    assert server.bodies == [b"abc"] * 3
