"""Run a bot's hooks: in order, each with its own time, isolated, their results checked.

A hook works on a copy, and what it leaves is taken over as bytes. So nothing that a hook keeps, or that still runs after its
time, reaches into the turn; and the pipeline's own request and answer stay as they were. The same bytes tell whether a hook
changed anything: when none did, the pipeline has its own object back, which no hook has ever had.
"""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from gateway.contract.callables import CallableFailed, Sandbox
from gateway.contract.errors import BridgeError, HookFailed
from gateway.contract.types import HookKeys, Json
from gateway.contract.wire import WireError, dumps, loads, reread
from hooks.context import HookScope
from hooks.loader import Hook

TIMEOUTS_IN_A_ROW: Final = 5
"""After so many a hook is no longer called for a while: each may have left a thread behind that cannot be cut."""
BENCHED_FOR: Final = 30.0
"""Seconds; then one call shows whether it is well again."""

DeadlineLeft: TypeAlias = Callable[[], float]
"""Seconds that the turn has left."""


class HookRunner:
    """The hooks of one bot. Nothing is copied, and nothing costs time, for a kind that has no hooks."""

    def __init__(
        self,
        pre: Sequence[Hook] = (),
        post: Sequence[Hook] = (),
        error: Sequence[Hook] = (),
        *,
        timeout: float,
        sandbox: Sandbox,
        skip_failed: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the hooks in the order they run; `timeout` is seconds, for each.

        With `skip_failed` a pre or post hook that fails is passed over, and the turn goes on with what it had been given.
        """
        benches = {id(hook): Bench(now) for hook in (*pre, *post, *error)}
        self._pre, self._post, self._error = (
            tuple(_Seat(hook, benches[id(hook)]) for hook in hooks) for hooks in (pre, post, error)
        )
        self._timeout = timeout
        self._sandbox = sandbox
        self._skip_failed = skip_failed

    def __bool__(self) -> bool:
        """Say whether the bot has hooks of any kind."""
        return bool(self._pre or self._post or self._error)

    def run_pre(self, request: Json, scope: HookScope, deadline_left: DeadlineLeft) -> Awaitable[Json]:
        """Hand the vendor's request through the pre hooks and give back what they made of it. Raise HookFailed."""
        return self._run_chain("pre", self._pre, request, scope, deadline_left)

    def run_post(self, answer: Json, scope: HookScope, deadline_left: DeadlineLeft) -> Awaitable[Json]:
        """Hand the vendor's answer through the post hooks and give back what they made of it. Raise HookFailed."""
        return self._run_chain("post", self._post, answer, scope, deadline_left)

    async def run_error(self, report: Json, scope: HookScope, deadline_left: DeadlineLeft | None = None) -> None:
        """Tell every error hook; a failure among them is logged and changes nothing.

        Without `deadline_left` each has its full timeout: a turn that ended for want of time is reported too.
        """
        if not self._error:
            return
        try:
            text = dumps(report)
        except WireError as error:
            scope.get_log().warning("hooks-not-called", kind="error", problem=str(error))
            return
        for seat in self._error:
            try:
                await self._call(seat, reread(text), scope, deadline_left or _no_deadline)
            except _Problem as problem:
                problem.log("error", seat.hook, scope)

    async def _run_chain(
        self, kind: str, seats: Sequence["_Seat"], payload: Json, scope: HookScope, deadline_left: DeadlineLeft
    ) -> Json:
        if not seats:
            return payload
        try:
            first = text = dumps(payload)
        except WireError as error:
            raise HookFailed(f"the {kind} hooks were not called: the payload {error}") from None
        given: Json | None = None  # what the text says, in a copy that no hook has had yet; made when it is needed
        for seat in seats:
            given = reread(text) if given is None else given
            try:
                left = _write_result(await self._call(seat, given, scope, deadline_left), given)
                given = None
                if left != text:
                    given, text = _read_result(left), left
            except _Problem as problem:
                problem.log(kind, seat.hook, scope)
                if not self._skip_failed:
                    raise HookFailed(f"the {kind} hook {seat.hook.target} {problem}") from None
                given = None  # what it has changed in place before it failed is not kept either
        if text is first:
            return payload
        return reread(text) if given is None else given

    async def _call(self, seat: "_Seat", payload: Json, scope: HookScope, deadline_left: DeadlineLeft) -> Any:
        """Call one hook within its time and see that it leaves a state that can be saved. Raise _Problem."""
        hook, bench = seat
        left = deadline_left()
        if left <= 0:
            raise _Problem("was not called: the turn's time is over")
        if bench.holds():
            raise _Problem(f"was not called: it has run past its timeout {TIMEOUTS_IN_A_ROW} times in a row")
        timeout = min(self._timeout, left)
        before = scope.write_state()
        try:
            if hook.remote:
                result = await hook.function(payload, timeout=timeout)
            else:
                context = scope.make_context(hook.target, hook.options)
                result = await self._sandbox.call(hook.function, payload, context, timeout=timeout)
        except CallableFailed as failure:
            if not failure.timed_out:
                bench.note_return()
            elif left >= self._timeout:
                bench.note_timeout()
            scope.restore_unless_json(before)
            if failure.timed_out and left < self._timeout:
                raise _Problem(f"ran past the {left:.3g} s that the turn had left") from None
            raise _Problem(str(failure), failure.__cause__) from None
        bench.note_return()
        if problem := scope.restore_unless_json(before):
            raise _Problem(f"left a state that {problem}")
        return result


class Bench:
    """Where a hook sits that has run past its timeout too often in a row."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._timeouts = 0
        self._until = 0.0

    def holds(self) -> bool:
        """Say whether the hook may not be called now; when its time on the bench is over, one call goes through."""
        if self._timeouts < TIMEOUTS_IN_A_ROW:
            return False
        if self._now() < self._until:
            return True
        self._until = self._now() + BENCHED_FOR
        return False

    def note_timeout(self) -> None:
        """Count a call that ran past its timeout."""
        self._timeouts += 1
        if self._timeouts >= TIMEOUTS_IN_A_ROW:
            self._until = self._now() + BENCHED_FOR

    def note_return(self) -> None:
        """Begin to count anew: the hook came back."""
        self._timeouts = 0


class _Seat(NamedTuple):
    """A hook and its bench."""

    hook: Hook
    bench: Bench


def build_error_report(
    failure: BridgeError,
    keys: HookKeys,
    conversation_id: str,
    *,
    request: Json | None = None,
    answer: Json | None = None,
) -> Json:
    """Build an error hook's payload (docs/contract/hooks.md, "Error hook payload").

    `request` and `answer` are the vendor's, None when it had not come to that; what is None is left out.
    """
    report: Json = {"error": {"errorId": failure.error_id, "name": failure.code}, "vendor": keys.label}
    if request is not None:
        report[keys.request_key] = request
    if answer is not None:
        report[keys.response_key] = answer
    return {**report, "convId": conversation_id}


class _Problem(Exception):
    """What was wrong with a hook, without a word of what it said itself; `raised` is its own exception, if any."""

    def __init__(self, problem: str, raised: BaseException | None = None) -> None:
        super().__init__(problem)
        self.raised = raised

    def log(self, kind: str, hook: Hook, scope: HookScope) -> None:
        """Tell the operator which hook it was, and where in its code."""
        place = {} if self.raised is None else {"at": _find_place(self.raised)}
        scope.get_log().warning("hook-failed", kind=kind, hook=hook.target, problem=str(self), **place)


def _write_result(result: Any, given: Json) -> bytes:
    if result is None:
        result = given
    elif not isinstance(result, dict):
        raise _Problem(f"returned a value of type {type(result).__name__}, not a dict or None")
    try:
        return dumps(result)
    except WireError as error:
        raise _Problem(f"left a payload that {error}") from None


def _read_result(text: bytes) -> Json:
    try:
        result: Json = loads(text)
    except WireError as error:  # it nests deeper than what may be sent
        raise _Problem(f"left a payload that {error}") from None
    return result


def _find_place(raised: BaseException) -> str:
    """Name the file and line that raised: all of a traceback that quotes nothing."""
    trace = raised.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    code = trace.tb_frame.f_code
    return f"{Path(code.co_filename).name}:{trace.tb_lineno} in {code.co_name}"


def _no_deadline() -> float:
    return math.inf
