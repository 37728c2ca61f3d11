from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from emulators.exports.conditions import ConditionError, parse_condition, parse_expression
from emulators.exports.expressions import Situation

TABLE = orjson.loads((Path(__file__).parents[3] / "data" / "exports" / "conditions.json").read_bytes())
SITUATIONS = {name: Situation(**given) for name, given in TABLE["situations"].items()}


@pytest.mark.parametrize(("condition", "holds_in"), TABLE["cases"], ids=[case[0] for case in TABLE["cases"]])
def test_where_a_condition_holds(condition: str, holds_in: list[str]) -> None:
    holds = parse_condition(condition)
    assert [name for name, situation in SITUATIONS.items() if holds(situation)] == holds_in


@pytest.mark.parametrize("text", TABLE["lost"])
def test_what_is_not_understood(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_condition(text)


def test_parentheses_without_end_are_refused() -> None:
    with pytest.raises(ConditionError):
        parse_condition("(" * 100_000 + "true")


@pytest.mark.parametrize(
    ("expression", "value"),
    [("$count", 2), ("$list", ["x", "y"]), ("1.5", 1.5), ("'a\\'b'", "a'b"), ("$name + 1", "Ann1"), ("$none", None)],
)
def test_values_of_expressions(expression: str, value: Any) -> None:
    assert parse_expression(expression)(SITUATIONS["later"]) == value
