"""Learn from the emulators what goes over the wire: what each vendor is asked, what it answers, what the gateway makes of it.

Each bot is asked once through a gateway; the requests that its emulator received are then made again, to see their answers.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from grpc import aio
from yarl import URL

from emulators.call import Recorded
from emulators.dialogflow import DialogflowEmulator
from emulators.google_tokens import ServiceAccount
from emulators.server import Running, emulators
from gateway.contract.wire import dumps, loads
from load.bench.connection import WrongAnswer
from load.bench.events import events_path, make_event
from load.bench.processes import BOTBRIDGE, run
from load.bench.rows import ACCOUNT, KEY, ROWS, Address, Row, make_bot, write_account
from load.bench.vendor import Route

SERVICES: Final = {
    "dialogflow-es": "google.cloud.dialogflow.v2.Sessions",
    "dialogflow-cx": "google.cloud.dialogflow.cx.v3.Sessions",
}
_OURS: Final = frozenset({"content-length", "accept-encoding", "transfer-encoding"})
"""Headers that whoever sends makes anew."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One vendor's part in a turn, and the gateway's answer."""

    routes: list[Route]
    """What the vendor answers over HTTP."""
    path: str
    """Of the message."""
    size: int
    """Bytes of the message's body."""
    answer: bytes
    """The body that the gateway answers with."""
    grpc_answer: bytes = b""
    """Dialogflow's answer as protobuf."""


@dataclass(frozen=True, slots=True)
class Recordings:
    """All of them, by the rows' names, and the key that the Google bots sign in with."""

    rows: Mapping[str, Recording]
    google: Mapping[str, str]


async def record(directory: Path, rows: Sequence[Row]) -> Recordings:
    """Ask each bot once. Raise WrongAnswer when it, or its vendor, does not answer well."""
    account = await asyncio.to_thread(ServiceAccount.generate)
    async with emulators(dialogflow=DialogflowEmulator(account=account)) as running:
        google = account.credentials(running["dialogflow"], "shop-1")
        bots = {row.name: make_bot(row, _find(running, row), google) for row in ROWS}
        await asyncio.to_thread(write_account, directory / "recording", bots)
        async with _serve(directory) as gateway, aiohttp.ClientSession() as client:
            recorded = {row.name: await _record(row, running, gateway, client) for row in rows}
    return Recordings(recorded, google)


@asynccontextmanager
async def _serve(directory: Path) -> AsyncIterator[str]:
    command = (BOTBRIDGE, "serve", "--config", str(directory / "recording"), "--port", "0")
    async with run(*command, log=directory / "recording.log", first="listening on ") as (_, url):
        yield url


def _find(running: Running, row: Row) -> Address:
    return Address(running[row.emulator], running.dialogflow.grpc_address)


async def _record(row: Row, running: Running, gateway: str, client: aiohttp.ClientSession) -> Recording:
    emulator = next(one for one in running.all if one.name == row.emulator)
    emulator.clear()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    url = f"{gateway}{events_path(ACCOUNT, row.name)}"
    async with client.post(url, data=make_event(1, 1), headers=headers) as response:
        answer = await response.read()
        if response.status != 200:
            raise WrongAnswer(f"{row.name}: the gateway answered {response.status}: {answer.decode()}")
    received = list(emulator.requests)
    message = next(one for one in received if one.stage == "message")
    over_http = [one for one in received if one.method == "POST"]
    routes = [await _replay(client, emulator.url, one) for one in over_http]
    return Recording(
        routes,
        message.path,
        len(_encode(message)),
        answer,
        await _replay_grpc(row.vendor, message, running) if row.vendor in SERVICES else b"",
    )


async def _replay(client: aiohttp.ClientSession, base: str, request: Recorded) -> Route:
    """Make a request again."""
    url = URL(f"{base}{request.path}", encoded=True).with_query(request.query)
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
    async with client.post(url, data=_encode(request), headers=headers) as response:
        body = await response.text()
        if not response.ok:
            raise WrongAnswer(f"{request.path} was answered {response.status} the second time: {body}")
        kept = tuple((name, value) for name, value in response.headers.items() if name.lower() not in _OURS)
        return Route(find_ending(request.path), response.status, kept, body)


def find_ending(path: str) -> str:
    """Find what of a path is the same for every conversation: its last word."""
    last = path.rpartition("/")[2]
    word, colon, verb = last.rpartition(":")
    return f":{verb}" if colon and word else f"/{last}"


def _encode(request: Recorded) -> bytes:
    if request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return urlencode(request.body).encode()
    return dumps(request.body)


async def _replay_grpc(vendor: str, message: Recorded, running: Running) -> bytes:
    """Ask over gRPC what was asked, and give the answer's bytes."""
    api = running.dialogflow.cx if vendor == "dialogflow-cx" else running.dialogflow
    session = message.path.removeprefix(f"/{api.version}/").rpartition(":")[0]
    request = api.parse({**message.body, "session": session}, api.sdk.DetectIntentRequest)
    metadata = [("authorization", message.headers["Authorization"])]
    async with aio.insecure_channel(running.dialogflow.grpc_address) as channel:
        call: Any = channel.unary_unary(f"/{SERVICES[vendor]}/DetectIntent")
        data: bytes = await call(api.sdk.DetectIntentRequest.serialize(request), metadata=metadata)
    return data


def read_messages(answer: bytes) -> list[Any]:
    """Read the messages of a gateway's answer."""
    messages: list[Any] = loads(answer)["messages"]
    return messages
