from contextlib import ExitStack

from gateway.figures.lives import Live
from gateway.figures.looking import look_at
from gateway.resilience.breaker import Breaker, BreakerPolicy, CircuitState
from tests.unit.gateway.figures.conftest import BOT, OTHER, Bots, StillClock


def test_bots_that_do_nothing_are_left_out(clock: StillClock, bots: Bots) -> None:
    made = [bots.make(BOT, breaker=Breaker(BreakerPolicy(), clock)), bots.make(OTHER)]
    assert look_at(made) == {}
    assert look_at([]) == {}


def test_a_bots_environments_are_shown_together(clock: StillClock, bots: Bots) -> None:
    policy = BreakerPolicy(failures=1, open_for=15)
    bot = bots.make(BOT, breaker=Breaker(policy, clock))
    draft = bots.make(BOT, "draft", breaker=Breaker(policy, clock))
    production = bots.make(BOT, "production")
    other = bots.make(OTHER)
    assert draft.breaker is not None
    draft.breaker.report_failure()
    with ExitStack() as held:
        for limiter in (bot.limiter, bot.limiter, other.limiter):
            held.enter_context(limiter.admit())
        assert look_at([bot, draft, production, other]) == {BOT: Live(2, CircuitState.OPEN), OTHER: Live(1)}
    clock.advance(15)
    assert look_at([bot, draft, production, other]) == {BOT: Live(0, CircuitState.HALF_OPEN)}
