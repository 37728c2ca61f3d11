"""The same event again gets the first one's answer, without a second call to the vendor.

Kept are answers (escalations too), never errors: after an error the repeat tries again. A repeat that comes while the first is
under way waits for its answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.contract.ports import Store
from gateway.contract.wire import WireError, dumps, loads

KEPT_FOR: Final = 600.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A turn's answer as it leaves: the rendered body, and the error that it is an escalation of, if any."""

    body: bytes
    error_name: str | None = None
    error_id: str | None = None
    repeated: bool = False
    """Whether it was kept from an earlier event and not made for this one."""


class Repeats:
    """First answers, by the keys of their events."""

    def __init__(self, store: Store, *, kept_for: float = KEPT_FOR) -> None:
        self._store = store
        self._kept_for = kept_for
        self._under_way: dict[str, asyncio.Future[Answer | None]] = {}

    async def once(self, keys: Sequence[str], make: Callable[[], Awaitable[Answer]]) -> Answer:
        """Give the answer kept under any of `keys`, or make it and keep it under all. What `make` raises passes through."""
        if not keys:
            return await make()
        while (first := self._find_under_way(keys)) is not None:
            # Shielded: a repeat that is given up must not take the first one's answer away.
            answer = await asyncio.shield(first)
            if answer is not None:
                return _as_repeat(answer)
        # No await between the look above and this: two equal events cannot both be first.
        mine: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        for key in keys:
            self._under_way[key] = mine
        answer = None
        try:
            answer = await self._find_kept(keys)
            if answer is None:
                answer = await make()
                await self._keep(keys, answer)
            return answer
        finally:
            mine.set_result(answer)
            for key in keys:
                if self._under_way.get(key) is mine:
                    del self._under_way[key]

    def _find_under_way(self, keys: Sequence[str]) -> asyncio.Future[Answer | None] | None:
        return next((self._under_way[key] for key in keys if key in self._under_way), None)

    async def _find_kept(self, keys: Sequence[str]) -> Answer | None:
        for key in keys:
            kept = await self._store.get(key)
            if kept is not None and (answer := _decode(kept)) is not None:
                return answer
        return None

    async def _keep(self, keys: Sequence[str], answer: Answer) -> None:
        kept = _encode(answer)
        for key in keys:
            await self._store.set(key, kept, ttl=self._kept_for)


def _as_repeat(answer: Answer) -> Answer:
    return Answer(answer.body, answer.error_name, answer.error_id, repeated=True)


def _encode(answer: Answer) -> bytes:
    """Put the two names on a line of JSON before the body, which stays as it is."""
    return dumps([answer.error_name, answer.error_id]) + b"\n" + answer.body


def _decode(kept: bytes) -> Answer | None:
    """Read what `_encode` wrote; None for anything else, so that a store from elsewhere costs a call, not an error."""
    head, _, body = kept.partition(b"\n")
    try:
        error_name, error_id = loads(head)
    except (WireError, ValueError, TypeError):
        return None
    return Answer(body, error_name, error_id, repeated=True)
