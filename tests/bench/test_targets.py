"""Which ratios meet their targets, and which are let through."""

from load.bench.figures import Measured, Sample
from load.bench.subjects import FLOOR, GATEWAY, HOOKS, USUAL
from load.bench.targets import LET_THROUGH, TARGETS, Verdict, complain, judge


def measure(row: str, subject: str, cpu: float) -> Measured:
    return Measured(row, subject, [Sample(cpu, 1.0)] * 3)


def test_each_subject_is_set_beside_its_own_rows_floor() -> None:
    measured = [
        measure("lex-v2", FLOOR, 200.0),
        measure("lex-v2", GATEWAY, 300.0),
        measure("lex-v2", HOOKS, 380.0),
        measure("lex-v2", USUAL, 1200.0),
        measure("function", FLOOR, 100.0),
        measure("function", GATEWAY, 200.0),
        measure("dialogflow-es-grpc", FLOOR, 100.0),
        measure("dialogflow-es-grpc", GATEWAY, 700.0),
        measure("watson-v2", GATEWAY, 300.0),
    ]

    verdicts = judge(measured)

    assert verdicts == [
        Verdict("lex-v2", FLOOR, 1.0, 1.0, None, None),
        Verdict("lex-v2", GATEWAY, 1.5, 1.5, 1.5, 0.25),
        Verdict("lex-v2", HOOKS, 1.9, 1.9, 1.8, None),
        Verdict("lex-v2", USUAL, 6.0, 6.0, None, None),
        Verdict("function", FLOOR, 1.0, 1.0, None, None),
        Verdict("function", GATEWAY, 2.0, 2.0, 1.5, None),
        Verdict("dialogflow-es-grpc", FLOOR, 1.0, 1.0, None, None),
        Verdict("dialogflow-es-grpc", GATEWAY, 7.0, 7.0, None, None),
    ]
    assert [verdict.is_met for verdict in verdicts] == [None, True, False, None, None, False, None, None]


def test_only_a_ratio_above_what_is_let_through_is_complained_of() -> None:
    limit = LET_THROUGH[GATEWAY]
    verdicts = [
        Verdict("lex-v2", GATEWAY, 9.0, limit, 1.5, None),
        Verdict("function", GATEWAY, 1.0, limit + 0.01, 1.5, None),
        Verdict("function", FLOOR, 9.0, 9.0, None, None),
    ]

    assert complain(verdicts) == [f"function: gateway costs {limit + 0.01:.2f} times the floor, more than {limit:g}"]


def test_what_is_let_through_is_never_below_the_target() -> None:
    assert all(limit >= TARGETS[subject] for subject, limit in LET_THROUGH.items())
