"""Turns with a vendor that does what no real one is supposed to do."""

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway.bot import Bot, Escalation
from gateway.clock import SystemClock
from gateway.contract.callables import Sandbox
from gateway.contract.draft import ReplyDraft
from gateway.contract.errors import FailureKind, InvalidRequest, UnforeseenFault, VendorFailure
from gateway.contract.event import parse_event
from gateway.contract.reply import ReplyRules, render
from gateway.contract.types import AccountId, BotName, Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from gateway.contract.wire import dumps
from gateway.pipeline import Pipeline
from gateway.resilience.limiter import Limiter, LimitPolicy
from gateway.resilience.retry import RetryPolicy
from gateway.sessions.backends import StoreSettings, make_sessions
from gateway.status import BotStatus
from gateway.telemetry.metrics import Metrics
from hooks.loader import Hook
from hooks.runner import HookRunner

if TYPE_CHECKING:
    from gateway.turn import Turn

NOT_CATCHED = "com.liveperson.bot-connectors-worker.error.events-queue.not-catched-pipeline-error"


class OddVendor:
    """Answers, or raises at the step it is told to."""

    keys = HookKeys("Odd", "oddRequest", "odd")
    test_code: str | None = None
    send_code = "com.liveperson.bot-connectors-worker.error.aivendor.lex.send-query"

    def __init__(self, **raises: BaseException) -> None:
        self.raises = raises
        self.fails: list[FailureKind] = []
        """What the next attempts fail with."""
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    def build_request(self, event: Event, session: VendorSession) -> Json:
        self._step("build_request")
        return {"text": event.text}

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:
        session["turns"] = session.get("turns", 0) + 1
        self.asked.set()
        await self.go_on.wait()
        if self.fails:
            raise VendorFailure(self.fails.pop(), self.send_code, "as it was told")
        self._step("ask")
        return {"said": f"{request['text']} {session['turns']}"}

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        self._step("read_reply")
        draft = ReplyDraft()
        draft.add_text(answer["said"], "said")
        return draft.finish()

    def _step(self, name: str) -> None:
        if name in self.raises:
            raise self.raises[name]


class Bench:
    """A pipeline with one bot at an odd vendor."""

    def __init__(
        self, vendor: OddVendor, *, hooks: list[Hook] | None = None, escalation: Escalation | None = None
    ) -> None:
        clock = SystemClock()
        self.turns: list[Turn] = []
        self.pipeline = Pipeline(
            sessions=make_sessions(StoreSettings(), clock),
            clock=clock,
            observers=[self.turns.append],
        )
        self.bot = Bot(
            account=AccountId("1"),
            name=BotName("odd"),
            vendor_name="odd",
            vendor=vendor,
            hooks=HookRunner(error=hooks or [], timeout=2, sandbox=Sandbox()),
            retry=RetryPolicy(initial=0.001),
            attempt_timeout=5,
            total_timeout=10,
            limiter=Limiter(LimitPolicy(), clock),
            breaker=None,
            escalation=escalation,
            rules=ReplyRules(),
            reading=ReadingContext(),
            metrics=Metrics().for_bot("1", "odd", "odd"),
            status=BotStatus(clock),
        )

    async def say(self, text: str) -> Any:
        event = parse_event({"convId": "c", "message": text})
        return orjson.loads((await self.pipeline.answer(self.bot, event, lambda reply: dumps(render(reply)))).body)


async def test_a_turn_is_observed_with_all_that_is_known_of_it() -> None:
    bench = Bench(OddVendor())
    assert await bench.say("hi") == {"messages": ["hi 1"], "context": {}}
    (turn,) = bench.turns
    assert (turn.outcome, turn.attempts, turn.request, turn.answer) == ("answered", 1, {"text": "hi"}, {"said": "hi 1"})
    assert (turn.built, turn.given) == (turn.request, turn.answer)
    assert set(turn.steps) == {"queue", "vendor", "read", "total"}
    assert [(span.step, span.failure) for span in turn.spans] == [("queue", None), ("attempt", None), ("read", None)]
    assert turn.error is None


async def test_every_attempt_is_a_span_with_what_became_of_it_and_the_wait_before_the_next() -> None:
    vendor = OddVendor()
    vendor.fails = [FailureKind.NOT_SENT, FailureKind.NOT_SENT]
    bench = Bench(vendor)
    await bench.say("hi")
    (turn,) = bench.turns
    not_sent = FailureKind.NOT_SENT.label
    assert [(span.step, span.failure) for span in turn.spans] == [
        ("queue", None),
        ("attempt", not_sent),
        ("wait", None),
        ("attempt", not_sent),
        ("wait", None),
        ("attempt", None),
        ("read", None),
    ]
    for span, following in pairwise(turn.spans):
        assert span.began + span.seconds <= following.began + 1e-9
    assert turn.spans[-1].began + turn.spans[-1].seconds <= turn.steps["total"]


async def test_one_turn_can_have_an_observer_of_its_own() -> None:
    bench = Bench(OddVendor())
    seen: list[Turn] = []
    event = parse_event({"convId": "c", "message": "hi"})
    await bench.pipeline.answer(bench.bot, event, lambda reply: dumps(render(reply)), observer=seen.append)
    await bench.say("hi")
    assert seen == bench.turns[:1]


@pytest.mark.parametrize("step", ["build_request", "ask", "read_reply"])
async def test_an_unforeseen_fault_has_its_code_and_tells_nobody_what_it_stumbled_over(step: str) -> None:
    told: list[Any] = []
    hook = Hook("tests:note", lambda payload, _ctx: told.append(payload))
    bench = Bench(OddVendor(**{step: KeyError("what the consumer said")}), hooks=[hook])
    with pytest.raises(UnforeseenFault) as raised:
        await bench.say("hi")
    assert (raised.value.code, raised.value.status, raised.value.vendor) == (NOT_CATCHED, 500, "odd")
    assert "consumer" not in raised.value.message
    assert told[0]["error"] == {"errorId": raised.value.error_id, "name": NOT_CATCHED}
    (turn,) = bench.turns
    assert turn.outcome == "failed"
    assert isinstance(turn.fault, KeyError)


async def test_an_unforeseen_fault_hands_over_where_the_bot_says_so() -> None:
    bench = Bench(OddVendor(read_reply=RuntimeError()), escalation=Escalation("human_skill", "One moment."))
    assert await bench.say("hi") == {
        "messages": ["One moment."],
        "context": {"action": "TRANSFER", "actionParameters": {"skill": "human_skill"}},
    }


async def test_a_request_that_no_hook_has_touched_is_no_hook_s_fault() -> None:
    with pytest.raises(UnforeseenFault):
        await Bench(OddVendor(ask=InvalidRequest("text", "is odd"))).say("hi")


async def test_what_the_vendor_keeps_is_saved_after_a_failed_turn_too() -> None:
    vendor = OddVendor(read_reply=RuntimeError())
    bench = Bench(vendor)
    with pytest.raises(UnforeseenFault):
        await bench.say("one")
    vendor.raises.clear()
    assert await bench.say("two") == {"messages": ["two 2"], "context": {}}


async def test_a_turn_that_is_cancelled_ends_as_such_and_frees_its_conversation() -> None:
    vendor = OddVendor()
    vendor.go_on.clear()
    bench = Bench(vendor)
    turn = asyncio.ensure_future(bench.say("one"))
    await vendor.asked.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert bench.turns[0].outcome == "cancelled"
    vendor.go_on.set()
    async with asyncio.timeout(5):
        assert (await bench.say("two"))["messages"][0].startswith("two")
