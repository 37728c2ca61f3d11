from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulators.exports.bot import Action, EntityValue, NextStep, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulators.exports.bot import Export

SKILL = {
    "name": "Desk",
    "language": "de",
    "intents": [
        {
            "intent": "track",
            "examples": [
                {"text": "is it in London now", "mentions": [{"entity": "city", "location": [9, 15]}]},
                {"text": "send it to @city, or to me@example.com"},
            ],
        }
    ],
    "entities": [
        {
            "entity": "city",
            "values": [{"value": "London", "synonyms": ["big smoke"]}, {"value": "code", "patterns": ["[A-Z]+"]}],
        }
    ],
    "dialog_nodes": [
        {"dialog_node": "c", "previous_sibling": "b", "parent": "x"},
        {"dialog_node": "z", "previous_sibling": "x", "conditions": "anything_else"},
        {"dialog_node": "a", "parent": "x"},
        {"dialog_node": "b", "previous_sibling": "a", "parent": "x"},
        {"dialog_node": "lost", "previous_sibling": "gone"},
        {
            "dialog_node": "x",
            "title": "Start",
            "conditions": "welcome",
            "output": {"text": "hello"},
            "context": {"k": 1},
            "actions": [{"name": "TRANSFER", "parameters": {"skill": "s"}, "result_variable": "none"}],
            "next_step": {"behavior": "jump_to", "dialog_node": "z"},
        },
    ],
}


def test_a_dialog(read_members: Callable[[Mapping[str, Any]], Export]) -> None:
    bot = read_members({"": SKILL}).bot
    assert bot is not None
    [intent] = bot.intents
    [entity] = bot.entities
    assert (bot.name, bot.language) == ("Desk", "de")
    assert [phrase.parts for phrase in intent.phrases] == [
        (Part("is it in "), Part("London", "city"), Part(" now")),
        (Part("send it to "), Part("@city", "city"), Part(", or to me@example.com")),
    ]
    assert entity.values == (EntityValue("London", ("big smoke",)), EntityValue("code", (), ("[A-Z]+",)))


def test_nodes_stand_in_the_order_of_their_siblings(read_members: Callable[[Mapping[str, Any]], Export]) -> None:
    export = read_members({"": SKILL})
    assert export.bot is not None
    assert export.problems == ()
    assert [node.id for node in export.bot.nodes] == ["lost", "x", "a", "b", "c", "z"]


def test_a_node(read_members: Callable[[Mapping[str, Any]], Export]) -> None:
    bot = read_members({"": SKILL}).bot
    assert bot is not None
    [node] = [node for node in bot.nodes if node.id == "x"]
    [action] = node.answer.actions
    assert (node.kind, node.title, node.parent, node.condition, node.context) == (
        "standard",
        "Start",
        None,
        "welcome",
        {"k": 1},
    )
    assert action == Action("TRANSFER", {"skill": "s"}, action.place, "client", "none")
    assert node.next_step == NextStep("jump_to", "condition", "z", node.place / "next_step")
    assert (node.answer.name, [message.place.path for message in node.answer.messages]) == (
        "Start",
        ["$.dialog_nodes[5].output.text"],
    )
