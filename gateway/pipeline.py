"""One turn, start to end: an event in, the bot's reply or an error out, never both and never neither.

repeat? → limits → this conversation's turn → request → pre hooks → vendor (deadline, circuit, retries) → post hooks
→ read → verify → keep → answer; any failure → error hooks → escalation, or raise.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Final, TypeAlias
from urllib.parse import quote

from gateway.bot import Bot
from gateway.contract.errors import (
    FailureKind,
    HookFailed,
    InvalidRequest,
    RequestRefused,
    TurnFailed,
    UnforeseenFault,
    VendorFailure,
)
from gateway.contract.ports import Clock
from gateway.contract.reply import verify
from gateway.contract.types import Event, Json, Reply
from gateway.contract.wire import WireError
from gateway.escalation import escalate
from gateway.resilience.deadline import Deadline, TimeLimit
from gateway.resilience.retry import call_again
from gateway.sessions.conversations import Conversation
from gateway.sessions.repeats import Answer
from gateway.sessions.visits import Sessions, Visit
from gateway.telemetry.logging import get_logger
from gateway.turn import Observer, Span, Turn
from hooks.context import HookScope
from hooks.runner import build_error_report

ERROR_HOOKS_TIME: Final = 3.0
"""Seconds for all error hooks of a turn together, beyond its deadline: 25 s and these stay below LivePerson's 30 s."""

_NO_CIRCUIT: Final = nullcontext()

Render: TypeAlias = Callable[[Reply], bytes]
"""A front door's way of writing a reply."""
Prepare: TypeAlias = Callable[[Event, Json | None], Event]
"""A front door's last word on an event once its turn has come: given what the conversation was opened with, None where it was
not. Raises RequestRefused."""


