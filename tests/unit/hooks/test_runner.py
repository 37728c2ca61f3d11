import asyncio
import copy
import functools
import threading
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import LogCapture

from gateway.contract.callables import Sandbox
from gateway.contract.errors import FAILED_HOOK, HookFailed
from gateway.contract.types import Json
from hooks.context import HookContext, HookScope
from hooks.loader import Hook
from hooks.runner import HookRunner

SECRET = "my card is 4111"


def ample() -> float:
    return 10.0


def name(function: Callable[..., Any], options: Json | None = None) -> Hook:
    return Hook(f"acme:{getattr(function, '__name__', 'partial')}", function, options or {})


def append(payload: Json, ctx: HookContext) -> None:
    payload["seen"] = [*payload.get("seen", []), ctx.options["tag"]]


def replace(payload: Json, ctx: HookContext) -> Json:
    return {"seen": [*payload.get("seen", []), ctx.options["tag"]]}


async def append_async(payload: Json, ctx: HookContext) -> None:
    append(payload, ctx)


class Appender:
    async def __call__(self, payload: Json, ctx: HookContext) -> None:
        append(payload, ctx)


def append_later(payload: Json, ctx: HookContext) -> Any:
    return append_async(payload, ctx)


# --- Order and results ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["run_pre", "run_post"])
async def test_hooks_run_in_order_each_given_what_the_one_before_left(
    kind: str, sandbox: Sandbox, scope: HookScope
) -> None:
    kinds: list[Any] = [append, append_async, replace, Appender(), append_later, functools.partial(append)]
    hooks = [name(function, {"tag": tag}) for tag, function in enumerate(kinds)]
    runner = HookRunner(
        hooks if kind == "run_pre" else [], hooks if kind == "run_post" else [], timeout=5, sandbox=sandbox
    )
    assert await getattr(runner, kind)({"seen": []}, scope, ample) == {"seen": [0, 1, 2, 3, 4, 5]}


async def test_without_hooks_nothing_is_copied(sandbox: Sandbox, scope: HookScope) -> None:
    runner = HookRunner(timeout=5, sandbox=sandbox)
    payload: Json = {"text": "hi"}
    assert await runner.run_pre(payload, scope, ample) is payload
    assert await runner.run_post(payload, scope, ample) is payload
    await runner.run_error(payload, scope)
    assert not runner


@pytest.mark.parametrize("kind", ["pre", "post", "error"])
def test_a_runner_with_a_hook_of_any_kind_is_true(kind: str) -> None:
    hooks: dict[str, Any] = {kind: [name(append)]}
    assert HookRunner(**hooks, timeout=5, sandbox=Sandbox())


async def test_a_hook_works_on_a_copy_and_keeps_no_hold_on_the_payload(sandbox: Sandbox, scope: HookScope) -> None:
    kept: list[Json] = []

    def keep(payload: Json, ctx: HookContext) -> None:
        payload["lpEvent"]["changed"] = True
        kept.append(payload)

    request: Json = {"lpEvent": scope.event_payload["context"]["lpEvent"]}
    before = copy.deepcopy(request)
    left = await HookRunner([name(keep)], timeout=5, sandbox=sandbox).run_pre(request, scope, ample)
    kept[0]["lpEvent"]["too late"] = True
    assert (request, left) == (before, {"lpEvent": {"metadata": [1], "changed": True}})


async def test_the_event_and_the_payload_never_show_in_each_other(sandbox: Sandbox, scope: HookScope) -> None:
    events: list[Json] = []

    def first(payload: Json, ctx: HookContext) -> None:
        payload["context"]["lpEvent"]["metadata"].append("from the hook")

    def second(payload: Json, ctx: HookContext) -> Json:
        events.append(ctx.event)
        return ctx.event

    def third(payload: Json, ctx: HookContext) -> None:
        events.append(ctx.event)
        payload["context"]["lpEvent"]["metadata"].append("what came from the event can be changed")

    before = copy.deepcopy(scope.event_payload)
    hooks = [name(first), name(second), name(third)]
    left = await HookRunner(hooks, timeout=5, sandbox=sandbox).run_pre(scope.event_payload, scope, ample)
    assert left["context"]["lpEvent"]["metadata"] == [1, "what came from the event can be changed"]
    assert events == [before, before]
    assert events[0] is events[1]


