from collections.abc import AsyncIterator, Iterator

import pytest
from blockbuster import BlockBuster, blockbuster_ctx

from emulators.server import Running, emulators


@pytest.fixture(autouse=True)
def _loop_guard() -> Iterator[BlockBuster]:
    """Fail a test in which the gateway blocks the event loop."""
    with blockbuster_ctx(scanned_modules=["gateway", "vendors", "hooks", "config"]) as guard:
        yield guard


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    """All emulators, each on a free port."""
    async with emulators() as up:
        yield up
