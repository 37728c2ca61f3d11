"""The real clock; tests bring their own (`gateway.contract.ports.Clock`)."""

import asyncio
import time


class SystemClock:
    """Time as the machine has it."""

    def monotonic(self) -> float:
        """Give seconds that only go forward."""
        return time.monotonic()

    def time(self) -> float:
        """Give seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the loop."""
        await asyncio.sleep(seconds)
