from collections.abc import AsyncIterator

import pytest

from emulators.server import Running, emulators


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    """All emulators, each on a free port."""
    async with emulators() as up:
        yield up
