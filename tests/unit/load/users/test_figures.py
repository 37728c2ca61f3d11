from load.users.figures import Figures, Times


def test_times_keep_their_quantiles() -> None:
    times = Times()
    for number in range(1, 1001):
        times.add(number / 10)
    assert times.quantiles() == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}


def test_long_times_are_kept_to_the_millisecond() -> None:
    times = Times()
    times.add(99.94)
    times.add(1234.56)
    assert sorted(times.counts) == [999, 12350]


def test_without_times_there_are_no_quantiles() -> None:
    assert Times().quantiles() == {"p50": None, "p95": None, "p99": None, "max": None}


def make_figures() -> Figures:
    figures = Figures(events=3, answered=1, unanswered=1, repeats=2, given_up=1, conversations=2)
    figures.escalated["a"] += 1
    figures.failed["b"] += 1
    figures.time("events lex-v2", 5.04)
    figures.time("events lex-v2", 250.4)
    figures.baseline.add(2)
    figures.mark_answered("c-1", 2)
    figures.mark_answered("c-1", 5)
    return figures


def test_figures_of_several_processes_add_up() -> None:
    both = make_figures()
    both.merge(make_figures().dump())
    other = Figures()
    other.mark_answered("c-1", 3)
    other.mark_answered("c-2", 1)
    other.time("endpoint lex-v2", 1)
    both.merge(other.dump())
    assert both.dump() == {
        "numbers": {
            "events": 6,
            "answered": 2,
            "unanswered": 2,
            "repeats": 4,
            "given_up": 2,
            "conversations": 4,
        },
        "escalated": {"a": 2},
        "failed": {"b": 2},
        "responses": {"events lex-v2": [(50, 2), (2500, 2)], "endpoint lex-v2": [(10, 1)]},
        "baseline": [(20, 2)],
        "taken": {"c-1": 0b101100, "c-2": 0b10},
    }


def test_all_times_are_those_of_all_doors_and_vendors() -> None:
    figures = make_figures()
    figures.time("endpoint function", 5)
    assert figures.all_times().counts == {50: 2, 2500: 1}
