"""What the emulated vendors were given: which events had a good answer, and how often; and faults that are drawn by chance.

Every vendor's request carries LivePerson's raw event (docs/contract/vendors), so one look finds the event in any of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from emulators.call import Recorded
from emulators.emulator import Emulator
from emulators.faults import Fault, Faults, Heard, Stage
from gateway.contract.wire import WireError, loads

PLACES: Final = (
    ("context", "lpEvent"),  # a function, Watson V1
    ("queryParams", "payload", "lpEvent"),  # Dialogflow ES and CX
    ("context", "skills", "main skill", "user_defined", "lpEvent"),  # Watson V2
)
"""Where the raw event stands in a request's body. Lex has it as a string: LEX."""
LEX: Final = ("requestAttributes", "BC-LP-CONTEXT")

Key = tuple[str, int]
"""Conversation and sequence."""


@dataclass(slots=True)
class Ledger:
    """The account of all vendors together."""

    taken: dict[str, int] = field(default_factory=dict)
    """Conversation -> which of its events had a good answer: bit n for sequence n."""
    doubled: Counter[Key] = field(default_factory=Counter)
    """Event -> good answers after the first."""
    faults: Counter[str] = field(default_factory=Counter)
    """Kind of fault -> how often it was played."""
    unknown: int = 0
    """Messages without an event that could be told, as connection tests are."""

    def take(self, recorded: Recorded) -> None:
        """Note a message that gets a good answer."""
        key = find_event(recorded.body)
        if key is None:
            self.unknown += 1
            return
        conversation, sequence = key
        before = self.taken.get(conversation, 0)
        if before >> sequence & 1:
            self.doubled[key] += 1
        self.taken[conversation] = before | 1 << sequence

    def plain(self) -> dict[str, Any]:
        """Give all of it as plain values."""
        doubled = [[conversation, sequence, times] for (conversation, sequence), times in self.doubled.items()]
        return {"taken": self.taken, "doubled": doubled, "faults": dict(self.faults), "unknown": self.unknown}


_LATE: Final = ContextVar["Recorded | None"]("late")
"""The request whose answer this handler is holding back."""


class Received(list[Recorded]):
    """An emulator's record that keeps the last request alone, so that an hour of load fits into memory."""

    def append(self, recorded: Recorded, /) -> None:
        """Keep it in place of the one before."""
        self[:] = [recorded]


class DrawnFaults(Faults):
    """Draws for every message whether a fault is played, and which; what is spared is answered after the vendor's delay.

    An emulator records a request and asks for its fault in one breath, on one event loop: it asks for the last one recorded. An
    answer that comes late counts once it is on its way: when the gateway has hung up by then, its handler is no more, and a
    repeat may be given to the vendor again.
    """

    def __init__(
        self, received: Received, ledger: Ledger, random: Random, *, delay: float, share: float, kinds: Sequence[Fault]
    ) -> None:
        """Strike `share` of the messages with one of `kinds`; `delay` is seconds."""
        super().__init__()
        self._received = received
        self._ledger = ledger
        self._random = random
        self._delay = Fault(kind="delay", delay=delay) if delay else None
        self._share = share
        self._kinds = kinds

    def take(self, stage: Stage, heard: Heard) -> Fault | None:
        """Decide what becomes of the message that was recorded last."""
        programmed = super().take(stage, heard)
        if stage != "message" or programmed is not None:
            return programmed
        drawn = self._random.choice(self._kinds) if self._kinds and self._random.random() < self._share else None
        if drawn is not None:
            self._ledger.faults[drawn.kind] += 1
        fault = drawn or self._delay
        is_late = fault is not None and fault.kind == "delay"
        _LATE.set(self._received[-1] if is_late else None)
        if fault is None:
            self._ledger.take(self._received[-1])
        return fault

    def deliver(self) -> None:
        """Note that the late answer of this request's handler is on its way."""
        recorded = _LATE.get(None)
        if recorded is not None:
            _LATE.set(None)
            self._ledger.take(recorded)


def watch(
    emulator: Emulator, ledger: Ledger, random: Random, *, delay: float, share: float, kinds: Sequence[Fault]
) -> None:
    """Have an emulator keep the ledger and draw its faults. Call it before the first request."""
    received = Received()
    drawn = DrawnFaults(received, ledger, random, delay=delay, share=share, kinds=kinds)
    wait = emulator.sleep

    async def sleep(seconds: float) -> None:
        await wait(seconds)
        drawn.deliver()

    emulator.requests, emulator.faults, emulator.sleep = received, drawn, sleep


def find_event(body: Any) -> Key | None:
    """Find conversation and sequence in a vendor's request; None where there are none."""
    for lp_event in _find_lp_events(body):
        conversation = lp_event.get("dialogId") or lp_event.get("chatSessionKey")
        sequence = lp_event.get("sequence")
        if isinstance(conversation, str) and isinstance(sequence, int):
            return conversation, sequence
    return None


def _find_lp_events(body: Any) -> Iterator[Mapping[str, Any]]:
    for place in PLACES:
        if isinstance(found := _look(body, place), dict):
            yield found
    if isinstance(packed := _look(body, LEX), str):
        try:
            unpacked = loads(packed)
        except WireError:
            return
        if isinstance(found := _look(unpacked, ("lpEvent",)), dict):
            yield found


def _look(value: Any, place: Sequence[str]) -> Any:
    for step in place:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value
