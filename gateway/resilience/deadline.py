"""One deadline per turn, made at ingress: every wait asks it what is left."""

from gateway.contract.ports import Clock


class Deadline:
    """A moment by which the turn must have ended. All times are seconds."""

    def __init__(self, clock: Clock, total: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + total
        self.total = total

    def left(self) -> float:
        """Give the seconds left, never below 0."""
        return max(0.0, self._end - self._clock.monotonic())
