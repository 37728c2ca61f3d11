from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lint.places import Place, find_positions, join

DOCUMENT = """{
  "a": {"b c": [1, {"d": "x, \\"y\\": [{"}]},
  "e": [
    [],
    {}, true,
    "last"
  ]
}"""
POSITIONS = {
    "": (1, 1),
    "a": (2, 3),
    'a["b c"]': (2, 9),
    'a["b c"][0]': (2, 17),
    'a["b c"][1]': (2, 20),
    'a["b c"][1].d': (2, 21),
    "e": (3, 3),
    "e[0]": (4, 5),
    "e[1]": (5, 5),
    "e[2]": (5, 9),
    "e[3]": (6, 5),
}


def test_finds_line_and_column_of_every_value() -> None:
    assert find_positions(DOCUMENT) == POSITIONS


@pytest.mark.parametrize(
    ("text", "path", "position"),
    [
        ("  [1]", "", (1, 1)),
        ('{"a":1,\n"a":2}', "a", (2, 1)),
        ('{"\\u0061":1}', "a", (1, 2)),
        ('"text"', "", (1, 1)),
        ("[[[1]],\n[2]]", "[1][0]", (2, 2)),
    ],
)
def test_finds_a_place(text: str, path: str, position: tuple[int, int]) -> None:
    assert find_positions(text)[path] == position


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=4), children, max_size=4),
    max_leaves=20,
)


def list_paths(value: Any, path: str = "") -> set[str]:
    match value:
        case dict():
            return {path}.union(*(list_paths(child, join(path, key)) for key, child in value.items()))
        case list():
            return {path}.union(*(list_paths(child, join(path, index)) for index, child in enumerate(value)))
        case _:
            return {path}


@given(document=JSON, indented=st.booleans())
def test_has_a_position_for_every_path_and_no_other(document: Any, indented: bool) -> None:
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2 if indented else None).decode()

    found = find_positions(text)

    assert set(found) == list_paths(document)
    lines = text.split("\n")
    assert all(column <= len(lines[line - 1]) for line, column in found.values())


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Place("m").at("a", 0, "b"), "a[0].b"),
        (Place("m").at("a b", 'c"d\\'), '["a b"]["c\\"d\\\\"]'),
        (Place("m", path="a").inside().at("b"), "a → b"),
        (Place("m", path="a").inside().at("b c"), 'a → ["b c"]'),
        (Place("m", path="a").under("b[0].c"), "a.b[0].c"),
        (Place("m", path="a").under("[0].c"), "a[0].c"),
        (Place("m", path="a").under(""), "a"),
        (Place("m").under("b"), "b"),
        (Place("m", path="a").inside().under("b"), "a → b"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_writes_paths(place: Place, path: str) -> None:
    assert place.path == path
