from typing import Any

import pytest

from load.users.conversation import Conversation, make_sdes
from load.users.doors import Button, Heard
from load.users.talks import Talk
from load.users.targets import ChannelName, DoorName, Target
from tests.load_data import chance

TRACK = Button("Track", "where is it", ({"type": "ExternalId", "id": "t"},))
PERSON = Button("A person", "agent")


def begin(*steps: dict[str, Any], channel: ChannelName = "messaging", door: DoorName = "events") -> Conversation:
    target = Target(account="5", bot="b", vendor="v", door=door, channel=channel, weight=1)
    return Conversation(target, Talk.model_validate({"channels": [channel], "steps": list(steps)}), chance(1))


def test_a_talk_s_steps_become_numbered_events() -> None:
    content, file = {"type": "vertical", "elements": []}, {"relativePath": "/a.png"}
    conversation = begin(
        {"do": "welcome", "last_consumer_message": "hi"},
        {"do": "say", "texts": ["hello"]},
        {"do": "send rich content", "content": content},
        {"do": "send a file", "file": file},
    )
    said = [said for _, said in conversation.events()]
    assert [(each.kind, each.sequence, each.text, each.data) for each in said] == [
        ("welcome", 1, "", None),
        ("text", 2, "hello", None),
        ("rich content", 3, "", content),
        ("file", 4, "", file),
    ]
    assert said[0].lp_event["lastConsumerMessage"] == "hi"
    assert {each.lp_event["dialogId"] for each in said} == {conversation.id}


@pytest.mark.parametrize(
    ("offered", "title", "text", "metadata"),
    [
        ((), "Track", "otherwise", []),
        ((TRACK, PERSON), "Track", "where is it", [{"type": "ExternalId", "id": "t"}]),
        ((PERSON,), "Track", "agent", []),
        ((PERSON,), "", "agent", []),
    ],
)
def test_a_click_sends_what_the_button_publishes(
    offered: tuple[Button, ...], title: str, text: str, metadata: list[Any]
) -> None:
    conversation = begin({"do": "say", "texts": ["hello"]}, {"do": "click", "button": title, "otherwise": "otherwise"})
    events = conversation.events()
    next(events)
    conversation.hear(Heard(offered))
    _, said = next(events)
    assert (said.text, said.lp_event.get("metadata", [])) == (text, metadata)


def test_buttons_of_an_earlier_answer_can_still_be_clicked() -> None:
    conversation = begin({"do": "say", "texts": ["a"]}, {"do": "click", "otherwise": "otherwise"})
    events = conversation.events()
    next(events)
    conversation.hear(Heard((PERSON,)))
    conversation.hear(Heard())
    assert next(events)[1].text == "agent"


@pytest.mark.parametrize(("action", "left"), [("TRANSFER", 0), ("CLOSE_CONVERSATION", 0), ("CHANGE_TTR", 1), (None, 1)])
def test_the_bot_is_not_asked_after_it_handed_over_or_closed(action: str | None, left: int) -> None:
    conversation = begin({"do": "say", "texts": ["a"]}, {"do": "say", "texts": ["b"]})
    events = conversation.events()
    next(events)
    conversation.hear(Heard(action=action))
    assert len(list(events)) == left


def test_on_chat_the_session_names_the_conversation() -> None:
    conversation = begin({"do": "welcome"}, channel="chat")
    (_, said) = next(conversation.events())
    assert said.lp_event == {
        "sequence": 1,
        "@id": "1",
        "@type": "line",
        "sequenceId": 1,
        "conversationContext": {"type": "CHAT", "skillId": "12", "campaignId": "4", "engagementId": "3"},
        "isWelcomeEvent": True,
        "chatSessionKey": conversation.id,
    }


def test_the_end_is_an_event_of_its_own() -> None:
    conversation = begin({"do": "welcome"}, door="endpoint")
    next(conversation.events())
    assert (conversation.close().kind, conversation.close().sequence) == ("close", 3)


def test_no_two_conversations_are_the_same_whatever_the_chance() -> None:
    assert begin({"do": "welcome"}).id != begin({"do": "welcome"}).id


def test_the_same_chance_makes_the_same_consumer() -> None:
    assert make_sdes(chance(1)) == make_sdes(chance(1)) != make_sdes(chance(2))
