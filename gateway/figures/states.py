"""A bot's states in order of time, from what every process told of its own and from the lives of the processes.

No process writes the bot's state as such, so that none can overwrite what another knows. Each tells when its own state of a
bot's environment changes; what the bot's state was at any moment follows from what all of them told:

- no process lived: Offline;
- otherwise the worst of what the living ones had told by then;
- when none of them had told anything yet: what it was before, through a restart too; Online for a bot that never had a turn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Final, Self, TypeAlias

from gateway.contract.wire import dumps, loads
from gateway.figures.lives import Presence
from gateway.status import BotState

_WORST_FIRST: Final = (BotState.VENDOR_INTERRUPTION, BotState.SERVICE_INTERRUPTION, BotState.ONLINE)

Speaker: TypeAlias = tuple[str, str | None]
"""A process, and the environment of the bot that it speaks of."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a process told of a bot: its state from then on."""

    at: float
    """Seconds since 1970."""
    process: str
    environment: str | None
    state: BotState

    def write(self) -> bytes:
        """Write it for the archive."""
        return dumps([self.at, self.process, self.environment, self.state])

    @classmethod
    def read(cls, kept: bytes) -> Self:
        """Read what `write` wrote."""
        at, process, environment, state = loads(kept)
        return cls(at, process, environment, BotState(state))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A state and how long it lasted: to now when `until` is None."""

    state: BotState
    since: float
    until: float | None


def replay(told: Iterable[Told], presence: Presence) -> list[Stretch]:
    """Give a bot's states from the first known moment on, newest last; no two in a row are equal. Empty without a life.

    What a process told of which no life is known is left out: it was over a week ago.
    """
    changes = list(_find_changes(_list_events(told, presence)))
    ends = [since for _, since in changes[1:]]
    return [Stretch(state, since, until) for (state, since), until in zip_longest(changes, ends)]


@dataclass(frozen=True, slots=True)
class _Event:
    at: float
    order: int
    """Among events of one moment: who begins speaks, and then ends."""
    is_up: bool | None = None
    """The first process has begun, or the last one ended."""
    told: Told | None = None
    gone: str | None = None
    """A process that has ended."""


def _list_events(told: Iterable[Told], presence: Presence) -> list[_Event]:
    known = [one for one in told if one.process in presence.lives]
    events = [_Event(began, 0, is_up=True) for began, _ in presence.stretches]
    events += (_Event(one.at, 1, told=one) for one in known)
    events += (
        _Event(life.until, 2, gone=life.process)
        for process in {one.process for one in known}
        for life in presence.lives[process]
        if life.until is not None
    )
    events += (_Event(until, 3, is_up=False) for _, until in presence.stretches if until is not None)
    return sorted(events, key=lambda event: (event.at, event.order))


def _find_changes(events: Iterable[_Event]) -> Iterator[tuple[BotState, float]]:
    states: dict[Speaker, BotState] = {}
    is_up, before, shown = False, BotState.ONLINE, None
    for moment, together in groupby(events, key=lambda event: event.at):
        for event in together:
            if event.told is not None:
                states[event.told.process, event.told.environment] = event.told.state
            elif event.gone is not None:
                states = {speaker: state for speaker, state in states.items() if speaker[0] != event.gone}
            else:
                is_up = bool(event.is_up)
            before = next((state for state in _WORST_FIRST if state in states.values()), before)
        now = before if is_up else BotState.OFFLINE
        if now is not shown:
            shown = now
            yield now, moment


def cut(stretches: Sequence[Stretch], begins: float) -> list[Stretch]:
    """Give those that reach into the time from `begins` on, the first one whole."""
    return [stretch for stretch in stretches if stretch.until is None or stretch.until > begins]


def measure_uptime(stretches: Sequence[Stretch], begins: float, ends: float) -> float | None:
    """Give the share of the time that the bot was Online, from `begins` or the first known moment on; None without any."""
    if not stretches or (first := max(begins, stretches[0].since)) >= ends:
        return None
    online = sum(
        max(0.0, min(ends if stretch.until is None else stretch.until, ends) - max(first, stretch.since))
        for stretch in stretches
        if stretch.state is BotState.ONLINE
    )
    return online / (ends - first)
