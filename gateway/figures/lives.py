"""The processes that serve: when each began, whether it still lives, and what its bots do at this moment.

Every process gives a sign of life every 2 seconds. One that is silent for longer than SILENCE counts as dead since its last
sign, until it is heard of again; after a minute its end is written down. Moments are those of the machines' wall clocks,
which should agree within seconds.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

from gateway.contract.ports import Append, Entry, Put
from gateway.contract.wire import dumps, loads
from gateway.figures.names import KEPT, LIVES, LIVES_KEPT, BotKey, read_key, write_key
from gateway.resilience.breaker import CircuitState

SILENCE: Final = 10.0
"""Seconds without a sign of life after which a process counts as dead."""
PAUSE: Final = 60.0
"""Seconds between a process that died and the next one that are no outage."""
MOST_LIVE: Final = 2000
"""Bots in one sign of life."""

_CIRCUITS: Final = (CircuitState.OPEN, CircuitState.HALF_OPEN, CircuitState.CLOSED)
"""Worst first."""


@dataclass(frozen=True, slots=True)
class Live:
    """A bot at this moment, all its environments together."""

    in_flight: int = 0
    """Turns under way."""
    circuit: CircuitState | None = None
    """The worst of its environments'; None without a circuit."""

    def __add__(self, other: "Live") -> "Live":
        """Take two processes together."""
        circuits = {self.circuit, other.circuit}
        circuit = next((circuit for circuit in _CIRCUITS if circuit in circuits), None)
        return Live(self.in_flight + other.in_flight, circuit)

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.in_flight and self.circuit in {None, CircuitState.CLOSED}


@dataclass(frozen=True, slots=True)
class Life:
    """One process's time."""

    process: str
    began: float
    until: float | None = None
    """None while it lives."""
    clean: bool = True
    """Whether it ended by itself rather than died."""

    def write(self) -> bytes:
        """Write one that has ended for the archive."""
        return dumps([self.process, self.began, self.until, self.clean])

    @classmethod
    def read(cls, kept: bytes) -> Self:
        """Read what `write` wrote."""
        return cls(*loads(kept))

    def end(self) -> list[Entry]:
        """Tell the archive that it has ended."""
        return [Append(LIVES, [self.write()], KEPT, LIVES_KEPT), Put(LIVES, self.process, None)]


@dataclass(frozen=True, slots=True)
class Sign:
    """A process's last sign of life."""

    process: str
    began: float
    seen: float
    bots: Mapping[BotKey, Live] = field(default_factory=dict)
    """Those that are not idle."""

    def write(self) -> Entry:
        """Write it for the archive."""
        told = {write_key(key): [live.in_flight, live.circuit] for key, live in list(self.bots.items())[:MOST_LIVE]}
        return Put(LIVES, self.process, dumps([self.began, self.seen, told]), KEPT)

    @classmethod
    def read(cls, process: str, kept: bytes) -> Self:
        """Read what `write` wrote."""
        began, seen, told = loads(kept)
        bots = {
            read_key(key): Live(in_flight, None if circuit is None else CircuitState(circuit))
            for key, (in_flight, circuit) in told.items()
        }
        return cls(process, began, seen, bots)

    def make_life(self, now: float) -> Life:
        """Tell its life as it is known now."""
        is_dead = now - self.seen > SILENCE
        return Life(self.process, self.began, self.seen if is_dead else None, clean=not is_dead)


class Presence:
    """When processes lived, for all that follows from it."""

    def __init__(self, lives: Iterable[Life] = ()) -> None:
        ordered = sorted(lives, key=lambda life: life.began)
        begins = [life.began for life in ordered]
        self.lives: dict[str, list[Life]] = {}
        """By process; one that died lives on until the next one began, where that was soon: a restart is no outage."""
        for life in ordered:
            self.lives.setdefault(life.process, []).append(_reach(life, begins))
        self.stretches: list[tuple[float, float | None]] = []
        """When at least one lived: from, and to (None: it goes on)."""
        for life in sorted((life for lives in self.lives.values() for life in lives), key=lambda life: life.began):
            if self.stretches and _is_after((last := self.stretches[-1])[1], life.began):
                self.stretches[-1] = (
                    last[0],
                    None if life.until is None or last[1] is None else max(last[1], life.until),
                )
            else:
                self.stretches.append((life.began, life.until))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Presence) and self.lives == other.lives

    __hash__ = None  # type: ignore[assignment] # it holds a dict


def _is_after(until: float | None, began: float) -> bool:
    return until is None or began <= until


def _reach(life: Life, begins: Sequence[float]) -> Life:
    if life.clean or life.until is None:
        return life
    following = bisect_right(begins, life.until)
    if following < len(begins) and begins[following] <= life.until + PAUSE:
        return replace(life, until=begins[following])
    return life


def add_up(signs: Iterable[Sign], now: float) -> dict[BotKey, Live]:
    """Take all processes that were heard of just now together."""
    total: dict[BotKey, Live] = {}
    for sign in signs:
        if now - sign.seen <= SILENCE:
            for key, live in sign.bots.items():
                total[key] = total.get(key, Live()) + live
    return total
