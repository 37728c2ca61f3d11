"""What the pipeline needs from others, as protocols: a vendor, a store, the order of turns, hooks, a clock."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession


class Clock(Protocol):
    """Time, injected so that no test waits for it."""

    def monotonic(self) -> float:
        """Give seconds that only go forward."""

    def time(self) -> float:
        """Give seconds since 1970."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Vendor(Protocol):
    """One bot at one vendor. `build_request` and `read_reply` are pure; `ask` is the only I/O of a turn."""

    keys: HookKeys
    """The vendor's names in hook payloads."""
    send_code: str
    """The code of a turn that got no answer (circuit open, deadline)."""

    async def open(self) -> None:
        """Prepare what needs I/O (credentials, service models), at start-up; network failures are left to `ask`."""

    async def close(self) -> None:
        """Let go of what `open` made."""

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the vendor's own request, in the shape of docs/contract/hooks.md, for the pre hooks and `ask`."""

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Make one attempt of at most `timeout` seconds and give back the native answer. May change `session`.

        Raise VendorFailure when there is no usable answer, InvalidRequest when the request cannot be sent at all.
        """

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Translate the native answer. Raise VendorFailure (UNUSABLE or REPORTED) with the vendor's parser code."""


class Store(Protocol):
    """Keeps bytes under a key for a time: what must outlive one event."""

    async def get(self, key: str) -> bytes | None:
        """Give the value, or None when there is none or its time is over."""

    async def set(self, key: str, value: bytes, *, ttl: float) -> None:
        """Keep a value for `ttl` seconds."""

    async def delete(self, key: str) -> None:
        """Forget a value; nothing happens when there is none."""

    async def close(self) -> None:
        """Let go of connections."""


class Order(Protocol):
    """Lets the events of one conversation through one after the other, in order of arrival."""

    def turn(self, key: str) -> AbstractAsyncContextManager[None]:
        """Wait for this conversation's turn and hold it."""
