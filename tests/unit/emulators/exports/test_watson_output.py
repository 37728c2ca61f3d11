from __future__ import annotations

from typing import Any

import pytest

from emulators.exports.bot import Place
from emulators.exports.cursor import Cursor, Notes
from emulators.exports.watson_output import read_output


def text(said: str) -> Any:
    return {"response_type": "text", "text": said}


@pytest.mark.parametrize(
    ("output", "messages"),
    [
        ({}, []),
        (
            {"generic": [{"response_type": "text", "values": [{"text": "a"}, {"text": "b"}]}]},
            [[("$.generic[0].values[0]", text("a")), ("$.generic[0].values[1]", text("b"))]],
        ),
        (
            {"generic": [{"response_type": "text", "values": [{"text": "a"}, "b"], "selection_policy": "multiline"}]},
            [[("$.generic[0].values[0]", text("a"))], [("$.generic[0].values[1]", text("b"))]],
        ),
        ({"generic": [{"text": "a"}]}, [[("$.generic[0].text", text("a"))]]),
        (
            {"generic": [{"user_defined": {"delay": 1}}]},
            [[("$.generic[0]", {"response_type": "user_defined", "user_defined": {"delay": 1}})]],
        ),
        ({"text": "a"}, [[("$.text", text("a"))]]),
        ({"text": ["a", {"delay": 1}]}, [[("$.text[0]", text("a"))], [("$.text[1]", text('{"delay":1}'))]]),
        (
            {"text": {"values": ["a", "b"], "selection_policy": "sequential"}},
            [[("$.text.values[0]", text("a")), ("$.text.values[1]", text("b"))]],
        ),
        (
            {"generic": [{"values": [{"output": {"text": {"values": ["a", {"delay": 1}]}}}, {"text": "variant"}]}]},
            [
                [("$.generic[0].values[0].output.text.values[0]", text("a"))],
                [("$.generic[0].values[0].output.text.values[1]", text('{"delay":1}'))],
            ],
        ),
        ({"generic": [{}], "text": "unused"}, []),
        (
            {"generic": [{"response_type": "text", "values": [{"text": None}, {}]}]},
            [[("$.generic[0].values[1]", text("{}"))]],
        ),
    ],
)
def test_what_is_said_and_where_that_stands(output: Any, messages: Any) -> None:
    notes = Notes()
    read = read_output(Cursor(output, Place("f"), notes))
    assert [[(each.place.path, each.native) for each in message.variants] for message in read] == messages
    assert notes.problems == []


def test_texts_of_actions_are_put_together() -> None:
    concat = [{"scalar": "Hi "}, {"variable": "step_1"}, {"skill_variable": "odd name"}, {"scalar": 1}, {"other": 1}]
    notes = Notes()
    [message] = read_output(
        Cursor(
            {"generic": [{"response_type": "text", "values": [{"text_expression": {"concat": concat}}]}]},
            Place("f"),
            notes,
        )
    )
    assert message.variants[0].native == text("Hi <? $step_1 ?>1")
    assert [str(remark) for remark in notes.remarks] == [
        "f: $.generic[0].values[0].text_expression.concat[4]: this part of the text is left out"
    ]
