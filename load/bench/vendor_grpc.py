"""A gRPC vendor that answers recorded bytes, at once or after a fixed delay.

Run as a process: `python -m load.bench.vendor_grpc SERVICE FILE SECONDS`. The
method is DetectIntent; neither request nor answer is decoded. Prints `host:port`.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any, Final

import grpc
import uvloop
from grpc import aio

OPTIONS: Final = (
    ("grpc.so_reuseport", 0),
    ("grpc.server.max_pending_requests", 100_000),
    ("grpc.server.max_pending_requests_hard_limit", 100_000),
)


async def serve(service: str, answer: bytes, delay: float) -> None:
    """Answer until ended; print the address."""

    async def detect_intent(_request: bytes, _context: Any) -> bytes:
        if delay:
            await asyncio.sleep(delay)
        return answer

    server = aio.server(options=OPTIONS)
    methods = {"DetectIntent": grpc.unary_unary_rpc_method_handler(detect_intent)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"127.0.0.1:{port}", flush=True)  # noqa: T201 - how it tells its address
    await server.wait_for_termination()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], Path(sys.argv[2]).read_bytes(), float(sys.argv[3])))
