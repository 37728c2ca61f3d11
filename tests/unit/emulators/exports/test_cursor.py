from __future__ import annotations

from typing import Any

import pytest

from emulators.exports.bot import Place
from emulators.exports.cursor import Cursor, Notes, open_member
from emulators.exports.source import Source

VALUE = {
    "text": "t",
    "blank": " ",
    "none": None,
    "flag": True,
    "number": 3,
    "float": 3.0,
    "half": 0.5,
    "digits": "-4",
    "list": [1, {"a": 1}, "x"],
    "object": {"odd key": 1},
}


def make_cursor() -> Cursor:
    return Cursor(VALUE, Place("f.zip", "m.json"), Notes())


@pytest.mark.parametrize(
    ("read", "value", "problems"),
    [
        (lambda at: at.text("text"), "t", []),
        (lambda at: at.text("gone"), "", []),
        (lambda at: at.text("none", "d"), "d", []),
        (lambda at: at.text("blank", required=True), "", ["$: has no 'blank'"]),
        (lambda at: at.text("gone", required=True), "", ["$: has no 'gone'"]),
        (lambda at: at.text("flag", required=True), "", ["$.flag: must be text, not true or false"]),
        (lambda at: at.flag("flag"), True, []),
        (lambda at: at.flag("gone"), False, []),
        (lambda at: at.flag("text"), False, ["$.text: must be true or false, not text"]),
        (lambda at: at.number("number", 9), 3, []),
        (lambda at: at.number("float", 9), 3, []),
        (lambda at: at.number("digits", 9), -4, []),
        (lambda at: at.number("gone", 9), 9, []),
        (lambda at: at.number("half", 9), 9, ["$.half: must be a whole number, not a number"]),
        (lambda at: at.number("flag", 9), 9, ["$.flag: must be a whole number, not true or false"]),
        (lambda at: at.number("text", 9), 9, ["$.text: must be a number, not text"]),
        (lambda at: [item.value for item in at.items("list")], [1, {"a": 1}, "x"], []),
        (
            lambda at: [item.value for item in at.objects("list")],
            [{"a": 1}],
            ["$.list[0]: must be an object, not a number", "$.list[2]: must be an object, not text"],
        ),
        (lambda at: [item.value for item in at.texts("text")], ["t"], []),
        (lambda at: at.items("object"), [], ["$.object: must be an array, not an object"]),
        (lambda at: at.object("text").value, {}, ["$.text: must be an object, not text"]),
        (lambda at: at.object("object").text("odd key"), "", ["$.object['odd key']: must be text, not a number"]),
        (lambda at: at.object("gone").objects("deeper"), [], []),
        (lambda at: ["text" in at, "none" in at, "gone" in at, "x" in at.at("list")], [True, False, False, False], []),
    ],
)
def test_reading(read: Any, value: Any, problems: list[str]) -> None:
    cursor = make_cursor()
    assert read(cursor) == value
    assert [str(problem) for problem in cursor.notes.problems] == [f"f.zip: m.json: {problem}" for problem in problems]


def test_a_remark_is_no_problem() -> None:
    cursor = make_cursor()
    cursor.at("text").remark("is not played")
    assert cursor.notes.problems == []
    assert [str(remark) for remark in cursor.notes.remarks] == ["f.zip: m.json: $.text: is not played"]


@pytest.mark.parametrize(
    ("content", "kind", "problem"),
    [
        (b"{}", list, "f: m: $: must be an array, not an object"),
        (b"[]", dict, "f: m: $: must be an object, not an array"),
        (b"null", dict, "f: m: $: must be an object, not null"),
        (b"{", dict, "f: m: is not JSON: unexpected end of data: line 1 column 2 (char 1)"),
    ],
)
def test_a_member_of_another_kind_is_a_problem(content: bytes, kind: type, problem: str) -> None:
    notes = Notes()
    assert open_member(Source("f", {"m": content}), "m", notes, kind) is None
    assert [str(each) for each in notes.problems] == [problem]
