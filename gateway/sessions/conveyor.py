"""Carries script calls to Redis in batches over one connection, in the order in which they were handed in.

While one batch is under way the next one gathers, so that many turns at once cost few round trips and little CPU time, and
a call handed in earlier is carried out earlier.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from redis.exceptions import NoScriptError, RedisError

from gateway.contract.ports import StoreFailed

if TYPE_CHECKING:
    from redis.asyncio import Redis

BATCH: Final = 200
"""Calls in one round trip."""

Argument: TypeAlias = bytes | str | int


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call of a script."""

    script: str
    keys: Sequence[str]
    arguments: Sequence[Argument]
    future: "asyncio.Future[Any]"


class Conveyor:
    """The one way to the scripts. `open` starts it, `close` ends it when everything handed in has been carried out."""

    def __init__(self, client: "Redis", scripts: Sequence[str]) -> None:
        self._client = client
        # Redis knows scripts by this hash; it is no protection of anything.
        self._hashes = {script: sha1(script.encode(), usedforsecurity=False).hexdigest() for script in scripts}
        self._waiting: list[Call] = []
        self._is_needed = asyncio.Event()
        self._closing = False
        self._running: asyncio.Future[None] | None = None

    def open(self) -> None:
        """Start carrying."""
        self._running = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        """Carry out what is waiting, then stop."""
        self._closing = True
        self._is_needed.set()
        if self._running is not None:
            await self._running

    def submit(self, script: str, keys: Sequence[str], arguments: Sequence[Argument]) -> "asyncio.Future[Any]":
        """Hand in a call. It is carried out even when nobody waits for its outcome; the future may raise StoreFailed."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._closing or self._running is None:
            future.set_exception(StoreFailed("the store is not open"))
        else:
            self._waiting.append(Call(script, keys, arguments, future))
            self._is_needed.set()
        return future

    async def _run(self) -> None:
        while True:
            await self._is_needed.wait()
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if not batch:
                if self._closing:
                    return
                self._is_needed.clear()
                continue
            _settle(batch, await self._carry(batch))

    async def _carry(self, batch: Sequence[Call]) -> Sequence[Any]:
        """Make one round trip, a second one when Redis does not know the scripts; give a result or an exception per call."""
        try:
            results = await self._send(batch)
            unknown = [index for index, result in enumerate(results) if isinstance(result, NoScriptError)]
            if unknown:
                for script in self._hashes:
                    await self._client.script_load(script)
                # Refused together: a script is known to all calls of a batch or to none, so their order is kept.
                for index, result in zip(unknown, await self._send([batch[index] for index in unknown]), strict=True):
                    results[index] = result
        except (RedisError, OSError) as error:
            return [error] * len(batch)
        return results

    async def _send(self, batch: Sequence[Call]) -> list[Any]:
        pipeline = self._client.pipeline(transaction=False)
        for call in batch:
            pipeline.execute_command("EVALSHA", self._hashes[call.script], len(call.keys), *call.keys, *call.arguments)
        return list(await pipeline.execute(raise_on_error=False))


def _settle(batch: Sequence[Call], results: Sequence[Any]) -> None:
    for call, result in zip(batch, results, strict=True):
        if call.future.done():
            continue  # given up meanwhile
        if isinstance(result, Exception):
            # The class says what happened; Redis' own text may quote keys.
            failure = StoreFailed(f"Redis: {type(result).__name__}")
            failure.__cause__ = result
            call.future.set_exception(failure)
        else:
            call.future.set_result(result)
