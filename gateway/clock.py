"""The real clock; tests bring their own (`gateway.contract.ports.Clock`)."""

import asyncio
import time


class SystemClock:
    """Time as the machine has it."""

    # The functions themselves: a turn looks at the clock some twenty times.
    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the loop."""
        await asyncio.sleep(seconds)
