"""Read a dialog skill of Watson Assistant: the workspace of V1, or the skill of V2.

https://cloud.ibm.com/apidocs/assistant-v1#getworkspace describes the members of a workspace's export.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emulators.exports.bot import (
    Action,
    Answer,
    Bot,
    Entity,
    EntityValue,
    Intent,
    NextStep,
    Node,
    Part,
    Phrase,
    Problem,
)
from emulators.exports.conditions import ConditionError, parse_condition
from emulators.exports.watson_output import read_output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulators.exports.cursor import Cursor, Notes

_REFERENCE = re.compile(r"(?<!\w)@(?P<entity>[\w-]+)")
SERVER_KINDS = frozenset({"server", "cloud_function", "cloud-function", "web_action", "web-action"})
"""Actions that Watson carries out itself: the client never sees them."""


def read(skill: Cursor, name: str, *, skill_name: str = "") -> Bot:
    """Read the skill, `{"intents": …, "entities": …, "dialog_nodes": …}`."""
    given = skill.objects("dialog_nodes")
    nodes = [_read_node(node) for node in given]
    previous = {node.text("dialog_node"): node.text("previous_sibling") for node in given}
    return Bot(
        name=skill_name or skill.text("name") or name,
        format="watson-dialog",
        language=skill.text("language") or "en",
        intents=tuple(read_intents(skill)),
        entities=tuple(read_entities(skill)),
        place=skill.place,
        nodes=tuple(_order(nodes, previous, skill.notes)),
    )


def read_intents(skill: Cursor) -> Iterator[Intent]:
    """Read the intents of a dialog or an actions skill."""
    for intent in skill.objects("intents"):
        name = intent.text("intent", required=True)
        phrases = tuple(_read_example(example) for example in intent.objects("examples"))
        yield Intent(name, name, phrases, intent.place)


def _read_example(example: Cursor) -> Phrase:
    """Read an example; entities in it are marked by their location, or written as `@entity`."""
    text = example.text("text", required=True)
    spans = [(found.start(), found.end(), found["entity"]) for found in _REFERENCE.finditer(text)]
    for mention in example.objects("mentions"):
        match mention.at("location").value:
            case [int(start), int(end)] if 0 <= start < end <= len(text):
                spans.append((start, end, mention.text("entity", required=True)))
            case _:
                mention.at("location").wrong("is no pair of places in the text")
    parts: list[Part] = []
    done = 0
    for start, end, entity in sorted(spans):
        if start >= done:
            parts += [Part(text[done:start]), Part(text[start:end], entity)]
            done = end
    return Phrase((*parts, Part(text[done:])), example.place)


def read_entities(skill: Cursor) -> Iterator[Entity]:
    """Read the entities of a dialog or an actions skill."""
    for entity in skill.objects("entities"):
        values = tuple(
            EntityValue(
                value.text("value"),
                tuple(way.value for way in value.texts("synonyms")),
                tuple(pattern.value for pattern in value.texts("patterns")),
            )
            for value in entity.objects("values")
        )
        yield Entity(entity.text("entity", required=True), values, entity.place)


def _read_node(node: Cursor) -> Node:
    identity = node.text("dialog_node", required=True)
    kind = node.text("type") or "standard"
    title = node.text("title") or identity
    condition = "false" if node.flag("disabled") else node.text("conditions")
    if kind == "frame":
        node.remark("the node answers without asking for its slots")
    if condition.strip() and kind not in ("slot", "event_handler"):
        try:
            parse_condition(condition)
        except ConditionError as error:
            node.at("conditions").remark(f"the condition counts as false: {error}")
    output = node.object("output")
    actions = (*_read_actions(node), *_read_actions(output))
    return Node(
        id=identity,
        kind=kind,
        title=title,
        parent=node.text("parent") or None,
        condition=condition,
        answer=Answer(title, read_output(output), actions, node.place),
        context=node.object("context").value,
        next_step=_read_next_step(node),
        place=node.place,
    )


def _read_actions(holder: Cursor) -> tuple[Action, ...]:
    return tuple(
        Action(
            name=action.text("name", required=True),
            parameters=action.object("parameters").value,
            place=action.place,
            # https://cloud.ibm.com/apidocs/assistant-v1#createdialognode: without a type it is the client's.
            kind=action.text("type") or "client",
            result_variable=action.text("result_variable") or None,
        )
        for action in holder.objects("actions")
    )


def _read_next_step(node: Cursor) -> NextStep | None:
    step = node.object("next_step")
    if not step.value:
        # The oldest workspaces call it go_to and know jumps only.
        old = node.object("go_to")
        if not old.value:
            return None
        return NextStep("jump_to", old.text("selector") or "body", old.text("dialog_node", required=True), old.place)
    behavior = step.text("behavior", required=True)
    if behavior == "jump_to":
        selector = step.text("selector") or "condition"
        return NextStep(behavior, selector, step.text("dialog_node", required=True), step.place)
    return NextStep(behavior, place=step.place)


def _order(nodes: list[Node], previous: Mapping[str, str], notes: Notes) -> Iterator[Node]:
    """Return the nodes, siblings in the order in which they are tried and children after their parent.

    Nodes that no other leads to come last, each with a problem.
    """
    known: set[str] = set()
    families: dict[str | None, list[Node]] = {}
    for node in nodes:
        if node.id in known:
            notes.problems.append(Problem(node.place / "dialog_node", f"the id {node.id!r} is taken"))
        known.add(node.id)
        families.setdefault(node.parent, []).append(node)
    placed: set[int] = set()

    def place(parent: str | None) -> Iterator[Node]:
        for node in _order_siblings(families.get(parent, []), previous):
            if id(node) not in placed:
                placed.add(id(node))
                yield node
                yield from place(node.id)

    yield from place(None)
    for node in nodes:
        step = node.next_step
        if step is not None and step.node and step.node not in known:
            notes.problems.append(Problem(step.place / "dialog_node", f"there is no node {step.node!r}"))
        if id(node) not in placed:
            wrong = "is among its own children" if node.parent in known else f"there is no node {node.parent!r}"
            notes.problems.append(Problem(node.place / "parent", wrong))
            yield node


def _order_siblings(siblings: list[Node], previous: Mapping[str, str]) -> list[Node]:
    """Follow the chain of previous siblings; what stands in no chain keeps the order of the export."""
    ids = {node.id for node in siblings}
    followers: dict[str, list[Node]] = {}
    for node in siblings:
        before = previous.get(node.id, "")
        followers.setdefault(before if before in ids else "", []).append(node)
    ordered: dict[int, Node] = {}
    waiting = list(reversed(followers.get("", [])))
    while waiting:
        node = waiting.pop()
        if id(node) not in ordered:
            ordered[id(node)] = node
            waiting += reversed(followers.get(node.id, []))
    return [*ordered.values(), *(node for node in siblings if id(node) not in ordered)]
