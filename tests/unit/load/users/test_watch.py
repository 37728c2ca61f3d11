import asyncio
import os
from types import SimpleNamespace

import aiohttp
import psutil
import pytest
from aiohttp import web

from load.users.watch import SCRAPE_EVERY, GatewayGone, Watch, name_connections, read_metrics

METRICS = """\
# HELP botbridge_turns_total Turns, by how they ended.
# TYPE botbridge_turns_total counter
botbridge_turns_total{bot="a"} 9.0
# HELP botbridge_turns_in_flight Turns under way.
# TYPE botbridge_turns_in_flight gauge
botbridge_turns_in_flight{bot="a"} 2.0
botbridge_turns_in_flight{bot="b"} 3.0
# HELP botbridge_tasks asyncio tasks.
# TYPE botbridge_tasks gauge
botbridge_tasks 40.0
"""


def test_metrics_are_added_up_over_their_labels() -> None:
    assert read_metrics(METRICS) == {"in_flight": 5.0, "tasks": 40.0, "turns": 9.0}


def test_connections_are_told_apart() -> None:
    def connection(status: str, port: int) -> SimpleNamespace:
        return SimpleNamespace(status=status, laddr=SimpleNamespace(port=port))

    connections = [
        connection(psutil.CONN_LISTEN, 80),
        connection(psutil.CONN_ESTABLISHED, 80),
        connection(psutil.CONN_ESTABLISHED, 5001),
        connection(psutil.CONN_CLOSE_WAIT, 80),
        connection(psutil.CONN_TIME_WAIT, 5002),
    ]
    assert list(name_connections(connections, 80)) == ["clients", "vendors", "half_closed"]


async def test_a_running_process_is_looked_at() -> None:
    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=METRICS)

    application = web.Application()
    application.router.add_get("/metrics", show)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as client:
            watch = Watch(os.getpid(), url, client)
            samples = [await watch.look() for _ in range(SCRAPE_EVERY + 1)]
            first, last = samples[0], samples[-1]
            assert watch.samples == samples
            assert [sample.tasks is not None for sample in samples] == [True, *[False] * (SCRAPE_EVERY - 1), True]
            assert (first.tasks, first.in_flight, first.store_bytes) == (40.0, 5.0, None)
            assert last.cpu > first.cpu > 0
            assert last.at > first.at >= 0
            assert first.rss > 10
            assert first.files >= 3
            assert first.threads >= 1
            assert first.clients >= 1
            assert (await watch.look(scrape=True)).tasks == 40.0
    finally:
        await runner.cleanup()


async def test_a_gateway_that_has_ended_is_told() -> None:
    process = await asyncio.create_subprocess_exec("sleep", "60")
    async with aiohttp.ClientSession() as client:
        watch = Watch(process.pid, "http://127.0.0.1:9", client)
        process.kill()
        await process.wait()
        with pytest.raises(
            GatewayGone, match=r"the gateway ended, or stopped answering, during the run \(NoSuchProcess\)"
        ):
            await watch.look(scrape=False)
        with pytest.raises(GatewayGone, match=r"\(ClientConnectorError\)"):
            await watch.look(scrape=True)
