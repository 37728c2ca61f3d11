"""Whatever Watson offers, what is made of it keeps to LivePerson's limits or becomes a text."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.draft import ReplyDraft
from gateway.contract.types import Channel, Json, Message, StructuredContent, Text
from gateway.contract.wire import dumps
from vendors.watson.content import Choice, Item, build_image, build_link, build_options, build_suggestions

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.integers(1, 6000).map("x".__mul__),
)
CHOICES = st.lists(st.builds(Choice, label=TEXTS.filter(bool), text=TEXTS.filter(bool)), min_size=1, max_size=300)
SOURCES = st.one_of(
    TEXTS.filter(bool), TEXTS.map("https://example.com/".__add__), TEXTS.map("http://example.com/".__add__)
)


def item(title: str = "", description: str = "") -> Item:
    return Item(title, description, ReplyDraft(), "output.generic[0]")


def check_element(element: Json) -> None:
    match element:
        case {"type": "text", "text": text}:
            assert 0 < len(text) <= 5000
        case {"type": "image", "url": url}:
            assert url.lower().startswith("https://")
            assert len(url) <= 2048
        case {"type": "button", "title": title, "tooltip": tooltip, "click": {"actions": [action]}}:
            assert len(title) <= 128
            assert len(tooltip) <= 256
            match action:
                case {"type": "publishText", "text": text}:
                    assert 0 < len(text) <= 256
                case {"type": "link", "name": name, "uri": uri}:
                    assert len(name) <= 256
                    assert len(uri) <= 1024
                case _:
                    pytest.fail(f"unknown action {action}")
        case _:
            pytest.fail(f"unknown element {element}")


def check(message: Message) -> None:
    match message:
        case Text(text):
            assert text
        case StructuredContent({"type": "vertical", "elements": elements}):
            assert 0 < len(elements) <= 256
            for element in elements:
                check_element(element)
        case StructuredContent({"message": title, "quickReplies": {"replies": replies, "itemsPerRow": 8}}):
            assert title
            assert 0 < len(replies) <= 24
            for reply in replies:
                check_element(reply)
                assert len(reply["title"]) <= 25
        case _:
            pytest.fail(f"unknown message {message}")
    assert isinstance(message, Text) or len(dumps(message.content)) <= 15_000


@given(choices=CHOICES, title=TEXTS, description=TEXTS, channel=st.sampled_from(Channel))
def test_choices_keep_to_the_limits(choices: list[Choice], title: str, description: str, channel: Channel) -> None:
    check(build_options(choices, item(title, description)))
    suggested = build_suggestions(choices, item(title, description), channel)
    check(suggested)
    if isinstance(suggested, StructuredContent) and channel is Channel.CHAT:
        assert not suggested.is_quick_replies


@pytest.mark.parametrize("build", [build_image, build_link], ids=lambda build: build.__name__)
@given(source=SOURCES, title=TEXTS, description=TEXTS)
def test_media_keep_to_the_limits(
    build: Callable[[str, Item], Message], source: str, title: str, description: str
) -> None:
    message = build(source, item(title, description))
    check(message)
    if isinstance(message, Text):
        assert message.text.endswith(source)


@given(choices=CHOICES, title=TEXTS)
def test_nothing_is_changed_without_a_warning(choices: list[Choice], title: str) -> None:
    made_of = item(title)
    message = build_options(choices, made_of)
    if not made_of.draft.warnings:
        assert isinstance(message, StructuredContent)
        buttons = [element for element in message.content["elements"] if element["type"] == "button"]
        assert [(button["title"], button["click"]["actions"][0]["text"]) for button in buttons] == [
            (choice.label, choice.text) for choice in choices
        ]
