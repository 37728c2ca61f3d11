from gateway.resilience.deadline import Deadline
from tests.fakes import FakeClock


def test_left_counts_down_and_stops_at_zero() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 5)
    assert deadline.left() == 5
    clock.advance(3)
    assert deadline.left() == 2
    clock.advance(3)
    assert deadline.left() == 0
    assert deadline.total == 5
