"""Whether a bot's vendor answers, for the Custom Endpoint's health page (docs/contract/custom-endpoint.md, "Endpoints")."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import token_hex
from typing import Final

from gateway.bot import Bot
from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.ports import Clock
from gateway.contract.types import ConversationId, Event, EventKind, VendorSession
from gateway.telemetry.logging import get_logger

CACHED: Final = 5.0
"""Seconds for which an answer of the vendor, to a check or to a turn, tells its state."""
CHECK_TIME: Final = 10.0
"""Seconds that a check may take; less where the bot's attempts may take less."""
UNKNOWN_TO_THE_BOT: Final = "botbridge connection test"
"""What LivePerson's own connection test sends: a text that the bot does not know, to which any valid answer will do."""
UNREACHED: Final = frozenset({FailureKind.NOT_SENT, FailureKind.TIMED_OUT, FailureKind.CUT, FailureKind.DEADLINE})


class EndpointState(StrEnum):
    """The Custom Endpoint's states of a bot."""

    ONLINE = "online"
    OFFLINE = "offline"
    """The vendor cannot be reached, or does not answer in time."""
    ERROR = "error"
    """The vendor answers with an error, or with what cannot be read; or its circuit is open."""
    MAINTENANCE = "maintenance"
    """The gateway is shutting down."""


@dataclass(slots=True)
class _Check:
    """The newest check of a bot, and the vendor's session in which checks are made."""

    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    at: float | None = None
    state: EndpointState = EndpointState.ERROR
    session: VendorSession = field(default_factory=dict)


class VendorStates:
    """Asks vendors, at most every few seconds each; callers that come together get one answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._checks: dict[str, _Check] = {}
        # This process's own: a vendor refuses two turns at once in one session.
        self._conversation = ConversationId(f"botbridge-state-{token_hex(4)}")
        self._log = get_logger("state")

    async def look(self, bot: Bot) -> EndpointState:
        """Give a bot's state: as its turns show it just now, else by one turn of our own, past hooks, limits and retries."""
        if bot.breaker is not None and bot.breaker.is_open:
            return EndpointState.ERROR
        check = self._checks.setdefault(bot.prefix, _Check())
        async with check.one_at_a_time:
            if self._is_recent(bot.status.answered_at):
                return EndpointState.ONLINE
            if not self._is_recent(check.at):
                check.state = await self._ask(bot, check)
                check.at = self._clock.monotonic()
            return check.state

    def _is_recent(self, moment: float | None) -> bool:
        return moment is not None and self._clock.monotonic() - moment < CACHED

    async def _ask(self, bot: Bot, check: _Check) -> EndpointState:
        limit = min(bot.attempt_timeout, CHECK_TIME)
        try:
            async with asyncio.timeout(limit):
                request = bot.vendor.build_request(self._make_event(), check.session)
                answer = await bot.vendor.ask(request, check.session, timeout=limit)
            bot.vendor.read_reply(answer, bot.reading)
        except TimeoutError:
            return self._fail(bot, check, EndpointState.OFFLINE, FailureKind.DEADLINE.label)
        except VendorFailure as failure:
            state = EndpointState.OFFLINE if failure.kind in UNREACHED else EndpointState.ERROR
            return self._fail(bot, check, state, failure.kind.label, failure.code)
        except InvalidRequest as problem:
            return self._fail(bot, check, EndpointState.ERROR, str(problem))
        return EndpointState.ONLINE

    def _fail(
        self, bot: Bot, check: _Check, state: EndpointState, reason: str, code: str | None = None
    ) -> EndpointState:
        check.session = {}
        self._log.warning(
            "vendor-not-online",
            account=bot.account,
            bot=bot.name,
            environment=bot.environment,
            state=state.value,
            reason=reason,
            code=code,
        )
        return state

    def _make_event(self) -> Event:
        return Event(
            conversation_id=self._conversation,
            kind=EventKind.TEXT,
            text=UNKNOWN_TO_THE_BOT,
            lp_event={},
            lp_sdes={},
            payload={"convId": self._conversation, "message": UNKNOWN_TO_THE_BOT},
        )
