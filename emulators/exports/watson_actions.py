"""Read an actions skill of Watson Assistant into nodes: an action is a node, and after each question a child goes on.

https://cloud.ibm.com/docs/watson-assistant?topic=watson-assistant-build-actions-overview; the members of the export have no
reference of IBM's, they are those that a downloaded skill has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emulators.exports.bot import Answer, Bot, NextStep, Node
from emulators.exports.watson import read_entities, read_intents
from emulators.exports.watson_output import read_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulators.exports.cursor import Cursor

_ENDS = frozenset({"end_action", "invoke_another_action_and_end", "fallback", "connect_to_agent"})
_EXPRESSIONS = frozenset({"welcome", "anything_else", "conversation_start"})


def read(skill: Cursor, name: str, *, skill_name: str = "") -> Bot:
    """Read the skill, `{"intents": …, "actions": …}`."""
    nodes = [node for action in skill.objects("actions") for node in _read_action(action)]
    # What is said when nothing is understood must be tried last, wherever the export has it.
    last = [node for node in nodes if node.parent is None and node.condition == "anything_else"]
    return Bot(
        name=skill_name or skill.text("name") or name,
        format="watson-actions",
        language=skill.text("language") or "en",
        intents=tuple(read_intents(skill)),
        entities=tuple(read_entities(skill)),
        place=skill.place,
        nodes=(*(node for node in nodes if node not in last), *last),
    )


def _read_action(action: Cursor) -> Iterator[Node]:
    identity = action.text("action", required=True)
    title = action.text("title") or identity
    steps = _order_steps(action)
    node = Node(
        id=identity,
        kind="standard",
        title=title,
        parent=None,
        condition=_read_condition(action.object("condition")),
        answer=Answer(title, (), (), action.place),
        context={},
        next_step=None,
        place=action.place,
    )
    for step in steps:
        node = replace(
            node, answer=replace(node.answer, messages=node.answer.messages + read_output(step.object("output")))
        )
        resolver = step.object("resolver").text("type")
        if resolver.startswith("invoke_another_action"):
            target = step.object("resolver").object("invoke_action").text("action")
            node = replace(node, next_step=NextStep("jump_to", "body", target, step.place) if target else None)
            break
        if "question" in step:
            yield node
            node = Node(
                id=f"{identity}/{step.text('step')}",
                kind="standard",
                title=title,
                parent=node.id,
                condition="true",
                answer=Answer(title, (), (), step.place),
                context={step.text("variable") or step.text("step"): "<? input.text ?>"},
                next_step=None,
                place=step.place,
            )
        if resolver in _ENDS:
            break
    yield node


def _read_condition(condition: Cursor) -> str:
    """Write the condition of an action as a dialog's: `{"intent": NAME}` or `{"expression": "welcome"}`."""
    if "intent" in condition:
        return f"#{condition.text('intent')}"
    expression = condition.text("expression")
    if expression and expression not in _EXPRESSIONS:
        condition.remark(f"the condition {expression!r} counts as false")
    return expression if expression in _EXPRESSIONS else ""


def _order_steps(action: Cursor) -> list[Cursor]:
    """Return the steps from the first one on, each leading to its `next_step`, without those that are conditional."""
    steps = action.objects("steps")
    by_name = {step.text("step"): step for step in steps}
    ordered: list[Cursor] = []
    step = steps[0] if steps else None
    while step is not None and step not in ordered:
        if "condition" in step:
            step.at("condition").remark("the step is left out: conditions of steps are not played")
        else:
            ordered.append(step)
        following = step.text("next_step")
        index = steps.index(step) + 1
        step = by_name.get(following) if following else (steps[index] if index < len(steps) else None)
        if step is not None and step in ordered:
            break
    return ordered
