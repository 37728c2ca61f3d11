from collections.abc import Callable
from random import Random

import pytest

from load.soak_trend import BLOCK, FEWEST, TooShort, average, find_trend, student, widening
from tests.load_data import chance

HOUR = 3600


def see(value: Callable[[float], float], seconds: int = 600) -> list[tuple[float, float]]:
    return [(float(at), value(at)) for at in range(seconds)]


def test_a_line_is_found_exactly() -> None:
    trend = find_trend(see(lambda at: 50 + at / 100))
    assert trend.start == pytest.approx(50)
    assert (trend.per_hour, trend.low, trend.high) == pytest.approx((36, 36, 36))
    assert trend.is_growth


def test_what_stays_does_not_grow() -> None:
    trend = find_trend(see(lambda _at: 7))
    assert (trend.start, trend.per_hour, trend.low, trend.high) == (7, 0, 0, 0)
    assert not trend.is_growth


def wander(random: Random, stays: float) -> Callable[[float], float]:
    """Make noise that remembers: each second keeps a share of the one before."""
    level = 0.0

    def value(_at: float) -> float:
        nonlocal level
        level = stays * level + random.gauss()
        return 100 + level

    return value


@pytest.mark.parametrize("stays", [0, 0.9, 0.97])
def test_noise_is_taken_for_growth_no_more_often_than_it_is_said(stays: float) -> None:
    found = [find_trend(see(wander(chance(seed), stays))) for seed in range(80)]
    # One in forty is what the interval promises; noise that remembers for half a minute makes it two or three.
    assert sum(trend.is_growth for trend in found) <= 8
    assert sum(trend.high < 0 for trend in found) <= 8


def test_growth_is_found_under_noise() -> None:
    def grown(seed: int) -> bool:
        noise = wander(chance(seed), 0.9)
        return find_trend(see(lambda at: noise(at) + at * 60 / HOUR)).is_growth

    assert sum(grown(seed) for seed in range(40)) >= 38


def test_looks_are_averaged_in_blocks() -> None:
    assert average([(0, 1), (1, 3), (BLOCK, 5), (3 * BLOCK, 7)], BLOCK) == [(0.5, 2), (BLOCK, 5), (3 * BLOCK, 7)]


def test_too_few_looks_say_nothing() -> None:
    with pytest.raises(TooShort, match="5 blocks of 15 seconds say nothing about a slope; it takes 6"):
        find_trend(see(lambda at: at, seconds=int(BLOCK * (FEWEST - 1))))


@pytest.mark.parametrize(
    ("residuals", "factor"),
    [
        ([0.0, 0.0, 0.0], 1.0),
        ([1.0, -1.0, 1.0, -1.0], 1.0),
        ([1.0, 1.0, -1.0, -1.0], 5 / 3),
        ([1.0, 1.0, 1.0, 1.0], 7.0),
    ],
)
def test_neighbours_that_are_alike_widen_the_interval(residuals: list[float], factor: float) -> None:
    assert widening(residuals) == pytest.approx(factor)


@pytest.mark.parametrize(("freedom", "quantile"), [(4, 2.776), (10, 2.228), (38, 2.024), (1000, 1.962)])
def test_the_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student(freedom) == pytest.approx(quantile, abs=0.01)
