from __future__ import annotations

import operator
import re
from typing import Any

import pytest

from emulators.exports.expressions import add, apply, pick, plain


@pytest.mark.parametrize(
    ("collection", "key", "value"),
    [
        ([1, 2], 1, 2),
        ([1, 2], 2, None),
        ([1, 2], -1, None),
        ([1], "0", None),
        ({"a": 1}, "a", 1),
        ({"a": 1}, "b", None),
        ("ab", 0, None),
    ],
)
def test_items(collection: Any, key: Any, value: Any) -> None:
    assert pick(collection, key) == value


@pytest.mark.parametrize(
    ("terms", "total"), [([1, 2.5], 3.5), (["a", 1], "a1"), ([None, "a"], "a"), (["a", "b", "c"], "abc")]
)
def test_sums(terms: list[Any], total: Any) -> None:
    assert add(terms) == total


@pytest.mark.parametrize(("value", "first"), [(["a", "b"], "a"), ([], None), ("ab", "ab"), (0, 0)])
def test_an_entity_stands_for_its_first_value(value: Any, first: Any) -> None:
    assert plain(value) == first


@pytest.mark.parametrize(
    ("function", "values", "result"),
    [(operator.gt, (2, 1), True), (operator.gt, ("2", 1), None), (re.fullmatch, ("[", "x"), None)],
)
def test_nothing_comes_of_what_does_not_go_together(function: Any, values: tuple[Any, ...], result: Any) -> None:
    assert apply(function, *values) == result
