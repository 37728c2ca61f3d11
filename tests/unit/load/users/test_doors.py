from typing import Any

import pytest

from emulators.lp_events import Consumer
from load.users.doors import ENDPOINT, EVENTS, Button, Door, Heard, Said
from load.users.targets import Target
from tests.load_data import read_table

DOORS: dict[str, Door] = {"events": EVENTS, "endpoint": ENDPOINT}
CONSUMER = Consumer(conv_id="c-1", sdes={"a": 1})
TARGET = Target(
    account="5", bot="b", vendor="lex-v2", door="endpoint", channel="messaging", weight=1, environment="production"
)
CLOSE = Said(kind="close", lp_event={"sequence": 5})


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", read_table("events.json"), ids=lambda case: case["name"])
def test_events_are_written_as_each_door_wants_them(case: dict[str, Any], door: str) -> None:
    assert DOORS[door].write(CONSUMER, Said(**case["said"])) == case[door]


def test_only_the_custom_endpoint_is_told_of_the_end() -> None:
    end = {"type": "CLOSE_CONVERSATION", "source": "CONVERSATION", "context": {"lpEvent": {"sequence": 5}}}
    assert ENDPOINT.write(CONSUMER, CLOSE) == end


def test_the_custom_endpoint_gets_the_attributes_when_the_conversation_is_opened() -> None:
    assert ENDPOINT.write_opening(CONSUMER) == {
        "sdes": {"a": 1},
        "context": {
            "type": "MESSAGING",
            "skillId": "12",
            "engagementId": "3",
            "campaignId": "4",
            "visitor": {"consumerId": "consumer-1"},
        },
    }


@pytest.mark.parametrize("case", read_table("heard.json"), ids=lambda case: case["name"])
def test_buttons_and_action_are_found_in_an_answer(case: dict[str, Any]) -> None:
    heard = DOORS[case["door"]].read(case["answer"])
    buttons = tuple(Button(title, text, tuple(metadata)) for title, text, metadata in case["buttons"])
    assert heard == Heard(buttons, case["action"])
    assert heard.is_the_end is case["is_the_end"]


def test_each_door_has_its_path() -> None:
    assert EVENTS.path(TARGET, "c-1") == "/v1/accounts/5/bots/b/events"
    assert ENDPOINT.path(TARGET, "c-1") == "/v1/bots/b/environments/production/conversations/c-1/events"


def test_a_function_names_its_event_so_that_a_repeat_is_known() -> None:
    assert EVENTS.headers("c 1", CLOSE) == {"Idempotency-Key": "c%201%3A5"}
    assert ENDPOINT.headers("c 1", CLOSE) == {}
