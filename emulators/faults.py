"""Describe a failure, and decide which requests it strikes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Kind = Literal["status", "delay", "hang", "cut", "cut_body", "truncate", "garbage", "empty", "body"]
"""What goes wrong.

status    the vendor's own error answer
delay     a good answer, late (every other kind can be late as well)
hang      no byte of an answer, ever
cut       the connection dies before the headers
cut_body  the connection dies in the middle of the body
truncate  a complete HTTP answer whose JSON stops half-way
garbage   a 200 (or `status`) that says it is JSON and is not
empty     a 200 (or `status`) without a body
body      a 200 (or `status`) with the given JSON instead of the answer
"""

Stage = Literal["token", "session", "message", "any"]
"""Which call of a vendor a fault strikes."""

KINDS_AFTER_ANSWER: frozenset[Kind] = frozenset({"delay", "cut_body", "truncate"})
"""Kinds that need the good answer first: the vendor took the turn, yet the caller may not learn of it."""


def fold(utterance: str) -> str:
    """Return the form under which utterances are compared."""
    return utterance.strip().casefold()


@dataclass(frozen=True, slots=True)
class Heard:
    """What the consumer said in one request: a text, or an event's name. Neither, for a token or a session."""

    text: str | None = None
    event: str | None = None

    def is_about(self, utterance: str) -> bool:
        """Tell whether text or event name equals the utterance."""
        return any(fold(said) == fold(utterance) for said in (self.text, self.event) if said is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One failure to play. Times and delays are plain numbers; `times` None means until the faults are cleared."""

    kind: Kind = "status"
    status: int | None = None
    """HTTP status; without it, the one that belongs to `error`."""
    error: str | None = None
    """The vendor's own name of the failure; without it, the one that belongs to `status`."""
    message: str = "emulated failure"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds to wait before whatever happens."""
    body: Any = None
    """For kind "status", replaces the vendor's error body; for kind "body", the answer."""
    times: int | None = None
    utterance: str | None = None
    """Strike only requests that say this (text or event name)."""
    stage: Stage = "message"

    def strikes(self, stage: Stage, heard: Heard) -> bool:
        """Tell whether this fault is meant for such a request."""
        if self.stage not in ("any", stage):
            return False
        return self.utterance is None or heard.is_about(self.utterance)


class Countdown:
    """A fault together with how often it is still to be played."""

    def __init__(self, fault: Fault) -> None:
        """Start counting from the fault's `times`."""
        self.fault = fault
        self._left = math.inf if fault.times is None else fault.times

    @property
    def is_over(self) -> bool:
        """Tell whether the fault has been played as often as asked."""
        return self._left <= 0

    def take(self) -> Fault | None:
        """Return the fault and count it, or None when it is over."""
        if self.is_over:
            return None
        self._left -= 1
        return self.fault


class Faults:
    """The failures programmed into one emulator, played in the order in which they were added."""

    def __init__(self) -> None:
        """Begin without any."""
        self._armed: list[Countdown] = []

    def __len__(self) -> int:
        """Return how many faults are still to be played."""
        return len(self._armed)

    def add(self, *faults: Fault) -> None:
        """Program more failures."""
        self._armed += [Countdown(fault) for fault in faults]

    def clear(self) -> None:
        """Forget all of them: the vendor is well again."""
        self._armed.clear()

    def take(self, stage: Stage, heard: Heard) -> Fault | None:
        """Return the first fault that strikes this request, and count it."""
        for armed in self._armed:
            if armed.fault.strikes(stage, heard):
                fault = armed.take()
                self._armed = [other for other in self._armed if not other.is_over]
                return fault
        return None


def parse_fault(data: Any) -> Fault:
    """Read a fault from its JSON or YAML form, whose keys are the attributes of `Fault`; ValueError says what is wrong.

    Without `kind` it is "body" when a body alone is given, "delay" when a delay alone is, and "status" otherwise.
    """
    if not isinstance(data, dict):
        raise ValueError("a fault is an object")  # noqa: TRY004 - one kind of error for whatever is wrong with the data
    allowed = {attribute.name for attribute in fields(Fault)}
    if unknown := sorted(data.keys() - allowed):
        raise ValueError(f"a fault has no {', '.join(map(repr, unknown))}; it may have {', '.join(sorted(allowed))}")
    given = {"kind": _guess_kind(data), **data}
    if given["kind"] not in get_args(Kind):
        raise ValueError(f"kind is one of {', '.join(get_args(Kind))}, not {given['kind']!r}")
    if given.get("stage", "message") not in get_args(Stage):
        raise ValueError(f"stage is one of {', '.join(get_args(Stage))}, not {given['stage']!r}")
    for name, is_good in _CHECKS.items():
        if name in given and not is_good(given[name]):
            raise ValueError(f"{name} cannot be {given[name]!r}")
    return Fault(**given)


def _is_number(value: object, lowest: float, highest: float = math.inf) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and lowest <= value <= highest


_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "status": lambda value: value is None or (isinstance(value, int) and _is_number(value, 200, 599)),
    "error": lambda value: value is None or isinstance(value, str),
    "message": lambda value: isinstance(value, str),
    "headers": lambda value: isinstance(value, dict) and all(isinstance(each, str) for each in value.values()),
    "delay": lambda value: _is_number(value, 0),
    "times": lambda value: value is None or (isinstance(value, int) and _is_number(value, 1)),
    "utterance": lambda value: value is None or isinstance(value, str),
}


def _guess_kind(data: Mapping[str, Any]) -> Kind:
    if "status" in data or "error" in data:
        return "status"
    if "body" in data:
        return "body"
    return "delay" if "delay" in data else "status"
