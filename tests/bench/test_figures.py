"""Medians, spreads and ratios."""

import pytest

from load.bench.figures import Measured, Sample, describe_machine, percentile, spread


def measure(*cpu: float, instructions: float | None = None) -> Measured:
    return Measured("lex-v2", "gateway", [Sample(one, 1e6 / one, instructions) for one in cpu])


def test_medians_count() -> None:
    measured = measure(300.0, 200.0, 900.0)

    assert (measured.cpu_us, round(measured.per_second, 1)) == (300.0, 3333.3)


def test_a_ratio_is_taken_within_each_round() -> None:
    gateway, floor = measure(300.0, 800.0, 300.0), measure(200.0, 400.0, 100.0)

    assert gateway.ratio_to(floor) == 2.0
    assert gateway.best_ratio_to(floor) == 3.0


def test_instructions_count_where_they_are_counted() -> None:
    gateway, floor = measure(300.0, instructions=900.0), measure(200.0, instructions=450.0)

    assert (gateway.ratio_to(floor), gateway.best_ratio_to(floor)) == (2.0, 2.0)


@pytest.mark.parametrize(("values", "expected"), [([2.0], 0.0), ([2.0, 4.0, 5.0], 0.75)])
def test_spread_is_a_share_of_the_median(values: list[float], expected: float) -> None:
    assert spread(values) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 51), (0.99, 100), (1.0, 100)])
def test_percentiles(share: float, expected: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == expected


def test_the_machine_is_described() -> None:
    machine = describe_machine()

    assert machine.cores > 0
    assert all((machine.date, machine.cpu, machine.python, machine.kernel))