# --- Failures ---------------------------------------------------------------------------------------------------------


def raises(error: BaseException) -> Callable[..., Any]:
    def hook(payload: Json, ctx: HookContext) -> None:
        raise error

    return hook


def raises_async(error: BaseException) -> Callable[..., Any]:
    async def hook(payload: Json, ctx: HookContext) -> None:
        raise error

    return hook


def returns(value: Any) -> Callable[..., Any]:
    return lambda _payload, _ctx: value


def leaves(value: Any) -> Callable[..., Any]:
    return lambda payload, _ctx: payload.update(left=value)


def remembers(value: Any) -> Callable[..., Any]:
    return lambda _payload, ctx: ctx.state.update(left=value)


async def never(payload: Json, ctx: HookContext) -> None:
    await asyncio.Event().wait()


def cyclic() -> Json:
    made: Json = {}
    made["itself"] = made
    return made


UNWRITABLE = "cannot be written as JSON"
FAILURES: dict[str, tuple[Callable[..., Any], str]] = {
    "an exception": (raises(ValueError(SECRET)), "raised ValueError"),
    "an exception, async": (raises_async(ValueError(SECRET)), "raised ValueError"),
    "a failure of ours": (raises(HookFailed(SECRET)), "raised HookFailed"),
    "SystemExit": (raises(SystemExit(SECRET)), "raised SystemExit"),
    "SystemExit, async": (raises_async(SystemExit(SECRET)), "raised SystemExit"),
    "KeyboardInterrupt": (raises(KeyboardInterrupt(SECRET)), "raised KeyboardInterrupt"),
    "KeyboardInterrupt, async": (raises_async(KeyboardInterrupt(SECRET)), "raised KeyboardInterrupt"),
    "its own CancelledError": (raises(asyncio.CancelledError(SECRET)), "raised CancelledError"),
    "its own CancelledError, async": (raises_async(asyncio.CancelledError(SECRET)), "raised CancelledError"),
    "StopIteration": (raises(StopIteration(SECRET)), "raised StopIteration"),
    "a list": (returns([SECRET]), "returned a value of type list, not a dict or None"),
    "a string": (returns(SECRET), "returned a value of type str, not a dict or None"),
    "false": (returns(False), "returned a value of type bool, not a dict or None"),
    "a set within": (returns({"a": {SECRET}}), f"left a payload that {UNWRITABLE}: Type is not JSON serializable: set"),
    "a set left in place": (leaves({SECRET}), f"left a payload that {UNWRITABLE}: Type is not JSON serializable: set"),
    "bytes": (leaves(SECRET.encode()), f"left a payload that {UNWRITABLE}: Type is not JSON serializable: bytes"),
    "a key that is a number": (leaves({1: SECRET}), f"left a payload that {UNWRITABLE}: Dict key must be str"),
    "a number beyond 64 bits": (leaves(2**64), f"left a payload that {UNWRITABLE}: Integer exceeds 64-bit range"),
    "a lone surrogate": (leaves("\ud800"), f"left a payload that {UNWRITABLE}: str is not valid UTF-8: surrogates not allowed"),
    "a circle": (leaves(cyclic()), f"left a payload that {UNWRITABLE}: Recursion limit reached"),
    "a state that is not JSON": (
        remembers({SECRET}),
        f"left a state that {UNWRITABLE}: Type is not JSON serializable: set",
    ),
    "no end": (never, "ran past its timeout of 0.05 s"),
}  # fmt: skip


