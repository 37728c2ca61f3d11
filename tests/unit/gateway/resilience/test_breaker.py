from gateway.resilience.breaker import Breaker, BreakerPolicy, CircuitState
from tests.fakes import FakeClock


def make() -> tuple[Breaker, FakeClock]:
    clock = FakeClock()
    return Breaker(BreakerPolicy(failures=3, window=30, open_for=15), clock), clock


def state_of(breaker: Breaker) -> CircuitState:
    """Read the state anew: a type checker takes an attribute for what it was a line before."""
    return breaker.state


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.admit() is None
        breaker.report_failure()


def test_consecutive_failures_open_it() -> None:
    breaker, clock = make()
    fail(breaker, 2)
    assert state_of(breaker) is CircuitState.CLOSED
    fail(breaker, 1)
    assert state_of(breaker) is CircuitState.OPEN
    assert breaker.admit() == 15
    clock.advance(5)
    assert breaker.admit() == 10


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker, _ = make()
    fail(breaker, 2)
    breaker.report_success()
    fail(breaker, 2)
    assert state_of(breaker) is CircuitState.CLOSED


def test_failures_outside_the_window_do_not_count() -> None:
    breaker, clock = make()
    fail(breaker, 2)
    clock.advance(31)
    fail(breaker, 2)
    assert state_of(breaker) is CircuitState.CLOSED


def test_what_says_nothing_changes_nothing() -> None:
    breaker, _ = make()
    fail(breaker, 2)
    breaker.report_nothing()
    fail(breaker, 1)
    assert state_of(breaker) is CircuitState.OPEN


def test_one_probe_goes_through_and_its_success_closes() -> None:
    breaker, clock = make()
    fail(breaker, 3)
    clock.advance(15)
    assert state_of(breaker) is CircuitState.HALF_OPEN
    assert breaker.admit() is None
    assert breaker.admit() == 1.0
    breaker.report_success()
    assert state_of(breaker) is CircuitState.CLOSED
    assert breaker.admit() is None


def test_a_failed_probe_opens_it_for_another_while() -> None:
    breaker, clock = make()
    fail(breaker, 3)
    clock.advance(15)
    fail(breaker, 1)
    assert state_of(breaker) is CircuitState.OPEN
    assert breaker.admit() == 15


def test_a_probe_that_says_nothing_frees_its_place() -> None:
    breaker, clock = make()
    fail(breaker, 3)
    clock.advance(15)
    assert breaker.admit() is None
    breaker.report_nothing()
    assert breaker.admit() is None


def test_a_turn_that_ends_after_it_opened_does_not_prolong_it() -> None:
    breaker, clock = make()
    fail(breaker, 3)
    clock.advance(10)
    breaker.report_failure()
    assert breaker.admit() == 5
