from pathlib import Path

import pytest

from config.document import read_document
from config.parsed import Document
from config.problems import Report
from config.secrets import Secrets


def read(data: str) -> tuple[Document | None, list[str]]:
    report = Report("a.yaml")
    document = read_document(data.encode(), secrets=Secrets(Path(), {"KEY": "the-key"}), report=report)
    return document, [str(problem) for problem in report.problems]


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("83482904", 83482904),
        ("'83482904'", "83482904"),
        ("0o17", 15),
        ("1e3", 1000.0),
        ("true", True),
        ("yes", "yes"),
        ("2021-11-27", "2021-11-27"),
        ("12:30:00", "12:30:00"),
        ("=", "="),
        ("!!str 7", "7"),
        ("!!float 7", 7.0),
        ("${env:KEY}", "the-key"),
        ("|\n  one\n  ${env:KEY}\n", "one\nthe-key\n"),
        ("[1, [2]]", [1, [2]]),
        ("{1: a, null: b, yes: c}", {"1": "a", "null": "b", "yes": "c"}),
    ],
)
def test_value(yaml: str, value: object) -> None:
    document, problems = read(f"key: {yaml}")
    assert document is not None
    assert (document.value, problems) == ({"key": value}, [])
    assert type(document.value["key"]) is type(value)


def test_anchors_and_merge_keys() -> None:
    document, problems = read("""\
one: &one {a: 1, b: 1}
two: &two {b: 2, c: 2}
three: {<<: [*one, *two], c: 3}
four: {c: 4, <<: *one}
five: *one
six: {"<<": 6}
""")
    assert document is not None
    assert problems == []
    assert document.value == {
        "one": {"a": 1, "b": 1},
        "two": {"b": 2, "c": 2},
        "three": {"a": 1, "b": 1, "c": 3},
        "four": {"a": 1, "b": 1, "c": 4},
        "five": {"a": 1, "b": 1},
        "six": {"<<": 6},
    }


def test_line_is_that_of_the_key_or_of_the_list_item() -> None:
    document, _ = read("""\

one:
  two: |
    text
  three:
    - a
    -
      b: c
""")
    assert document is not None
    assert document.lines == {
        (): 2,
        ("one",): 2,
        ("one", "two"): 3,
        ("one", "three"): 5,
        ("one", "three", 0): 6,
        ("one", "three", 1): 8,
        ("one", "three", 1, "b"): 8,
    }
    assert document.line(("one", "three", 7, "x")) == 5


def test_forgotten_values_are_found_but_for_those_of_free_json() -> None:
    document, problems = read("""\
auth:
bots:
  with: {hooks: {pre: [{use: ~, with: {a: ~, b: [~]}}]}, settings: {credentials_json: {a: ~}}}
defaults: {settings: {credentials_json: ~, apikey: null}}
""")
    assert document is not None
    assert problems == []
    assert document.nulls == [
        ("auth",),
        ("bots", "with", "hooks", "pre", 0, "use"),
        ("defaults", "settings", "apikey"),
    ]


def test_mapping_that_is_merged_into_itself() -> None:
    document, problems = read("a: &a\n  <<: *a\n")
    assert document is None
    assert problems == ["a.yaml:2: a.<<: contains itself"]


def test_aliases_repeat_no_key_that_is_given_twice() -> None:
    _, problems = read("a: &a {x: 1, x: 2}\nb: *a\nc: {<<: *a}\n")
    assert problems == ["a.yaml:1: a.x: is given twice, first on line 1"]
