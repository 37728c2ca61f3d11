"""The floor: the least that any Python server does which receives an event and asks somebody else.

A bare aiohttp server decodes the event with orjson, makes one aiohttp POST, reads the answer, and answers fixed bytes: those
that the gateway answers. Run as a process: `python -m load.bench.floor URL FILE BYTES`, the vendor's URL, a file with the
answer's bytes, and the size of the body that the vendor gets.
"""

import sys
from pathlib import Path

import aiohttp
import orjson
import uvloop
from aiohttp import web
from yarl import URL

from load.bench.server import serve_events


async def serve(vendor: URL, answer: bytes, size: int) -> None:
    """Serve until ended."""
    body = b"x" * size
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def forward(request: web.Request) -> web.Response:
            orjson.loads(await request.read())
            async with session.post(vendor, data=body, headers=headers) as response:
                await response.read()
            return web.Response(body=answer, content_type="application/json")

        await serve_events(forward)


if __name__ == "__main__":
    uvloop.run(serve(URL(sys.argv[1], encoded=True), Path(sys.argv[2]).read_bytes(), int(sys.argv[3])))
