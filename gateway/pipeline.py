"""One turn, start to end: an event in, the bot's reply or an error out, never both and never neither.

repeat? → limits → this conversation's turn → request → pre hooks → vendor (deadline, circuit, retries) → post hooks
→ read → verify → keep → answer; any failure → error hooks → escalation, or raise.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import quote

from gateway.bot import Bot
from gateway.contract.errors import (
    BridgeError,
    FailureKind,
    HookFailed,
    InvalidRequest,
    RequestRefused,
    TurnFailed,
    UnforeseenFault,
    VendorFailure,
)
from gateway.contract.ports import Clock, Order
from gateway.contract.reply import verify
from gateway.contract.types import Event, Json, Reply
from gateway.contract.wire import WireError
from gateway.escalation import escalate
from gateway.resilience.deadline import Deadline
from gateway.resilience.retry import call_with_retries
from gateway.sessions.conversations import Conversation, Conversations
from gateway.sessions.repeats import Answer, Repeats
from gateway.telemetry.logging import get_logger
from hooks.context import HookScope
from hooks.runner import build_error_report

ERROR_HOOKS_TIME: Final = 3.0
"""Seconds for all error hooks of a turn together, beyond its deadline: 25 s and these stay below LivePerson's 30 s."""

Render: TypeAlias = Callable[[Reply], bytes]
"""A front door's way of writing a reply."""


@dataclass(slots=True)
class Turn:
    """All that is known of one turn; observers see it when it has ended."""

    bot: Bot
    event: Event
    deadline: Deadline
    started: float
    request: Json | None = None
    """The vendor's request, once built."""
    answer: Json | None = None
    """The vendor's answer, once given."""
    reply: Reply | None = None
    scope: HookScope | None = None
    """What the hooks see of this turn, once made: one for all of them, error hooks included."""
    attempts: int = 0
    steps: dict[str, float] = field(default_factory=dict)
    """Seconds per step."""
    outcome: str = "cancelled"
    error: BridgeError | None = None
    fault: BaseException | None = None
    """What was behind an unforeseen fault."""


Observer: TypeAlias = Callable[[Turn], None]


