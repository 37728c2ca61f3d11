"""Let a bounded number of requests begin in one round of the event loop.

The loop carries out all that is ready before it looks at its sockets again. When thousands of events arrive at once, one such
round would take seconds, in which no health check is answered, no deadline heard of, and no vendor's answer read. So what
begins beyond a round's share waits for the next rounds, in order of arrival.
"""

import asyncio
from collections import deque
from typing import Final

SHARE: Final = 16
"""Requests that begin in one round: some ten milliseconds of work, more than a round has unless there is a burst."""


class Pacer:
    """Made and used in one event loop."""

    def __init__(self, share: int = SHARE) -> None:
        self._share = share
        self._left = share
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._renews = False

    def begin_now(self) -> bool:
        """Say whether this round has room, and take it: most have, and need not wait."""
        if not self._renews:
            self._renews = True
            asyncio.get_running_loop().call_soon(self._renew)
        if self._left > 0 and not self._waiting:
            self._left -= 1
            return True
        return False

    async def begin(self) -> None:
        """Go on at once while this round has room, else in the round that has. A caller who gives up leaves the line."""
        if self.begin_now():
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _renew(self) -> None:
        """Give a new round its share: first to those who wait."""
        self._left = self._share
        while self._waiting and self._left > 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._left -= 1
        self._renews = bool(self._waiting)
        if self._renews:
            asyncio.get_running_loop().call_soon(self._renew)
