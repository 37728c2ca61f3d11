"""Send a request with a token, and once more with a new one when Google refuses the first: REST and gRPC do it alike."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.ports import Clock
from gateway.contract.types import Json
from vendors.dialogflow.credentials import GoogleCredentials

UNAUTHENTICATED: Final = 401

Attempt: TypeAlias = Callable[[dict[str, str], float], Awaitable[Json]]
"""Sends a request with these headers within these seconds, and gives back the answer."""


async def send_signed(
    attempt: Attempt,
    credentials: GoogleCredentials | None,
    clock: Clock,
    *,
    timeout: float,  # noqa: ASYNC109 - one attempt's limit
    code: str,
) -> Json:
    """Send within `timeout` seconds, signing in included. Raise VendorFailure.

    A token that is refused is renewed, and the request sent again, once: it was refused unread.
    """
    if credentials is None:
        return await attempt({}, timeout)
    end = clock.monotonic() + timeout
    token, left = credentials.at_hand, timeout
    if token is None:
        token = await credentials.token(timeout=timeout)
        left = _left(end, clock, code)
    try:
        return await attempt(token.headers, left)
    except VendorFailure as failure:
        if failure.vendor_status != UNAUTHENTICATED:
            raise
    credentials.forget(token)
    token = await credentials.token(timeout=end - clock.monotonic())
    return await attempt(token.headers, _left(end, clock, code))


def _left(end: float, clock: Clock, code: str) -> float:
    left = end - clock.monotonic()
    if left <= 0:
        raise VendorFailure(FailureKind.NOT_SENT, code, "signing in to Google took all the time there was")
    return left