class Pipeline:
    """Runs turns. `observers` are told of each turn at its end."""

    def __init__(
        self,
        *,
        repeats: Repeats,
        conversations: Conversations,
        order: Order,
        clock: Clock,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._repeats = repeats
        self._conversations = conversations
        self._order = order
        self._clock = clock
        self._observers = list(observers)
        self._log = get_logger("pipeline")

    async def answer(self, bot: Bot, event: Event, render: Render, *, idempotency_key: str | None = None) -> Answer:
        """Answer one event. Raise TurnFailed, or RequestRefused when a limit is reached."""
        turn = Turn(bot, event, Deadline(self._clock, bot.total_timeout), self._clock.monotonic())
        bot.metrics.in_flight.inc()
        try:
            answer = await self._repeats.once(
                _repeat_keys(bot, event, idempotency_key), partial(self._run, turn, render)
            )
            if answer.repeated:
                turn.outcome = "repeated"
            return answer
        finally:
            bot.metrics.in_flight.dec()
            turn.steps["total"] = self._clock.monotonic() - turn.started
            for observe in self._observers:
                observe(turn)

    async def _run(self, turn: Turn, render: Render) -> Answer:
        """Run the turn under its bot's limits, when its conversation's turn has come."""
        try:
            with turn.bot.limiter.admit():
                async with self._wait_for_turn(turn):
                    conversation = await self._conversations.load(_conversation_key(turn))
                    return await self._converse(turn, conversation, render)
        except RequestRefused as refusal:
            turn.outcome, turn.error = "refused", refusal
            raise
        except TurnFailed as failure:
            if turn.error is not None:
                raise
            # Out of time in the queue: the conversation's memory belongs to the turn that is under way.
            return await self._fail(turn, Conversation(""), failure, render)

    async def _converse(self, turn: Turn, conversation: Conversation, render: Render) -> Answer:
        """Ask the bot and keep what is to be kept; a failure of any kind becomes an error of the catalogue."""
        try:
            reply = await self._ask_bot(turn, conversation)
            body = render(reply)
            await self._save(conversation)
        except TurnFailed as failure:
            return await self._fail(turn, conversation, failure, render)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the consumer gets an answer or an escalation
            turn.fault = fault
            return await self._fail(turn, conversation, UnforeseenFault(), render)
        turn.reply, turn.outcome = reply, "answered"
        return Answer(body)

    async def _ask_bot(self, turn: Turn, conversation: Conversation) -> Reply:
        """Build the request, ask, and read the answer: the order of a turn's steps."""
        bot, deadline = turn.bot, turn.deadline
        scope = self._get_scope(turn, conversation)
        turn.request = bot.vendor.build_request(turn.event, conversation.session)
        if scope is not None:
            with self._timed(turn, "pre_hooks"):
                turn.request = await bot.hooks.run_pre(turn.request, scope, deadline.left)
        with self._timed(turn, "vendor"):
            turn.answer = await self._call_vendor(turn, turn.request, conversation)
        if scope is not None:
            with self._timed(turn, "post_hooks"):
                turn.answer = await bot.hooks.run_post(turn.answer, scope, deadline.left)
        with self._timed(turn, "read"):
            return verify(bot.vendor.read_reply(turn.answer, bot.reading), bot.rules)

    async def _call_vendor(self, turn: Turn, request: Json, conversation: Conversation) -> Json:
        """Ask the vendor, unless its circuit is open, as often as its failures allow, until the deadline."""
        bot = turn.bot

        async def attempt(seconds: float) -> Json:
            turn.attempts += 1
            return await bot.vendor.ask(request, conversation.session, timeout=seconds)

        try:
            with nullcontext() if bot.breaker is None else bot.breaker.guard(bot.vendor.send_code):
                try:
                    async with asyncio.timeout(turn.deadline.left()):
                        return await call_with_retries(
                            attempt,
                            policy=bot.retry,
                            attempt_timeout=bot.attempt_timeout,
                            deadline=turn.deadline,
                            clock=self._clock,
                        )
                except TimeoutError as error:
                    raise _out_of_time(turn) from error
        except InvalidRequest as problem:
            if not bot.hooks:
                raise
            raise HookFailed(f"A pre hook left a request that cannot be sent: {problem}") from problem
        finally:
            if turn.attempts > 1:
                bot.metrics.retries.inc(turn.attempts - 1)

    async def _fail(self, turn: Turn, conversation: Conversation, failure: TurnFailed, render: Render) -> Answer:
        """End the turn with an error: tell the error hooks, keep what is to be kept, escalate or raise."""
        bot = turn.bot
        failure.vendor = bot.vendor_name
        turn.outcome, turn.error = "failed", failure
        if (scope := self._get_scope(turn, conversation)) is not None:
            report = build_error_report(
                failure, bot.vendor.keys, turn.event.conversation_id, request=turn.request, answer=turn.answer
            )
            limit = Deadline(self._clock, ERROR_HOOKS_TIME)
            await bot.hooks.run_error(report, scope, limit.left)
        if conversation.key:
            try:
                await self._save(conversation)
            except Exception as fault:  # noqa: BLE001 - the turn has its error already
                self._log.warning("conversation-not-saved", account=bot.account, bot=bot.name, exc_info=fault)
        if bot.escalation is None:
            raise failure
        turn.reply, turn.outcome = escalate(bot.escalation), "escalated"
        return Answer(render(turn.reply), failure.code, failure.error_id)

    def _get_scope(self, turn: Turn, conversation: Conversation) -> HookScope | None:
        """Give what the hooks see of this turn; None for a bot without hooks, which pays nothing for them."""
        bot = turn.bot
        if not bot.hooks or turn.scope is not None:
            return turn.scope
        turn.scope = HookScope(
            account=bot.account,
            bot=bot.name,
            vendor=bot.vendor_name,
            channel=bot.rules.channel,
            conversation_id=turn.event.conversation_id,
            event_payload=turn.event.payload,
            state=conversation.hook_state,
            log=self._log.bind(account=bot.account, bot=bot.name, conversation=turn.event.conversation_id),
        )
        return turn.scope

    async def _save(self, conversation: Conversation) -> None:
        try:
            await self._conversations.save(conversation)
        except WireError as error:
            raise HookFailed("A hook left something in its state that is not JSON.") from error

    @asynccontextmanager
    async def _wait_for_turn(self, turn: Turn) -> AsyncIterator[None]:
        """Hold the conversation's turn. Raise VendorFailure when the deadline passes before it has come."""
        async with AsyncExitStack() as held:
            with self._timed(turn, "queue"):
                try:
                    async with asyncio.timeout(turn.deadline.left()):
                        await held.enter_async_context(self._order.turn(_conversation_key(turn)))
                except TimeoutError as error:
                    raise _out_of_time(turn) from error
            yield

    @contextmanager
    def _timed(self, turn: Turn, step: str) -> Iterator[None]:
        started = self._clock.monotonic()
        try:
            yield
        finally:
            turn.steps[step] = self._clock.monotonic() - started


def _out_of_time(turn: Turn) -> VendorFailure:
    kind = FailureKind.DEADLINE if turn.attempts else FailureKind.NOT_ASKED
    return VendorFailure(kind, turn.bot.vendor.send_code, f"The turn ran out of its {turn.deadline.total:g} s.")


def _conversation_key(turn: Turn) -> str:
    return f"conversation/{turn.bot.prefix}{turn.event.conversation_id}"


def _repeat_keys(bot: Bot, event: Event, idempotency_key: str | None) -> list[str]:
    keys = []
    if event.sequence is not None:
        # The sequence comes first: it holds no slash that the conversation id could forge.
        keys.append(f"answer/{bot.prefix}sequence/{quote(event.sequence, safe='')}/{event.conversation_id}")
    if idempotency_key:
        keys.append(f"answer/{bot.prefix}key/{idempotency_key}")
    return keys
