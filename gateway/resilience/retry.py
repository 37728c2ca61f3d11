"""Try a vendor again where that is safe, inside the turn's deadline. The one module that knows tenacity.

Deciding is the failure's: its kind and its vendor's table say how often (docs/contract/errors.md). A bot's turn is not
idempotent, so nothing is repeated that the vendor may have taken, unless that vendor's own table says so.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from gateway.contract.errors import VendorFailure
from gateway.contract.ports import Clock
from gateway.resilience.deadline import Deadline

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """A bot's `retry` section: how many attempts in all, and the back-off's first and longest wait in seconds."""

    attempts: int = 3
    initial: float = 0.2
    maximum: float = 2.0


async def call_again(
    failure: VendorFailure,
    attempt: Callable[[float], Awaitable[T]],
    *,
    policy: RetryPolicy,
    attempt_timeout: float,
    deadline: Deadline,
    clock: Clock,
) -> T:
    """Call `attempt(seconds it may take)` after a first that failed, until it succeeds, a failure forbids more, or time is short.

    Waits are exponential with full jitter; a `Retry-After` is waited out instead, and when it does not fit into what is left
    of the deadline the failure is raised at once. Raise the last VendorFailure as it came; anything else passes through.
    """
    # Most turns end with their first attempt, which needs no retry loop: it is made for a failure, which it sees first.
    first = [failure]

    async def replay_first() -> T:
        if first:
            raise first.pop()
        return await attempt(min(attempt_timeout, deadline.left()))

    backoff = wait_random_exponential(multiplier=policy.initial, max=policy.maximum)

    def may_retry(state: RetryCallState) -> bool:
        failure = _get_failure(state)
        return failure is not None and (failure.retries is None or state.attempt_number <= failure.retries)

    def wait(state: RetryCallState) -> float:
        failure = _get_failure(state)
        return backoff(state) if failure is None or failure.retry_after is None else failure.retry_after

    def stop(state: RetryCallState) -> bool:
        return state.attempt_number >= policy.attempts or state.upcoming_sleep >= deadline.left()

    # Made per call: a shared one would keep one statistics object for all concurrent turns.
    retrying = AsyncRetrying(retry=may_retry, wait=wait, stop=stop, sleep=clock.sleep, reraise=True)
    return await retrying(replay_first)


def _get_failure(state: RetryCallState) -> VendorFailure | None:
    """Give what an attempt failed with; None for what is never tried again."""
    failure = None if state.outcome is None else state.outcome.exception()
    return failure if isinstance(failure, VendorFailure) else None
