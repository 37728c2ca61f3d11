from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulators.exports.bot import Export


def say(text: str) -> Any:
    return {"generic": [{"response_type": "text", "text": text}]}


def test_actions_become_nodes(read_members: Callable[[Mapping[str, Any]], Export]) -> None:
    actions = [
        {
            "action": "none",
            "title": "No match",
            "condition": {"expression": "anything_else"},
            "steps": [{"step": "1", "output": say("none")}],
        },
        {
            "action": "buy",
            "condition": {"intent": "buy"},
            "steps": [
                {"step": "3", "output": say("three"), "question": {}, "variable": "colour", "next_step": "1"},
                {"step": "2", "output": say("never")},
                {"step": "1", "output": say("one"), "next_step": "3"},
            ],
        },
        {"action": "empty", "condition": {}, "steps": []},
    ]
    bot = read_members({"": {"workspace": {"actions": actions}}}).bot
    assert bot is not None
    told = [
        (
            node.id,
            node.parent,
            node.condition,
            dict(node.context),
            [message.variants[0].native["text"] for message in node.answer.messages],
        )
        for node in bot.nodes
    ]
    assert told == [
        ("buy", None, "#buy", {}, ["three"]),
        ("buy/3", "buy", "true", {"colour": "<? input.text ?>"}, ["one"]),
        ("empty", None, "", {}, []),
        ("none", None, "anything_else", {}, ["none"]),
    ]
