"""For operators: is the process alive, should it get traffic, what has it done."""

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from gateway.contract.wire import dumps
from gateway.ingress.keys import GATE, METRICS


async def get_healthz(_request: web.Request) -> web.Response:
    """Say that the process is alive: always 200."""
    return _json({"status": "ok"})


async def get_readyz(request: web.Request) -> web.Response:
    """Say whether the process wants traffic: 200, or 503 once it drains."""
    if request.app[GATE].draining:
        return _json({"status": "draining"}, status=503)
    return _json({"status": "ready"})


async def get_metrics(request: web.Request) -> web.Response:
    """Give all metrics in Prometheus' text format; of all workers, whichever is asked."""
    return web.Response(body=await request.app[METRICS].render(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=dumps(value), status=status, content_type="application/json")
