from math import log2
from random import Random

import pytest

from gateway.figures.histogram import ERROR, LAST, find_bin, read_percentiles, tell_bin


def fill(latencies: list[float]) -> dict[int, int]:
    bins: dict[int, int] = {}
    for latency in latencies:
        bins[find_bin(latency)] = bins.get(find_bin(latency), 0) + 1
    return bins


def test_the_error_is_what_the_docs_say() -> None:
    assert round(ERROR, 4) == 0.0443


def test_any_latency_is_told_within_the_error() -> None:
    latencies = [2 ** (step / 97) for step in range(int(log2(260_000) * 97))]
    errors = [abs(tell_bin(find_bin(latency / 1000)) - latency) / latency for latency in latencies]
    assert 0.04 < max(errors) <= ERROR + 1e-9


@pytest.mark.parametrize(
    ("seconds", "number", "told"),
    [(0.0, 0, 1.0), (0.00099, 0, 1.0), (262.144, LAST, 262_144.0), (262.2, LAST, 262_144.0), (1e9, LAST, 262_144.0)],
)
def test_what_is_beyond_the_scale_is_told_as_its_end(seconds: float, number: int, told: float) -> None:
    assert (find_bin(seconds), tell_bin(number)) == (number, told)


@pytest.mark.parametrize("spread", [0.1, 0.7, 1.5])
@pytest.mark.parametrize("turns", [1, 10, 5000])
def test_percentiles_are_those_of_the_turns_within_the_error(spread: float, turns: int) -> None:
    chance = Random(7)  # noqa: S311 - latencies, no secrets
    latencies = sorted(min(200.0, max(0.001, chance.lognormvariate(0, spread))) for _ in range(turns))
    shares = (0.5, 0.9, 0.95, 0.99, 1.0)
    for share, told in zip(shares, read_percentiles(fill(latencies), *shares), strict=True):
        true = latencies[max(0, -int(-share * turns // 1) - 1)] * 1000
        assert told is not None
        assert abs(told - true) / true <= ERROR + 0.001  # told in hundredths of a millisecond


def test_histograms_add_up_to_that_of_all_turns() -> None:
    one, two = [0.010, 0.020, 3.0], [0.020, 0.5]
    total: dict[int, int] = {}
    for bins in (fill(one), fill(two)):
        for number, count in bins.items():
            total[number] = total.get(number, 0) + count
    assert total == fill(one + two)


def test_there_is_nothing_to_tell_without_turns() -> None:
    assert list(read_percentiles({}, 0.5, 1.0)) == [None, None]