@pytest.mark.parametrize(("function", "problem"), FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.parametrize("kind", ["pre", "post"])
async def test_a_hook_that_fails_fails_the_turn(
    kind: str, function: Callable[..., Any], problem: str, sandbox: Sandbox, scope: HookScope, captured: LogCapture
) -> None:
    hooks = [name(append, {"tag": 1}), Hook("acme:broken", function), name(append, {"tag": 2})]
    given: Any = {kind: hooks}
    broken = HookRunner(**given, timeout=0.05 if function is never else 5, sandbox=sandbox)
    payload: Json = {"text": SECRET}
    with pytest.raises(HookFailed) as caught:
        await getattr(broken, f"run_{kind}")(payload, scope, ample)
    failure = caught.value
    assert (failure.code, failure.status) == (FAILED_HOOK, 500)
    assert failure.message == f"the {kind} hook acme:broken {problem}"
    assert (payload, scope.state) == ({"text": SECRET}, {})
    logged = [{key: value for key, value in entry.items() if key != "at"} for entry in captured.entries]
    assert logged == [
        {"event": "hook-failed", "kind": kind, "hook": "acme:broken", "problem": problem, "log_level": "warning"}
    ]
    told = "".join(traceback.format_exception(failure)) + repr(captured.entries)
    assert SECRET not in told
    # The bot's next turn is none the worse.
    healthy = HookRunner([name(append, {"tag": 1})], timeout=5, sandbox=sandbox)
    assert await healthy.run_pre({}, scope, ample) == {"seen": [1]}


async def test_the_log_names_the_line_that_raised(sandbox: Sandbox, scope: HookScope, captured: LogCapture) -> None:
    def look_up(payload: Json, ctx: HookContext) -> None:
        payload["none"]["such"] = 1

    with pytest.raises(HookFailed):
        await HookRunner([name(look_up)], timeout=5, sandbox=sandbox).run_pre({}, scope, ample)
    line = look_up.__code__.co_firstlineno + 1
    assert captured.entries[0]["at"] == f"test_runner.py:{line} in look_up"


async def test_a_payload_too_deep_to_copy_is_not_blamed_on_a_hook(sandbox: Sandbox, scope: HookScope) -> None:
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(HookFailed) as caught:
        await HookRunner([name(append)], timeout=5, sandbox=sandbox).run_pre({"deep": deep}, scope, ample)
    assert caught.value.message == (
        "the pre hooks were not called: the payload cannot be written as JSON: Recursion limit reached"
    )


@pytest.mark.parametrize("skip_failed", [False, True], ids=["fail", "skip"])
async def test_only_what_a_hook_changes_may_be_too_deep_to_send(
    skip_failed: bool, sandbox: Sandbox, scope: HookScope
) -> None:
    deep: list[Any] = []
    for _ in range(210):
        deep = [deep]
    payload: Json = {"deep": deep}
    runner = HookRunner([name(returns(None))], timeout=5, sandbox=sandbox)
    assert await runner.run_pre(payload, scope, ample) is payload
    runner = HookRunner([name(append, {"tag": 1})], timeout=5, sandbox=sandbox, skip_failed=skip_failed)
    if skip_failed:
        assert await runner.run_pre(payload, scope, ample) is payload
    else:
        with pytest.raises(HookFailed) as caught:
            await runner.run_pre(payload, scope, ample)
        assert caught.value.message == "the pre hook acme:append left a payload that nested deeper than 200 levels"


# --- Time -------------------------------------------------------------------------------------------------------------


async def test_a_hook_gets_no_more_than_the_turn_has_left(sandbox: Sandbox, scope: HookScope) -> None:
    runner = HookRunner([name(never)], timeout=60, sandbox=sandbox)
    async with asyncio.timeout(10):
        with pytest.raises(HookFailed) as caught:
            await runner.run_pre({}, scope, lambda: 0.05)
    assert caught.value.message == "the pre hook acme:never ran past the 0.05 s that the turn had left"


async def test_each_hook_asks_anew_what_is_left(sandbox: Sandbox, scope: HookScope) -> None:
    left = iter([5.0, 0.0])
    hooks = [name(append, {"tag": 1}), name(replace, {"tag": 2})]
    with pytest.raises(HookFailed) as caught:
        await HookRunner(post=hooks, timeout=60, sandbox=sandbox).run_post({}, scope, lambda: next(left))
    assert caught.value.message == "the post hook acme:replace was not called: the turn's time is over"


async def test_a_plain_hook_that_blocks_does_not_block_the_loop(sandbox: Sandbox, scope: HookScope) -> None:
    release, entered = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def block(payload: Json, ctx: HookContext) -> Json:
        loop.call_soon_threadsafe(entered.set)
        return {"released by the loop": release.wait(10)}

    running = asyncio.ensure_future(
        HookRunner([name(block)], timeout=20, sandbox=sandbox).run_pre({}, scope, lambda: 20)
    )
    await entered.wait()
    release.set()
    assert await running == {"released by the loop": True}


async def test_a_plain_hook_that_hangs_is_left_behind(sandbox: Sandbox, scope: HookScope) -> None:
    release = threading.Event()

    def hang(payload: Json, ctx: HookContext) -> None:
        release.wait(10)
        payload["too late"] = True

    with pytest.raises(HookFailed) as caught:
        await HookRunner([name(hang)], timeout=0.05, sandbox=sandbox).run_pre({}, scope, ample)
    release.set()
    assert caught.value.message == "the pre hook acme:hang ran past its timeout of 0.05 s"


async def test_cancelling_the_turn_passes_through(sandbox: Sandbox, scope: HookScope, captured: LogCapture) -> None:
    entered = asyncio.Event()

    async def wait(payload: Json, ctx: HookContext) -> None:
        entered.set()
        await asyncio.Event().wait()

    running = asyncio.ensure_future(HookRunner([name(wait)], timeout=60, sandbox=sandbox).run_pre({}, scope, ample))
    await entered.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert captured.entries == []


# --- State and turns side by side -------------------------------------------------------------------------------------


async def test_state_is_shared_by_the_hooks_and_lasts_from_turn_to_turn(sandbox: Sandbox, scope: HookScope) -> None:
    def count(payload: Json, ctx: HookContext) -> None:
        ctx.state["count"] = payload["count"] = ctx.state.get("count", 0) + 1

    runner = HookRunner([name(count)], [name(count)], timeout=5, sandbox=sandbox)
    kept = scope.state
    assert await runner.run_pre({}, scope, ample) == {"count": 1}
    assert await runner.run_post({}, scope, ample) == {"count": 2}
    assert await runner.run_pre({}, scope, ample) == {"count": 3}
    assert kept == {"count": 3}


async def test_a_state_that_cannot_be_saved_goes_back_to_what_it_was(sandbox: Sandbox, scope: HookScope) -> None:
    def spoil(payload: Json, ctx: HookContext) -> None:
        ctx.state["bad"] = {1, 2}
        raise ValueError

    scope.state.update(good=[1])
    for hook in (name(spoil), name(remembers({1}))):
        with pytest.raises(HookFailed):
            await HookRunner([hook], timeout=5, sandbox=sandbox).run_pre({}, scope, ample)
        assert scope.state == {"good": [1]}


async def test_turns_side_by_side_do_not_mix(sandbox: Sandbox, captured: LogCapture, scope: HookScope) -> None:
    meet = threading.Barrier(8, timeout=10)

    def all_at_once(payload: Json, ctx: HookContext) -> None:
        ctx.state["mine"] = payload["number"]
        meet.wait()
        payload["of the state"], payload["of the event"] = ctx.state["mine"], ctx.event["number"]

    def make_scope(number: int) -> HookScope:
        return HookScope(
            account="1",
            bot="b",
            vendor="function",
            channel=scope.channel,
            conversation_id=f"c-{number}",
            event_payload={"number": number},
            state={},
            log=scope.log,
        )

    runner = HookRunner([name(all_at_once)], timeout=20, sandbox=sandbox)
    turns = (runner.run_pre({"number": number}, make_scope(number), lambda: 20) for number in range(8))
    assert await asyncio.gather(*turns) == [
        {"number": number, "of the state": number, "of the event": number} for number in range(8)
    ]


# --- Error hooks ------------------------------------------------------------------------------------------------------


async def test_every_error_hook_is_told_and_none_of_them_changes_anything(
    sandbox: Sandbox, scope: HookScope, captured: LogCapture
) -> None:
    told: list[Json] = []

    def spoil(payload: Json, ctx: HookContext) -> list[int]:
        told.append(copy.deepcopy(payload))
        payload.clear()
        return [1]

    async def note(payload: Json, ctx: HookContext) -> None:
        told.append(payload)

    hooks = [
        name(spoil),
        name(raises(SystemExit(SECRET))),
        name(never),
        name(remembers({1})),
        Hook("acme:note", note),
    ]
    report: Json = {"error": {"errorId": "1", "name": FAILED_HOOK}, "vendor": "Lex", "convId": "c-1"}
    before = copy.deepcopy(report)
    await HookRunner(error=hooks, timeout=0.05, sandbox=sandbox).run_error(report, scope, ample)
    assert (told, report, scope.state) == ([before, before], before, {})
    assert [(entry["kind"], entry["hook"], entry["problem"]) for entry in captured.entries] == [
        ("error", "acme:hook", "raised SystemExit"),
        ("error", "acme:never", "ran past its timeout of 0.05 s"),
        ("error", "acme:<lambda>", f"left a state that {UNWRITABLE}: Type is not JSON serializable: set"),
    ]


async def test_error_hooks_run_without_a_deadline_and_not_past_one(
    sandbox: Sandbox, scope: HookScope, captured: LogCapture
) -> None:
    told: list[Json] = []
    runner = HookRunner(error=[name(lambda payload, _ctx: told.append(payload))], timeout=5, sandbox=sandbox)
    await runner.run_error({"convId": "1"}, scope)
    await runner.run_error({"convId": "2"}, scope, lambda: 0)
    assert told == [{"convId": "1"}]
    assert [entry["problem"] for entry in captured.entries] == ["was not called: the turn's time is over"]


async def test_a_report_that_is_not_json_is_logged(sandbox: Sandbox, scope: HookScope, captured: LogCapture) -> None:
    runner = HookRunner(error=[name(append)], timeout=5, sandbox=sandbox)
    await runner.run_error({"lex": {1, 2}}, scope)
    assert captured.entries == [
        {
            "event": "hooks-not-called",
            "kind": "error",
            "problem": f"{UNWRITABLE}: Type is not JSON serializable: set",
            "log_level": "warning",
        }
    ]


# --- Hooks that hang, and hooks that are passed over -------------------------------------------------------------------


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_hook_that_hangs_time_and_again_is_not_called_for_a_while(scope: HookScope) -> None:
    calls: list[int] = []
    well = threading.Event()

    def hang(_payload: Json, _ctx: HookContext) -> None:
        calls.append(len(calls))
        well.wait(10)

    sandbox, clock = Sandbox(), Clock()
    runner = HookRunner([name(hang)], timeout=0.02, sandbox=sandbox, now=clock)

    async def fails_with() -> str:
        with pytest.raises(HookFailed) as failed:
            await runner.run_pre({}, scope, ample)
        return failed.value.message

    told = [await fails_with() for _ in range(7)]
    assert told[:5] == ["the pre hook acme:hang ran past its timeout of 0.02 s"] * 5
    assert told[5:] == ["the pre hook acme:hang was not called: it has run past its timeout 5 times in a row"] * 2
    assert len(calls) == 5
    clock.now = 30
    assert "ran past" in await fails_with()
    assert "was not called" in await fails_with()
    clock.now = 60
    well.set()
    assert await runner.run_pre({"a": 1}, scope, ample) == {"a": 1}
    assert await runner.run_pre({"a": 1}, scope, ample) == {"a": 1}
    await sandbox.close()


@pytest.mark.parametrize("kind", ["run_pre", "run_post"])
async def test_a_failed_hook_can_be_passed_over_and_leaves_nothing(
    kind: str, sandbox: Sandbox, scope: HookScope
) -> None:
    def spoil(payload: Json, ctx: HookContext) -> Json:
        payload["spoilt"] = True
        ctx.state["spoilt"] = True
        raise ValueError(SECRET)

    hooks = [name(append, {"tag": 1}), name(spoil), name(append, {"tag": 2})]
    given: Any = {kind.removeprefix("run_"): hooks}
    runner = HookRunner(**given, timeout=2, sandbox=sandbox, skip_failed=True)
    assert await getattr(runner, kind)({"a": 1}, scope, ample) == {"a": 1, "seen": [1, 2]}
