"""Hooks that do to their payloads whatever JSON allows, and keep all they get: none of it reaches the turn or the next hook.

What comes out is held against the plainest way to do it, which copies everything before and after every hook.
"""

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contract import wire
from gateway.contract.callables import Sandbox
from gateway.contract.errors import HookFailed
from gateway.contract.types import Channel, Json
from hooks.context import HookContext, HookScope
from hooks.loader import Hook
from hooks.quick import quick
from hooks.runner import HookRunner

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, -0.0, 0.5]) | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)


def _reorder(payload: Json, _ctx: HookContext, key: str, mine: Any) -> None:
    payload[key] = payload.pop(key, mine)


def _fail(payload: Json, _ctx: HookContext, _key: str, _mine: Any) -> None:
    payload["spoilt"] = True
    raise ValueError


ACTS: dict[str, Callable[[Json, HookContext, str, Any], Any]] = {
    "look": lambda _payload, _ctx, _key, _mine: None,
    "set": lambda payload, _ctx, key, mine: payload.update({key: mine}),
    "clear": lambda payload, _ctx, _key, _mine: payload.clear(),
    "reorder": _reorder,
    "nest": lambda payload, _ctx, key, mine: payload.update({key: [dict(payload), mine, float("nan")]}),
    "return new": lambda _payload, ctx, key, mine: {key: mine, "event": ctx.event},
    "return event": lambda _payload, ctx, _key, _mine: ctx.event,
    "state": lambda _payload, ctx, key, mine: ctx.state.update({key: mine}),
    "raise": _fail,
    "not JSON": lambda payload, _ctx, key, _mine: payload.update({key: {1, 2}}),
    "bad state": lambda _payload, ctx, key, _mine: ctx.state.update({key: {1, 2}}),
}
Step = tuple[str, str, Any]
STEPS: st.SearchStrategy[Step] = st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(["a", "b", "c"]), VALUES)


class Hoarder:
    """Makes hooks that keep whatever they get or give, to spoil it all in the end."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def make(self, step: Step) -> Callable[[Json, HookContext], Any]:
        """Make the hook that does one step."""
        what, key, value = step

        def hook(payload: Json, ctx: HookContext) -> Any:
            mine = copy.deepcopy(value)
            self.kept += [payload, *payload.values(), mine]
            return ACTS[what](payload, ctx, key, mine)

        return hook

    def spoil(self) -> None:
        """Change all that was kept."""
        for value in self.kept:
            if isinstance(value, dict):
                value.clear()
                value["spoilt"] = True
            elif isinstance(value, list):
                value[:] = ["spoilt"]


def run_plainly(steps: list[Step], payload: Json, event: Json, *, skip_failed: bool) -> tuple[Json | None, Json]:
    """Give what is left of payload and state, each copied at every step; no payload where the turn would fail."""
    state: Json = {}
    context = HookContext(account="1", bot="b", vendor="v", channel=Channel.CHAT, conversation_id="c")
    for step in steps:
        given, before = copy.deepcopy(payload), copy.deepcopy(state)
        hook = Hoarder().make(step)
        object.__setattr__(context, "snapshot", type(context.snapshot)(copy.deepcopy(event)))
        object.__setattr__(context, "state", state)
        result, failed = None, False
        try:
            result = hook(given, context)
        except ValueError:
            failed = True
        try:
            wire.dumps(state)
        except wire.WireError:
            state, failed = before, True
        if not failed:
            try:
                payload = wire.copy(given if result is None else result)
            except wire.WireError:
                failed = True
        if failed and not skip_failed:
            return None, state
    return payload, state


def bytes_of(payload: Json | None) -> bytes | None:
    """Tell 1 from 1.0 and true, and one order of keys from another."""
    return None if payload is None else wire.dumps(payload)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=4), OBJECTS, OBJECTS, st.booleans(), st.booleans())
def test_hooks_leave_what_copies_at_every_step_would_leave(
    steps: list[Step], payload: Json, inner: Json, skip_failed: bool, is_quick: bool
) -> None:
    event = {"message": "hi", "context": inner}
    payload["event"] = event  # as a request holds parts of the event that it was built from
    untouched = copy.deepcopy(payload)
    expected, expected_state = run_plainly(steps, copy.deepcopy(payload), untouched["event"], skip_failed=skip_failed)
    hoarder = Hoarder()
    functions = [hoarder.make(step) for step in steps]
    scope = HookScope(
        account="1",
        bot="b",
        vendor="v",
        channel=Channel.CHAT,
        conversation_id="c",
        event_payload=event,
        state={},
        log=structlog.wrap_logger(structlog.PrintLogger(), processors=[structlog.testing.LogCapture()]),
    )

    async def run() -> Json | None:
        sandbox = Sandbox()
        hooks = [Hook("acme:hook", quick(function) if is_quick else function) for function in functions]
        try:
            return await HookRunner(hooks, timeout=20, sandbox=sandbox, skip_failed=skip_failed).run_pre(
                payload, scope, lambda: 20.0
            )
        except HookFailed:
            return None
        finally:
            await sandbox.close()

    left = asyncio.run(run())
    context = scope.make_context("acme:last", {})
    state = wire.dumps(scope.state)
    hoarder.spoil()
    assert bytes_of(left) == bytes_of(expected)
    assert state == wire.dumps(expected_state)
    assert (bytes_of(payload), bytes_of(context.event)) == (bytes_of(untouched), bytes_of(untouched["event"]))
