from pathlib import Path
from typing import Any

import pytest

from gateway.contract.wire import loads
from gateway.figures.lives import Life, Presence
from gateway.figures.states import Stretch, Told, cut, measure_uptime, replay
from gateway.status import BotState

DATA = Path(__file__).parents[3] / "data" / "figures"
STATES = loads((DATA / "states.json").read_bytes())
UPTIMES = loads((DATA / "uptime.json").read_bytes())


def read_life(process: str, began: float, until: float | None, *died: str) -> Life:
    return Life(process, began, until, clean=not died)


def read_stretches(states: Any) -> list[Stretch]:
    return [Stretch(BotState(state), since, until) for state, since, until in states]


@pytest.mark.parametrize("case", STATES, ids=lambda case: case["name"])
def test_states_follow_from_what_was_told(case: Any) -> None:
    told = [Told(at, process, environment or None, BotState(state)) for process, at, environment, state in case["told"]]
    presence = Presence(read_life(*life) for life in case["lives"])
    assert replay(told, presence) == read_stretches(case["states"])


@pytest.mark.parametrize("case", UPTIMES, ids=lambda case: case["name"])
def test_uptime_is_the_share_of_online(case: Any) -> None:
    assert measure_uptime(read_stretches(case["states"]), *case["window"]) == case["uptime"]


def test_a_window_has_the_states_that_reach_into_it() -> None:
    states = read_stretches([["Online", 0, 100], ["Offline", 100, 150], ["Online", 150, None]])
    assert cut(states, 99) == states
    assert cut(states, 100) == states[1:]
    assert cut(states, 1000) == states[2:]


@pytest.mark.parametrize("environment", [None, "draft"])
def test_what_is_told_is_read_as_it_was_written(environment: str | None) -> None:
    told = Told(12.5, "a", environment, BotState.SERVICE_INTERRUPTION)
    assert Told.read(told.write()) == told
