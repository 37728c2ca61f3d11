from __future__ import annotations

from typing import Any

import pytest

from emulators.exports.expressions import Situation
from emulators.exports.references import fill_dialogflow, fill_lex, fill_strings, fill_watson, write

PARAMETERS = {"city": "London", "city.original": "the big smoke", "count": 2, "none": "", "list": ["a", "b"]}
CONTEXTS = {"order": {"size": "large"}}
SITUATION = Situation(text="hi", variables={"name": "Ann", "deep": {"er": [1]}, "list": ["a", "b"], "off": False})


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("to $city.", "to London."),
        ("$city.original or $count.original", "the big smoke or 2"),
        ("$count", 2),
        (" $list ", ["a", "b"]),
        ("all: $list", "all: a, b"),
        ("[$none]", "[]"),
        ("$nobody pays $5", "$nobody pays $5"),
        ("$nobody", "$nobody"),
        ("a #Order.size one, #order.none #no.ne", "a large one, #order.none #no.ne"),
        ("US$city", "US$city"),
    ],
)
def test_dialogflow(text: str, filled: Any) -> None:
    assert fill_dialogflow(text, PARAMETERS, CONTEXTS) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("A {Size} for [name], {Other} [other]", "A large for Ann, {Other} [other]"),
        ('{"structuredContent":{"of":["{Size}"]}}', '{"structuredContent":{"of":["large"]}}'),
        ("{}", "{}"),
    ],
)
def test_lex(text: str, filled: str) -> None:
    assert fill_lex(text, {"Size": "large"}, {"name": "Ann"}) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello $name!", "Hello Ann!"),
        ("<? $name ?>", "Ann"),
        ("$deep", {"er": [1]}),
        ("is $deep.er, $list, $off, [$none]", "is [1], a, b, false, []"),
        ("<? input.text + ', ' + $name ?>.", "hi, Ann."),
        ("<? odd( ?> stays", "<? odd( ?> stays"),
        ("$none", None),
        ("5$name costs $5", "5$name costs $5"),
    ],
)
def test_watson(text: str, filled: Any) -> None:
    assert fill_watson(text, SITUATION) == filled


def test_every_string_of_json_data_is_filled_in() -> None:
    value = {"$name": ["$name", {"a": "x"}], "n": 1, "t": True, "z": None}
    assert fill_strings(value, str.upper) == {"$name": ["$NAME", {"a": "X"}], "n": 1, "t": True, "z": None}


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ("a", "a"), (["a", "b"], "a, b"), ([1], "[1]"), (True, "true")]
)
def test_values_as_text(value: Any, text: str) -> None:
    assert write(value) == text
