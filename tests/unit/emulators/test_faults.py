from __future__ import annotations

from typing import Any

import pytest

from emulators.faults import Fault, Faults, Heard, parse_fault

HELLO = Heard(text="Hello")


def test_a_fault_lasts_until_cleared() -> None:
    faults = Faults()
    faults.add(Fault(status=500))
    assert faults.take("message", HELLO) == faults.take("message", HELLO) == Fault(status=500)
    faults.clear()
    assert faults.take("message", HELLO) is None


def test_n_times_then_well() -> None:
    faults = Faults()
    faults.add(Fault(status=500, times=2))
    assert [faults.take("message", HELLO) is None for _ in range(3)] == [False, False, True]
    assert len(faults) == 0


def test_faults_are_played_in_order() -> None:
    faults = Faults()
    faults.add(Fault(kind="cut", times=1), Fault(kind="hang", times=1))
    taken = [faults.take("message", HELLO) for _ in range(3)]
    assert [fault and fault.kind for fault in taken] == ["cut", "hang", None]


@pytest.mark.parametrize(
    ("fault", "stage", "heard", "strikes"),
    [
        (Fault(), "message", HELLO, True),
        (Fault(), "token", Heard(), False),
        (Fault(stage="token"), "token", Heard(), True),
        (Fault(stage="any"), "session", Heard(), True),
        (Fault(utterance=" HELLO "), "message", HELLO, True),
        (Fault(utterance="bye"), "message", HELLO, False),
        (Fault(utterance="WELCOME"), "message", Heard(event="WELCOME"), True),
        (Fault(utterance=""), "message", Heard(text=""), True),
        (Fault(utterance="", stage="any"), "session", Heard(), False),
    ],
)
def test_a_fault_strikes_what_it_is_meant_for(fault: Fault, stage: Any, heard: Heard, strikes: bool) -> None:
    assert fault.strikes(stage, heard) is strikes


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, Fault()),
        ({"status": 503, "headers": {"Retry-After": "1"}}, Fault(status=503, headers={"Retry-After": "1"})),
        ({"error": "X", "delay": 1}, Fault(error="X", delay=1)),
        ({"delay": 2.5}, Fault(kind="delay", delay=2.5)),
        ({"body": {"a": 1}}, Fault(kind="body", body={"a": 1})),
        ({"kind": "cut", "times": 3, "stage": "any"}, Fault(kind="cut", times=3, stage="any")),
        ({"kind": "hang", "utterance": "hi", "times": None}, Fault(kind="hang", utterance="hi")),
    ],
)
def test_faults_are_read_from_data(data: Any, expected: Fault) -> None:
    assert parse_fault(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        "cut",
        {"kind": "explode"},
        {"stage": "later"},
        {"status": "500"},
        {"status": True},
        {"delay": "long"},
        {"times": 1.5},
        {"headers": {"Retry-After": 1}},
        {"headers": None},
        {"message": None},
        {"unknown": 1},
        {"status": 99},
        {"status": 1000},
        {"delay": -1},
        {"times": 0},
    ],
)
def test_data_that_is_no_fault_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_fault(data)
