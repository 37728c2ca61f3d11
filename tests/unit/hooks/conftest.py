"""A sandbox, a log that can be read, and the scope of one turn."""

from collections.abc import AsyncIterator

import pytest
import structlog
from structlog.testing import LogCapture

from gateway.contract.callables import Sandbox
from gateway.contract.types import Channel
from hooks.context import HookScope


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox()
    yield made
    await made.close()


@pytest.fixture
def captured() -> LogCapture:
    return LogCapture()


@pytest.fixture
def scope(captured: LogCapture) -> HookScope:
    return HookScope(
        account="83482904",
        bot="concierge",
        vendor="lex-v2",
        channel=Channel.MESSAGING,
        conversation_id="c-1",
        event_payload={"convId": "c-1", "message": "my card is 4111", "context": {"lpEvent": {"metadata": [1]}}},
        state={},
        log=structlog.wrap_logger(structlog.PrintLogger(), processors=[captured]),
    )
