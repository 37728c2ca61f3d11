from __future__ import annotations

from typing import Any

import pytest

from emulators.exports.bot import Part, Place
from emulators.exports.cursor import Cursor, Notes
from emulators.exports.lex_messages import read_utterance, read_v1_messages, read_v2_groups

PLACE = Place("f", "m")
SLOTS = {"city": "City", "any": None}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where is it", (Part("where is it"),)),
        ("to {city} now", (Part("to "), Part("{city}", "City", "city"), Part(" now"))),
        ("{city}", (Part("{city}", "City", "city"),)),
        ("{London|city}{any}", (Part("{London|city}", "City", "city"), Part("{any}", "any", "any"))),
        ("an {unknown} one", (Part("an {unknown} one"),)),
        ("", (Part(""),)),
    ],
)
def test_slots_in_utterances(text: str, parts: tuple[Part, ...]) -> None:
    phrase = read_utterance(text, SLOTS, PLACE)
    assert (phrase.parts, phrase.text) == (parts, text)


def read(reader: Any, value: Any) -> tuple[list[list[tuple[str, Any]]], list[str]]:
    notes = Notes()
    messages = reader(Cursor(value, PLACE, notes))
    told = [[(each.place.path, each.native) for each in message.variants] for message in messages]
    return told, [str(remark) for remark in notes.remarks]


def test_groups_of_v1() -> None:
    messages = [
        {"contentType": "PlainText", "content": "b", "groupNumber": 2},
        {"contentType": "PlainText", "content": "a"},
        {"contentType": "SSML", "content": "<speak/>", "groupNumber": 1},
    ]
    assert read(read_v1_messages, {"messages": messages, "responseCard": "{}"}) == (
        [
            [
                ("$.messages[1].content", {"contentType": "PlainText", "content": "a"}),
                ("$.messages[2].content", {"contentType": "SSML", "content": "<speak/>"}),
            ],
            [("$.messages[0].content", {"contentType": "PlainText", "content": "b"})],
        ],
        ["f: m: $.responseCard: response cards of Lex V1 are not sent"],
    )


@pytest.mark.parametrize("key", ["messageGroupsList", "messageGroups"])
def test_groups_of_v2(key: str) -> None:
    group = {
        "message": {"plainTextMessage": {"value": "a"}, "customPayload": None},
        "variations": [{"customPayload": {"value": "{}"}}],
    }
    assert read(read_v2_groups, {key: [group]}) == (
        [
            [
                (f"$.{key}[0].message.plainTextMessage.value", {"contentType": "PlainText", "content": "a"}),
                (f"$.{key}[0].variations[0].customPayload.value", {"contentType": "CustomPayload", "content": "{}"}),
            ]
        ],
        [],
    )
