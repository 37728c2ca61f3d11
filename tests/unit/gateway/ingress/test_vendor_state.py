import asyncio
from dataclasses import replace

import pytest

from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.types import Event, Json, VendorSession
from gateway.ingress.vendor_state import VendorStates
from gateway.resilience.breaker import Breaker, BreakerPolicy
from gateway.status import BotStatus
from tests.fakes import FakeClock
from tests.unit.gateway.test_openings import make_bot
from tests.unit.gateway.test_pipeline import OddVendor


class CountingVendor(OddVendor):
    """Keeps what it is asked."""

    def __init__(self, **raises: BaseException) -> None:
        super().__init__(**raises)
        self.events: list[Event] = []
        self.sessions: list[VendorSession] = []

    def build_request(self, event: Event, session: VendorSession) -> Json:
        self.events.append(event)
        self.sessions.append(dict(session))
        return super().build_request(event, session)


def fail(kind: FailureKind) -> VendorFailure:
    return VendorFailure(kind, OddVendor.send_code, "It failed.")


@pytest.mark.parametrize(
    ("raises", "state"),
    [
        ({}, "online"),
        ({"ask": fail(FailureKind.NOT_SENT)}, "offline"),
        ({"ask": fail(FailureKind.TIMED_OUT)}, "offline"),
        ({"ask": fail(FailureKind.CUT)}, "offline"),
        ({"ask": fail(FailureKind.DENIED)}, "error"),
        ({"ask": fail(FailureKind.SERVER_FAULT)}, "error"),
        ({"ask": fail(FailureKind.THROTTLED)}, "error"),
        ({"ask": InvalidRequest("$", "bad")}, "error"),
        ({"read_reply": fail(FailureKind.UNUSABLE)}, "error"),
        ({"read_reply": fail(FailureKind.REPORTED)}, "error"),
    ],
)
async def test_a_check_tells_the_state(raises: dict[str, BaseException], state: str) -> None:
    vendor = CountingVendor(**raises)
    states = VendorStates(FakeClock())
    bot = replace(make_bot(), vendor=vendor)
    assert [await states.look(bot), await states.look(bot)] == [state, state]
    (event,) = vendor.events
    assert event.text == "botbridge connection test"


async def test_a_vendor_that_says_nothing_is_offline() -> None:
    vendor = CountingVendor()
    vendor.go_on.clear()
    bot = replace(make_bot(), vendor=vendor, attempt_timeout=0.02)
    assert await VendorStates(FakeClock()).look(bot) == "offline"


async def test_a_check_is_good_for_a_few_seconds_and_keeps_to_one_session() -> None:
    clock, vendor = FakeClock(), CountingVendor()
    states, bot = VendorStates(clock), replace(make_bot(), vendor=vendor)
    for _ in range(3):
        assert await states.look(bot) == "online"
        clock.advance(4.9)
        assert await states.look(bot) == "online"
        clock.advance(0.1)
    assert vendor.sessions == [{}, {"turns": 1}, {"turns": 2}]
    vendor.raises["ask"] = fail(FailureKind.CUT)
    assert await states.look(bot) == "offline"
    del vendor.raises["ask"]
    clock.advance(5)
    assert await states.look(bot) == "online"
    assert vendor.sessions[-1] == {}, "a session that has failed is left"


async def test_those_who_come_together_get_one_check_though_the_first_gives_up() -> None:
    vendor = CountingVendor()
    vendor.go_on.clear()
    states, bot = VendorStates(FakeClock()), replace(make_bot(), vendor=vendor)
    looks = [asyncio.ensure_future(states.look(bot)) for _ in range(4)]
    await vendor.asked.wait()
    looks[0].cancel()
    await asyncio.wait({looks[0]})
    vendor.go_on.set()
    assert await asyncio.gather(*looks[1:]) == ["online"] * 3
    assert len(vendor.events) == 2


async def test_environments_are_checked_each_for_itself() -> None:
    states = VendorStates(FakeClock())
    good = replace(make_bot("production"), vendor=CountingVendor())
    bad = replace(make_bot("draft"), vendor=CountingVendor(ask=fail(FailureKind.DENIED)))
    assert [await states.look(good), await states.look(bad)] == ["online", "error"]


@pytest.mark.parametrize(("ago", "asked"), [(0, 0), (4.9, 0), (5, 1)])
async def test_a_turn_that_was_answered_just_now_spares_the_check(ago: float, asked: int) -> None:
    clock, vendor = FakeClock(), CountingVendor()
    status = BotStatus(clock)
    status.note("answered", reply=None, error=None, is_new=True, is_open=False)
    clock.advance(ago)
    bot = replace(make_bot(), vendor=vendor, status=status)
    assert await VendorStates(clock).look(bot) == "online"
    assert len(vendor.events) == asked


async def test_a_turn_that_failed_since_makes_it_ask() -> None:
    clock, vendor = FakeClock(), CountingVendor(ask=fail(FailureKind.CUT))
    status = BotStatus(clock)
    status.note("answered", reply=None, error=None, is_new=True, is_open=False)
    status.note("failed", reply=None, error=fail(FailureKind.CUT), is_new=False, is_open=False)
    bot = replace(make_bot(), vendor=vendor, status=status)
    assert await VendorStates(clock).look(bot) == "offline"


async def test_an_open_circuit_is_an_error_and_nobody_asks() -> None:
    clock, vendor = FakeClock(), CountingVendor()
    breaker = Breaker(BreakerPolicy(1, 30, 15), clock)
    breaker.report_failure()
    bot = replace(make_bot(), vendor=vendor, breaker=breaker)
    states = VendorStates(clock)
    assert await states.look(bot) == "error"
    assert vendor.events == []
    clock.advance(15)
    assert await states.look(bot) == "online"
