import pytest

from gateway.contract.draft import ReplyDraft
from gateway.contract.types import Text
from vendors.dialogflow.messages import add_texts, read_resource_id, read_struct


@pytest.mark.parametrize(
    ("item", "texts", "warnings"),
    [
        ({"text": ["One", "Two"]}, ["One", "Two"], []),
        ({"text": ["One", "", "Two"]}, ["One", "Two"], ["at.text[1]: a blank text was dropped"]),
        ({"text": []}, [], ["at.text: a blank text was dropped"]),
        ({}, [], ["at.text: a blank text was dropped"]),
        ({"text": None}, [], ["at.text: a blank text was dropped"]),
        ({"text": "One"}, [], ["at.text: texts that are no array were dropped"]),
        (
            {"text": [None, {}]},
            [],
            [
                "at.text[0]: a text that is no string was dropped",
                "at.text[1]: a text that is no string was dropped",
            ],
        ),
        ("One", [], ["at: what should be an object was dropped"]),
    ],
)
def test_texts(item: object, texts: list[str], warnings: list[str]) -> None:
    draft = ReplyDraft()

    add_texts(item, draft, "at")

    assert (draft.messages, draft.warnings) == ([Text(text) for text in texts], warnings)


@pytest.mark.parametrize(
    ("value", "read", "warnings"),
    [
        ({"delay": 1}, {"delay": 1}, []),
        ({"fields": {"delay": {"kind": "numberValue", "numberValue": 1}}}, {"delay": 1}, []),
        ({"fields": {"delay": {"kind": "numberValue"}}}, None, ["at: a malformed Struct was dropped"]),
        ([], None, ["at: what should be an object was dropped"]),
    ],
)
def test_struct(value: object, read: object, warnings: list[str]) -> None:
    draft = ReplyDraft()

    assert (read_struct(value, draft, "at"), draft.warnings) == (read, warnings)


@pytest.mark.parametrize(
    ("resource", "last"),
    [("projects/p/agent/intents/7f1a", "7f1a"), ("7f1a", "7f1a"), ("a/", ""), ("", ""), (None, None), (5, None)],
)
def test_resource_id(resource: object, last: str | None) -> None:
    assert read_resource_id(resource) == last
