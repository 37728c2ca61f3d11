import pytest

from gateway.contract.ports import Append, Put
from gateway.contract.types import AccountId, BotName
from gateway.figures.lives import MOST_LIVE, PAUSE, SILENCE, Life, Live, Presence, Sign, add_up
from gateway.figures.names import KEPT, LIVES, LIVES_KEPT
from gateway.resilience.breaker import CircuitState
from tests.unit.gateway.figures.conftest import BOT, OTHER

OPEN = Live(3, CircuitState.OPEN)


def test_a_sign_is_read_as_it_was_written() -> None:
    sign = Sign("a", 10.5, 20.5, {BOT: OPEN, OTHER: Live(1)})
    written = sign.write()
    assert isinstance(written, Put)
    assert (written.name, written.field, written.ttl) == (LIVES, "a", KEPT)
    assert written.value is not None
    assert Sign.read("a", written.value) == sign


def test_a_sign_tells_of_a_bounded_number_of_bots() -> None:
    bots = {(AccountId("1"), BotName(f"{number}")): OPEN for number in range(MOST_LIVE + 1)}
    written = Sign("a", 0, 0, bots).write()
    assert isinstance(written, Put)
    assert written.value is not None
    assert len(Sign.read("a", written.value).bots) == MOST_LIVE


def test_an_end_replaces_the_sign() -> None:
    life = Life("a", 10, 20, clean=False)
    append, put = life.end()
    assert append == Append(LIVES, [life.write()], KEPT, LIVES_KEPT)
    assert put == Put(LIVES, "a", None)
    assert Life.read(life.write()) == life


@pytest.mark.parametrize(
    ("now", "life"),
    [
        (20 + SILENCE, Life("a", 10)),
        (20 + SILENCE + 1, Life("a", 10, 20, clean=False)),
        (15, Life("a", 10)),  # a clock that is a little ahead
    ],
)
def test_who_is_silent_counts_as_dead_since_the_last_sign(now: float, life: Life) -> None:
    assert Sign("a", 10, 20).make_life(now) == life


@pytest.mark.parametrize(("began", "until"), [(200 + PAUSE, 200 + PAUSE), (201 + PAUSE, 200), (200, 200)])
def test_a_short_pause_after_a_death_is_bridged(began: float, until: float) -> None:
    presence = Presence([Life("b", began), Life("a", 100, 200, clean=False)])
    assert presence.lives["a"] == [Life("a", 100, until, clean=False)]


def test_presences_are_equal_when_their_lives_are() -> None:
    assert Presence([Life("a", 1)]) == Presence([Life("a", 1)])
    assert Presence([Life("a", 1)]) != Presence([Life("a", 1, 5)])


def test_processes_add_up_while_they_are_heard_of() -> None:
    signs = [
        Sign("a", 0, 100, {BOT: Live(2, CircuitState.HALF_OPEN), OTHER: Live(1)}),
        Sign("b", 0, 100, {BOT: Live(3, CircuitState.OPEN)}),
        Sign("c", 0, 99 - SILENCE, {BOT: Live(1000)}),
    ]
    assert add_up(signs, 100) == {BOT: Live(5, CircuitState.OPEN), OTHER: Live(1)}


@pytest.mark.parametrize(
    ("live", "is_idle"),
    [
        (Live(), True),
        (Live(0, CircuitState.CLOSED), True),
        (Live(1), False),
        (Live(0, CircuitState.OPEN), False),
        (Live(0, CircuitState.HALF_OPEN), False),
    ],
)
def test_a_bot_is_idle_without_turns_and_with_a_closed_circuit(live: Live, is_idle: bool) -> None:
    assert live.is_idle is is_idle
