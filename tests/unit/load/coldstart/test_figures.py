import pytest

from load.coldstart.figures import MANY_LIMIT, Subject, tell
from load.coldstart.starting import Sample


def make_subject(name: str, cpu: list[float], *, limit: float | None = None) -> Subject:
    samples = [Sample(wall=2 * seconds, cpu=seconds, rss=50) for seconds in cpu]
    return Subject(name, lambda: samples[0], target=0.7, limit=limit, samples=samples)


@pytest.mark.parametrize(
    ("cpu", "complaints"),
    [
        ([0.3, 0.9, 0.3], []),
        ([0.7, 0.71, 0.2], ["lex: 3.50 times the floor, more than 3.4"]),
    ],
)
def test_the_median_of_cpu_time_is_set_beside_the_floor_s(cpu: list[float], complaints: list[str]) -> None:
    figures, told = tell([make_subject("floor", [0.2, 0.5, 0.1]), make_subject("lex", cpu, limit=3.4)], None)
    assert told == complaints
    assert [(row["name"], row["cpu_s"], row["wall_s"]) for row in figures["subjects"]] == [
        ("floor", 0.2, 0.4),
        ("lex", sorted(cpu)[1], 2 * sorted(cpu)[1]),
    ]
    assert (figures["rounds"], figures["many"]) == (3, None)


@pytest.mark.parametrize(("ratio", "is_met"), [(MANY_LIMIT, True), (MANY_LIMIT + 0.5, False)])
def test_many_bots_have_a_limit_too(ratio: float, is_met: bool) -> None:
    keys = ("bots", "listening_s", "rss_mib", "answered_s", "reload_cpu_s")
    many = dict.fromkeys(keys, 10.0) | {"listening_cpu_s": 0.2 * ratio}
    figures, told = tell([make_subject("floor", [0.2])], many)
    assert figures["many"]["ratio"] == pytest.approx(ratio)
    assert (told == []) is is_met
