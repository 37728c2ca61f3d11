"""One event at a time per conversation, in order of arrival, within this process."""

import asyncio


class MemoryOrder:
    """A fair lock per conversation; forgotten when nobody holds it or waits."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    async def acquire(self, key: str) -> None:
        """Wait for this conversation's turn and hold it. A caller who gives up (cancellation) leaves the line."""
        lock, users = self._locks.get(key) or (asyncio.Lock(), 0)
        self._locks[key] = lock, users + 1
        try:
            await lock.acquire()  # asyncio.Lock serves its waiters first come, first served
        except BaseException:
            self._forget(key)
            raise

    def release(self, key: str) -> None:
        """Let the next one through."""
        self._locks[key][0].release()
        self._forget(key)

    def __len__(self) -> int:
        return len(self._locks)

    def _forget(self, key: str) -> None:
        lock, users = self._locks[key]
        if users == 1:
            del self._locks[key]
        else:
            self._locks[key] = lock, users - 1
