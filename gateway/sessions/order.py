"""One event at a time per conversation, in order of arrival, within this process."""

import asyncio
from collections import deque


class MemoryOrder:
    """A fair lock per conversation; forgotten when nobody holds it or waits. Most are held by one and waited for by none."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[asyncio.Future[None]] | None] = {}
        """Who waits for a conversation that is held; None until somebody does."""

    def acquire_now(self, key: str) -> bool:
        """Hold a conversation that nobody holds; False where somebody does."""
        if key in self._lines:
            return False
        self._lines[key] = None
        return True

    async def acquire(self, key: str) -> None:
        """Wait for this conversation's turn and hold it. A caller who gives up (cancellation) leaves the line."""
        if self.acquire_now(key):
            return
        line = self._lines[key]
        if line is None:
            line = self._lines[key] = deque()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():  # the turn had come just then: it is the next one's
                self.release(key)
            elif turn in line:
                line.remove(turn)
            raise

    def release(self, key: str) -> None:
        """Let the next one through."""
        line = self._lines[key]
        while line:
            turn = line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._lines[key]

    def __len__(self) -> int:
        return len(self._lines)
