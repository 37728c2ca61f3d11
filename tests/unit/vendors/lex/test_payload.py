from typing import Any

import pytest

from gateway.contract.draft import ReplyDraft
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import Action, ActionName, StructuredContent, Text
from vendors.lex.payload import PARSER_CRASHED, add_card, add_custom_payload


def test_a_failure_names_the_place_and_quotes_nothing() -> None:
    with pytest.raises(VendorFailure) as caught:
        add_custom_payload('{"structuredContent": "a secret"}', ReplyDraft(), "messages[3]")
    assert (caught.value.kind, caught.value.code, caught.value.message) == (
        FailureKind.UNUSABLE,
        PARSER_CRASHED,
        "The answer of Lex cannot be read: messages[3].structuredContent: must be an object that is not empty",
    )


def test_a_payload_that_is_not_json_is_not_quoted() -> None:
    with pytest.raises(VendorFailure) as caught:
        add_custom_payload("{secret", ReplyDraft(), "messages[0]")
    assert caught.value.message == "A custom payload of Lex is not JSON: line 1, column 2, at messages[0]"


def test_a_null_type_is_no_type() -> None:
    draft = ReplyDraft()
    add_custom_payload('{"type":null,"textResponse":"Hi"}', draft, "messages[0]")
    assert draft.messages == [Text("Hi")]


def test_an_action_beside_other_shapes_is_the_action() -> None:
    draft = ReplyDraft()
    add_custom_payload('{"type":"ACTION","params":{"action":"CLOSE_CONVERSATION"},"delay":3}', draft, "messages[0]")
    assert (draft.messages, draft.finish().action) == ([], Action(ActionName.CLOSE_CONVERSATION))


@pytest.mark.parametrize(
    ("card", "elements"),
    [
        ({"title": "t" * 5001}, [{"type": "text", "text": "t" * 5000}]),
        (
            {"title": "t", "imageUrl": "HTTPS://img.example.com/a.png"},
            [{"type": "image", "url": "HTTPS://img.example.com/a.png"}, {"type": "text", "text": "t"}],
        ),
        (
            {"title": "t", "imageUrl": "https://img.example.com/" + "a" * 2025},
            [{"type": "text", "text": "https://img.example.com/" + "a" * 2025}, {"type": "text", "text": "t"}],
        ),
        ({"title": "t", "subtitle": None, "imageUrl": None, "buttons": None}, [{"type": "text", "text": "t"}]),
    ],
    ids=["long title", "scheme in capitals", "address too long for an image", "nulls"],
)
def test_card_keeps_within_the_lengths_of_structured_content(
    card: dict[str, Any], elements: list[dict[str, Any]]
) -> None:
    draft = ReplyDraft()
    add_card(card, draft, "messages[0]")
    assert draft.messages == [StructuredContent({"type": "vertical", "elements": elements})]
