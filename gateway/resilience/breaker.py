"""A circuit per bot: consecutive failures open it, one probe closes it again (docs: account files, `breaker`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.ports import Clock


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """A bot's `breaker` section: consecutive failures within `window` seconds open the circuit for `open_for` seconds."""

    failures: int = 5
    window: float = 30.0
    open_for: float = 15.0


class CircuitState(StrEnum):
    """What the circuit does with the next turn."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Counts a bot's turns. Every `admit` that lets one through is followed by exactly one of the three reports."""

    def __init__(self, policy: BreakerPolicy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._failures: list[float] = []
        self._opened_at: float | None = None
        self._probing = False

    @property
    def state(self) -> CircuitState:
        """Tell what the circuit does now."""
        if self._opened_at is None:
            return CircuitState.CLOSED
        return CircuitState.HALF_OPEN if self._open_left() <= 0 else CircuitState.OPEN

    @property
    def is_open(self) -> bool:
        """Whether the next turn is refused."""
        return self.state is CircuitState.OPEN

    @contextmanager
    def guard(self, code: str) -> Iterator[None]:
        """Let one turn through and count how it ends. Raise VendorFailure, with this code, while the circuit is open."""
        wait = self.admit()
        if wait is not None:
            raise VendorFailure(FailureKind.CIRCUIT_OPEN, code, "The vendor's circuit is open.", retry_after=wait)
        report = self.report_nothing
        try:
            yield
            report = self.report_success
        except VendorFailure as failure:
            if failure.kind.counts:
                report = self.report_failure
            raise
        finally:
            report()

    def admit(self) -> float | None:
        """Let a turn through (None), or say in how many seconds it makes sense to ask again."""
        if self._opened_at is None:
            return None
        left = self._open_left()
        if left > 0:
            return left
        if self._probing:
            return 1.0
        self._probing = True
        return None

    def report_success(self) -> None:
        """Close the circuit: the vendor is well."""
        self._failures.clear()
        self._opened_at = None
        self._probing = False

    def report_failure(self) -> None:
        """Count a failure that speaks of the vendor's health."""
        now = self._clock.monotonic()
        if self._opened_at is not None:
            # A probe that failed opens for another while; a turn that was under way when it opened changes nothing.
            if self._probing:
                self._opened_at, self._probing = now, False
            return
        self._failures = [moment for moment in self._failures if now - moment < self._policy.window]
        self._failures.append(now)
        if len(self._failures) >= self._policy.failures:
            self._opened_at = now
            self._failures.clear()

    def report_nothing(self) -> None:
        """End a turn that says nothing of the vendor's health; a probe's place is free again."""
        self._probing = False

    def _open_left(self) -> float:
        assert self._opened_at is not None  # noqa: S101 - both callers have looked
        return self._opened_at + self._policy.open_for - self._clock.monotonic()