class Pipeline:
    """Runs turns. `observers` are told of each turn at its end."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        clock: Clock,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._observers = list(observers)
        self._log = get_logger("pipeline")

    def observe(self, observer: Observer) -> None:
        """Tell one more observer, after the others, of every turn that ends from now on."""
        self._observers.append(observer)

    async def answer(
        self,
        bot: Bot,
        event: Event,
        render: Render,
        *,
        idempotency_key: str | None = None,
        prepare: Prepare | None = None,
        observer: Observer | None = None,
    ) -> Answer:
        """Answer one event. Raise TurnFailed, or RequestRefused when a limit is reached.

        `observer` is told of this turn alone, as the others are.
        """
        turn = Turn(bot, event, Deadline(self._clock, bot.total_timeout), self._clock.monotonic())
        visit = self._sessions.visit(
            bot.name_conversation(event.conversation_id), _repeat_keys(bot, event, idempotency_key)
        )
        answer: Answer | None = None
        bot.metrics.begin()
        try:
            try:
                answer = await self._run(turn, visit, render, prepare)
            finally:
                if not visit.leave_now(answer):
                    await visit.leave(answer)
            return answer
        finally:
            turn.steps["total"] = self._clock.monotonic() - turn.started
            bot.metrics.end(turn.outcome, turn.steps, attempts=turn.attempts)
            for observe in self._observers:
                observe(turn)
            if observer is not None:
                observer(turn)

    async def _run(self, turn: Turn, visit: Visit, render: Render, prepare: Prepare | None) -> Answer:
        """Give the first answer to a repeat, or run the turn under its bot's limits; a failure becomes one of the catalogue."""
        admitted = False
        try:
            # One limit for all that may wait: for the first answer, for the turn, for the vendor. Hooks have their own.
            with turn.deadline.limit() as limit:
                has_begun = visit.begin_now()
                if not has_begun and (first := await visit.find_answer()) is not None:
                    turn.outcome = "repeated"
                    return first
                turn.bot.limiter.admit()
                admitted = True
                if has_begun:
                    turn.note("queue", turn.started, turn.started)
                else:
                    await self._wait_turn(turn, visit)
                turn.is_new = visit.is_new
                if prepare is not None:
                    turn.event = prepare(turn.event, visit.conversation.opening)
                turn.built = turn.request = turn.bot.vendor.build_request(turn.event, visit.conversation.session)
                if turn.bot.hooks:
                    await self._run_pre_hooks(turn, visit.conversation, limit)
                turn.given = turn.answer = await self._call_vendor(turn, visit.conversation, limit)
            if turn.bot.hooks:
                await self._run_post_hooks(turn, visit.conversation)
            reply = self._read_reply(turn)
            answer = Answer(render(reply))
            _save(visit)
        except RequestRefused as refusal:
            turn.outcome, turn.error = "refused", refusal
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the consumer gets an answer or an escalation
            return await self._fail(turn, visit, _explain(turn, error), render)
        finally:
            if admitted:
                turn.bot.limiter.leave()
        turn.reply, turn.outcome = reply, "answered"
        return answer

    async def _wait_turn(self, turn: Turn, visit: Visit) -> None:
        began = self._clock.monotonic()
        try:
            await visit.wait_turn()
        finally:
            turn.note("queue", began, self._clock.monotonic())

    async def _run_pre_hooks(self, turn: Turn, conversation: Conversation, limit: TimeLimit) -> None:
        """Hand the request through the pre hooks."""
        scope = self._get_scope(turn, conversation)
        request = turn.request
        assert scope is not None and request is not None  # noqa: S101, PT018 - there are hooks, and a request has been built
        limit.pause()
        began = self._clock.monotonic()
        try:
            turn.request = await turn.bot.hooks.run_pre(request, scope, turn.deadline.left)
        finally:
            turn.note("pre_hooks", began, self._clock.monotonic())
        limit.resume()

    async def _run_post_hooks(self, turn: Turn, conversation: Conversation) -> None:
        """Hand the answer through the post hooks."""
        scope = self._get_scope(turn, conversation)
        answer = turn.answer
        assert scope is not None and answer is not None  # noqa: S101, PT018 - there are hooks, and the vendor has answered
        began = self._clock.monotonic()
        try:
            turn.answer = await turn.bot.hooks.run_post(answer, scope, turn.deadline.left)
        finally:
            turn.note("post_hooks", began, self._clock.monotonic())

    def _read_reply(self, turn: Turn) -> Reply:
        """Read the answer and verify the reply."""
        bot, answer = turn.bot, turn.answer
        assert answer is not None  # noqa: S101 - the vendor has been asked
        began = self._clock.monotonic()
        try:
            return verify(bot.vendor.read_reply(answer, bot.reading), bot.rules)
        finally:
            turn.note("read", began, self._clock.monotonic())

    async def _call_vendor(self, turn: Turn, conversation: Conversation, limit: TimeLimit) -> Json:
        """Ask the vendor, unless its circuit is open, as often as its failures allow, until the deadline."""
        bot, deadline = turn.bot, turn.deadline
        began = self._clock.monotonic()
        try:
            with _NO_CIRCUIT if bot.breaker is None else bot.breaker.guard(bot.vendor.send_code):
                try:
                    try:
                        return await self._attempt(turn, conversation, min(bot.attempt_timeout, deadline.left()))
                    except VendorFailure as failure:
                        return await call_again(
                            failure,
                            lambda seconds: self._attempt(turn, conversation, seconds),
                            policy=bot.retry,
                            attempt_timeout=bot.attempt_timeout,
                            deadline=deadline,
                            clock=self._clock,
                        )
                except TimeoutError as error:
                    raise _out_of_time(turn) from error
                except asyncio.CancelledError as error:
                    # The circuit must hear that it was the time that ran out, and nobody who gave up.
                    if limit.is_all:
                        raise _out_of_time(turn) from error
                    raise
        except InvalidRequest as problem:
            if not bot.hooks:
                raise
            raise HookFailed(f"A pre hook left a request that cannot be sent: {problem}") from problem
        finally:
            turn.steps["vendor"] = self._clock.monotonic() - began

    async def _attempt(self, turn: Turn, conversation: Conversation, seconds: float) -> Json:
        request = turn.request
        assert request is not None  # noqa: S101 - it has been built
        began = self._clock.monotonic()
        if turn.attempts:
            last = turn.spans[-1]
            turn.spans.append(Span("wait", last.began + last.seconds, began - turn.started - last.began - last.seconds))
        turn.attempts += 1
        failed: str | None = "unforeseen fault"
        try:
            answer = await turn.bot.vendor.ask(request, conversation.session, timeout=seconds)
            failed = None
        except VendorFailure as failure:
            failed = failure.kind.label
            raise
        except asyncio.CancelledError:
            failed = "cut off"
            raise
        finally:
            turn.spans.append(Span("attempt", began - turn.started, self._clock.monotonic() - began, failed))
        return answer

    async def _fail(self, turn: Turn, visit: Visit, failure: TurnFailed, render: Render) -> Answer:
        """End the turn with an error: tell the error hooks, keep what is to be kept, escalate or raise."""
        bot = turn.bot
        failure.vendor = bot.vendor_name
        turn.outcome, turn.error = "failed", failure
        if (scope := self._get_scope(turn, visit.conversation)) is not None:
            report = build_error_report(
                failure, bot.vendor.keys, turn.event.conversation_id, request=turn.request, answer=turn.answer
            )
            limit = Deadline(self._clock, ERROR_HOOKS_TIME)
            await bot.hooks.run_error(report, scope, limit.left)
        try:
            _save(visit)
        except HookFailed as fault:  # the turn has its error already
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
        )
        return turn.scope


def _save(visit: Visit) -> None:
    """Have the conversation kept as it is now; not where its turn never came, since then it belongs to another."""
    try:
        visit.save()
    except WireError as error:
        raise HookFailed("A hook left something in its state that is not JSON.") from error


def _explain(turn: Turn, error: Exception) -> TurnFailed:
    """Give the failure of the catalogue that an exception is."""
    if isinstance(error, TurnFailed):
        return error
    if isinstance(error, TimeoutError):
        late = _out_of_time(turn)
        late.__cause__ = error
        return late
    # A store that fails too: nobody knows then whose turn it is, nor whether the vendor has had this event already.
    turn.fault = error
    return UnforeseenFault()


def _out_of_time(turn: Turn) -> VendorFailure:
    kind = FailureKind.DEADLINE if turn.attempts else FailureKind.NOT_ASKED
    return VendorFailure(kind, turn.bot.vendor.send_code, f"The turn ran out of its {turn.deadline.total:g} s.")


def _repeat_keys(bot: Bot, event: Event, idempotency_key: str | None) -> list[str]:
    keys = []
    if event.sequence is not None:
        # The sequence comes first: it holds no slash that the conversation id could forge.
        number = event.sequence if event.sequence.isdecimal() else quote(event.sequence, safe="")
        keys.append(f"answer/{bot.prefix}sequence/{number}/{event.conversation_id}")
    if idempotency_key:
        keys.append(f"answer/{bot.prefix}key/{idempotency_key}")
    return keys
