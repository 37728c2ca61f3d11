"""What is measured, each a process of its own: the floor, the gateway in its variants, the usual way; and the vendor they ask."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from load.bench import rows
from load.bench.connection import Target
from load.bench.events import events_path, make_requests
from load.bench.processes import BOTBRIDGE, module, run
from load.bench.recording import SERVICES, Recording, Recordings
from load.bench.rows import BOT, Address, Row, make_bot, write_account
from load.bench.usual import MAKERS
from load.bench.vendor import write_routes

FLOOR: Final = "floor"
GATEWAY: Final = "gateway"
HOOKS: Final = "gateway, hooks"
QUICK: Final = "gateway, quick hooks"
REDIS: Final = "gateway, redis"
USUAL: Final = "usual way"
SUBJECTS: Final = (FLOOR, GATEWAY, HOOKS, QUICK, REDIS, USUAL)


@dataclass(frozen=True, slots=True)
class Subject:
    """A running process under measurement."""

    name: str
    pid: int
    target: Target


@dataclass(frozen=True, slots=True)
class Stage:
    """What a row's processes stand on."""

    directory: Path
    row: Row
    recording: Recording
    google: dict[str, str]
    vendor: Address
    redis: str | None
    """URL; None where there is no redis-server."""
    under: tuple[str, ...] = ()
    """The command that the subjects run under, an interpreter at its end; by themselves where empty."""


@asynccontextmanager
async def open_stage(
    directory: Path, row: Row, recordings: Recordings, *, redis: str | None = None, grpc_delay: float = 0.0
) -> AsyncIterator[Stage]:
    """Run the row's vendor, in a folder of its own."""
    own = directory / row.name
    own.mkdir(exist_ok=True)
    recording = recordings.rows[row.name]
    async with AsyncExitStack() as held:
        routes = own / "routes.json"
        await asyncio.to_thread(write_routes, routes, recording.routes)
        command = module("vendor", str(routes))
        _, url = await held.enter_async_context(run(*command, log=own / "vendor.log"))
        grpc_address = ""
        if row.vendor in SERVICES:
            answer = own / "answer.bin"
            await asyncio.to_thread(answer.write_bytes, recording.grpc_answer)
            command = module("vendor_grpc", SERVICES[row.vendor], str(answer), str(grpc_delay))
            _, grpc_address = await held.enter_async_context(run(*command, log=own / "vendor.log"))
        yield Stage(own, row, recording, dict(recordings.google), Address(url, grpc_address), redis)


def find_subjects(stage: Stage) -> dict[str, Callable[[Stage], AbstractAsyncContextManager[Subject]]]:
    """Give what can be measured for a row: name -> how to run it.

    A function has no usual way. Hooks and Redis cost the same whatever the vendor speaks, so over gRPC they are left out.
    """
    found: dict[str, _Run] = {FLOOR: run_floor, GATEWAY: run_gateway}
    if not stage.row.is_grpc:
        found[HOOKS] = run_with_hooks
        found[QUICK] = run_with_quick_hooks
    if not stage.row.is_grpc and stage.redis is not None:
        found[REDIS] = run_with_redis
    if stage.row.vendor in MAKERS:
        found[USUAL] = run_usual
    return found


@asynccontextmanager
async def run_floor(stage: Stage) -> AsyncIterator[Subject]:
    """Run the floor: the bytes that it sends and answers are as many as the gateway's."""
    answer = stage.directory / "answer.json"
    await asyncio.to_thread(answer.write_bytes, stage.recording.answer)
    path = stage.recording.path if not stage.row.is_grpc else "/none:detectIntent"
    command = module("floor", f"{stage.vendor.url}{path}", str(answer), str(stage.recording.size))
    async with run(*stage.under, *command[bool(stage.under) :], log=stage.directory / "floor.log") as (pid, url):
        yield Subject(FLOOR, pid, Target(url, make_requests([events_path()]), stage.recording.answer))


@asynccontextmanager
async def run_usual(stage: Stage) -> AsyncIterator[Subject]:
    """Run the usual way."""
    command = module("usual", stage.row.vendor, stage.vendor.url, stage.vendor.grpc)
    async with run(*command, log=stage.directory / "usual.log") as (pid, url):
        yield Subject(USUAL, pid, Target(url, make_requests([events_path()])))


@asynccontextmanager
async def run_gateway(
    stage: Stage,
    *options: str,
    name: str = GATEWAY,
    hooks: Mapping[str, Any] | None = None,
    conversations: int | None = None,
) -> AsyncIterator[Subject]:
    """Run the gateway with the row's bot: log level info into a file, metrics on, an API key, the memory store."""
    config = stage.directory / f"accounts of {name}"
    bot = make_bot(stage.row, stage.vendor, stage.google, hooks=hooks)
    await asyncio.to_thread(write_account, config, {BOT: bot})
    async with run_server(config, *options, log=stage.directory / f"{name}.log", under=stage.under) as (pid, url):
        requests = make_requests([events_path()], **({} if conversations is None else {"conversations": conversations}))
        # Protobuf writes a map in any order, so over gRPC the first answer must do.
        expected = None if stage.row.is_grpc else stage.recording.answer
        yield Subject(name, pid, Target(url, requests, expected))


def run_server(
    config: Path, *options: str, log: Path, under: tuple[str, ...] = ()
) -> AbstractAsyncContextManager[tuple[int, str]]:
    """Run `botbridge serve` on a free port; give its process id and URL."""
    command = (*under, BOTBRIDGE, "serve", "--config", str(config), "--port", "0", *options)
    return run(*command, log=log, first="listening on ")


def run_with_hooks(stage: Stage) -> AbstractAsyncContextManager[Subject]:
    """Run the gateway with one pre and one post hook."""
    return run_gateway(stage, name=HOOKS, hooks=rows.HOOKS)


def run_with_quick_hooks(stage: Stage) -> AbstractAsyncContextManager[Subject]:
    """Run the gateway with the same two hooks, marked as quick: no thread stands between."""
    return run_gateway(stage, name=QUICK, hooks=rows.QUICK_HOOKS)


def run_with_redis(stage: Stage) -> AbstractAsyncContextManager[Subject]:
    """Run the gateway with its conversations in Redis."""
    assert stage.redis is not None  # noqa: S101 - `find_subjects` asks
    return run_gateway(stage, "--store", stage.redis, name=REDIS)


_Run: TypeAlias = Callable[[Stage], AbstractAsyncContextManager[Subject]]
