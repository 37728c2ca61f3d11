"""A conversation with a Watson V1 bot: its context goes to and fro, and nobody else's gets into it."""

from pathlib import Path
from typing import Any

import pytest

from emulators.faults import Fault
from emulators.server import Running
from tests import own_hooks
from tests.gateways import Gateway, make_account, make_event, open_gateway

BOT = "watson-v1"
SYSTEM = {"initialized": True, "dialog_stack": [{"dialog_node": "root"}]}


@pytest.fixture(autouse=True)
def _clean_hooks() -> None:
    own_hooks.SEEN.clear()


def sent(running: Running) -> list[Any]:
    """Give the bodies that Watson V1 has received."""
    return [request.body for request in running.watson.requests if request.path == "/v1/workspaces/w-1/message"]


def conversation_of(body: Any) -> Any:
    return body["context"].get("conversation_id")


async def say(gateway: Gateway, text: str, **options: Any) -> Any:
    """Say something that is answered; give the answer."""
    answer = await gateway.say(BOT, text, **options)
    assert answer.status == 200
    return answer.body


async def test_each_turn_brings_the_context_of_the_one_before(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        welcome = make_event("")
        welcome["context"]["lpEvent"] = {"isWelcomeEvent": True, "lastConsumerMessage": "cancel my order"}
        assert (await gateway.post(BOT, welcome)).body["messages"] == ["Welcome to the parcel desk."]
        await say(gateway, "where is my parcel", sequence=2)
        await say(gateway, "text\nand more")
    first, second, third = sent(running)
    assert first == {
        "input": {"text": ""},
        "alternate_intents": True,
        "context": {"convId": "c-1", "lpEvent": welcome["context"]["lpEvent"], "lpSdes": {}},
    }
    conversation_id = conversation_of(second)
    watsons = {"conversation_id": conversation_id, "metadata": {"user_id": conversation_id}}
    assert second == {
        "input": {"text": "where is my parcel"},
        "alternate_intents": True,
        "context": {
            "convId": "c-1",
            "lpEvent": {"type": "ContentEvent", "sequence": 2},
            "lpSdes": {},
            **watsons,
            "system": {**SYSTEM, "dialog_turn_counter": 1, "dialog_request_counter": 1},
        },
    }
    assert third == {
        "input": {"text": "text and more"},
        "alternate_intents": True,
        "context": {
            "convId": "c-1",
            "lpEvent": {"type": "ContentEvent"},
            "lpSdes": {},
            **watsons,
            "system": {**SYSTEM, "dialog_turn_counter": 2, "dialog_request_counter": 2},
            "lastParcel": "42",
        },
    }


async def test_conversations_and_gateways_begin_anew(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        for conversation in ("c-1", "c-1", "c-2", "c-2", "c-1"):
            await say(gateway, "text", conversation=conversation)
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        await say(gateway, "text")
    found = [conversation_of(body) for body in sent(running)]
    assert (found[0], found[2], found[5]) == (None, None, None)
    assert found[1] == found[4] != found[3]


async def test_encoded_metadata_goes_with_every_answer_until_the_dialog_empties_it(
    running: Running, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answers = [
            await say(gateway, text)
            for text in ("text", "set encoded metadata", "hello", "set other encoded metadata", "text")
        ]
        emptied = [await say(gateway, text) for text in ("empty encoded metadata", "text")]
    assert [answer["context"].get("encodedMetadata") for answer in answers] == [
        None,
        "eyJhIjoxfQ==",
        "eyJhIjoxfQ==",
        "eyJhIjoyfQ==",
        "eyJhIjoyfQ==",
    ]
    assert [answer["context"] for answer in emptied] == [{}, {}]


async def test_structured_content_keeps_its_own_encoded_metadata(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        await say(gateway, "set encoded metadata")
        answer = await say(gateway, "structured content with encoded metadata")
    assert answer == {
        "messages": [
            {
                "structuredContent": {"type": "vertical", "elements": [{"type": "text", "text": "Hi"}]},
                "metadata": [{"type": "ExternalId", "id": "m1"}],
                "encodedMetadata": "eyJhIjozfQ==",
            }
        ],
        "context": {"encodedMetadata": "eyJhIjoxfQ=="},
    }


async def test_a_pre_hook_sees_livepersons_shape_and_changes_all_but_the_ids(running: Running, tmp_path: Path) -> None:
    account = make_account(running, hooks={"pre": ["tests.own_hooks:steal_watson_v1"]})
    async with open_gateway(tmp_path, account) as gateway:
        await say(gateway, "text")
        await say(gateway, "text")
    first, second = [payload for _, payload in own_hooks.SEEN]
    lps = {"convId": "c-1", "lpEvent": {"type": "ContentEvent"}, "lpSdes": {}}
    assert first == {"message": "text", "context": lps}
    conversation_id = second["context"]["conversation_id"]
    assert second == {
        "message": "text",
        "context": {
            **lps,
            "conversation_id": conversation_id,
            "metadata": {"user_id": conversation_id},
            "system": {**SYSTEM, "dialog_turn_counter": 1, "dialog_request_counter": 1},
            "tier": "gold",
        },
    }
    assert sent(running) == [
        {"input": {"text": "text"}, "alternate_intents": True, "context": {**lps, "tier": "gold"}},
        {"input": {"text": "text"}, "alternate_intents": True, "context": second["context"]},
    ]


async def test_redaction_reaches_what_livepersons_shape_holds_and_leaves_watsons_state(
    running: Running, tmp_path: Path
) -> None:
    text = "my card is 4111 1111 1111 1111"
    event = make_event(text)
    event["context"]["lpEvent"]["event"] = {"message": text}
    async with open_gateway(tmp_path, make_account(running, hooks={"pre": ["hooks.redact:redact"]})) as gateway:
        await say(gateway, "text")
        assert (await gateway.post(BOT, event)).status == 200
        await say(gateway, "text")
    _, masked, last = sent(running)
    assert masked["input"] == {"text": "my card is [card]"}
    assert masked["context"]["lpEvent"] == {"type": "ContentEvent", "event": {"message": "my card is [card]"}}
    assert conversation_of(masked) == conversation_of(last)
    assert last["context"]["system"] == {**SYSTEM, "dialog_turn_counter": 2, "dialog_request_counter": 2}


async def test_an_outage_does_not_end_the_conversation(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        await say(gateway, "where is my parcel")
        running.watson.faults.add(Fault(status=503))
        assert (await gateway.say(BOT, "text")).status == 502
        running.watson.faults.clear()
        await say(gateway, "text")
    bodies = sent(running)
    assert len(bodies) == 5
    assert bodies[4]["context"] == bodies[1]["context"]
    assert bodies[4]["context"]["lastParcel"] == "42"


async def test_a_failure_that_heals_in_time_is_not_seen(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answers = [(await say(gateway, text))["messages"] for text in ("too many requests once", "internal error once")]
    assert answers == [["No longer limited"], ["Well again"]]
    assert len(sent(running)) == 4


async def test_bots_of_both_generations_share_an_emulator_and_nothing_else(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        await say(gateway, "set encoded metadata")
        other = await gateway.say("watson", "text")
        assert (await say(gateway, "text"))["context"] == {"encodedMetadata": "eyJhIjoxfQ=="}
    assert other.body == {"messages": ["Your parcel is on its way."], "context": {}}


async def test_a_hand_over_of_watsons_own_goes_to_the_escalation_skill(running: Running, tmp_path: Path) -> None:
    account = make_account(running, escalation={"skill": "human_skill", "message": "One moment."})
    async with open_gateway(tmp_path, account) as gateway:
        assert await say(gateway, "text and connect to agent") == {
            "messages": ["Connecting"],
            "context": {"action": "TRANSFER", "actionParameters": {"skill": "human_skill"}},
        }


async def test_on_chat_suggestions_are_buttons(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running, channel="chat")) as gateway:
        answer = await say(gateway, "suggestion")
    elements = [{"type": "text", "text": "Did you mean"}] + [
        {
            "type": "button",
            "tooltip": label,
            "title": label,
            "click": {"actions": [{"type": "publishText", "text": label.lower()}]},
        }
        for label in ("Track", "Cancel")
    ]
    assert answer["messages"] == [{"structuredContent": {"type": "vertical", "elements": elements}}]
