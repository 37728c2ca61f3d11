"""Play a Watson skill: nodes in the order of siblings, children as follow-ups, jumps, context variables.

https://cloud.ibm.com/docs/assistant?topic=assistant-dialog-build describes the order in which nodes are tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from emulators.dialogue import Turn
from emulators.exports.conditions import ConditionError, parse_condition
from emulators.exports.expressions import Situation
from emulators.exports.matching import Matcher
from emulators.exports.native import build_watson, first_variants, translate_to_watson_v1
from emulators.exports.references import fill_strings, fill_watson, write
from emulators.exports.words import split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from emulators.dialogue import Memory
    from emulators.exports.bot import Action, Bot, Node
    from emulators.faults import Heard

MAX_STEPS = 50
"""Nodes that one turn may visit; Watson too ends a dialog that jumps in circles."""
_UNTRIED = frozenset({"response_condition", "event_handler", "slot"})
"""Kinds of nodes that belong to their parent and are no follow-ups."""


@dataclass(slots=True)
class _Said:
    """What one turn has come to so far."""

    situation: Situation
    messages: list[Any] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    """Variables set in this turn."""
    names: list[str] = field(default_factory=list)
    steps: int = 0
    position: str | None = None
    """The node whose children are tried first in the next turn."""
    resumes_at: str | None = None
    """The node that is tried, with its siblings, before the root in the next turn."""


class WatsonPlayer:
    """A skill, ready to answer. `memory.hidden` holds the position in the dialog."""

    def __init__(self, bot: Bot) -> None:
        """Prepare phrases, conditions and the families of nodes."""
        self._matcher = Matcher(bot.intents, bot.entities)
        self._entities = [entity.name for entity in bot.entities]
        self._nodes = {node.id: node for node in bot.nodes}
        self._children: dict[str | None, list[Node]] = {}
        for node in bot.nodes:
            self._children.setdefault(node.parent, []).append(node)
        self._conditions = {node.id: _compile(node) for node in bot.nodes}
        self._skill, self._member = (
            ("actions skill", "skill_variables") if bot.format == "watson-actions" else ("main skill", "user_defined")
        )

    def play(self, heard: Heard, memory: Memory) -> Turn:
        """Answer one turn."""
        text = heard.text or ""
        matches = self._matcher.rank(text)[:1]
        found = self._find_entities(text)
        values: dict[str, list[str]] = {}
        for entity in found:
            values.setdefault(entity["entity"], []).append(entity["value"])
        said = _Said(
            Situation(
                text=text,
                intent=matches[0].intent.name if matches else None,
                confidence=matches[0].score if matches else 0.0,
                entities=values,
                variables=dict(memory.variables),
                is_first=not memory.hidden.get("begun", False),
            )
        )
        memory.hidden["begun"] = True
        self._run(self._choose(memory, said.situation), said)
        memory.hidden["position"], memory.hidden["resumes_at"] = said.position, said.resumes_at
        answer = build_watson(
            said.messages,
            said.actions,
            intents=[(match.intent.name, match.score) for match in matches],
            entities=found,
        )
        if said.changes:
            answer["context"] = {"skills": {self._skill: {self._member: said.changes}}}
        return Turn(" > ".join(said.names) or "no node", answer)

    def _find_entities(self, text: str) -> list[dict[str, Any]]:
        words = split_words(text)
        found = [(name, self._matcher.lexicon.find(name, text, words)) for name in self._entities]
        return [
            {
                "entity": name,
                "value": value.value,
                "location": [words[value.start].start, words[value.start + value.count - 1].end],
                "confidence": 1.0,
            }
            for name, value in found
            if value is not None
        ]

    def _choose(self, memory: Memory, situation: Situation) -> Node | None:
        """Find the node that answers: among the follow-ups of the last one, else from the root on."""
        position, resumes_at = memory.hidden.get("position"), memory.hidden.get("resumes_at")
        levels = [
            self._level(position, situation) if position is not None else [],
            self._from(self._nodes[resumes_at], situation) if resumes_at is not None else [],
            self._level(None, situation),
        ]
        return next((node for level in levels if (node := self._first(level, situation)) is not None), None)

    def _first(self, nodes: Iterable[Node], situation: Situation) -> Node | None:
        return next((node for node in nodes if self._conditions[node.id](situation)), None)

    def _level(self, parent: str | None, situation: Situation) -> list[Node]:
        """Return the children that can be chosen; those in an open folder stand in the folder's place."""
        level: list[Node] = []
        for node in self._children.get(parent, ()):
            if node.kind == "folder":
                level += self._level(node.id, situation) if self._conditions[node.id](situation) else []
            elif node.kind not in _UNTRIED:
                level.append(node)
        return level

    def _from(self, node: Node, situation: Situation) -> list[Node]:
        """Return a node and the siblings after it."""
        level = self._level(node.parent, situation)
        return level[level.index(node) :] if node in level else [node]

    def _run(self, node: Node | None, said: _Said) -> None:
        """Let nodes speak, from this one on to where the turn ends."""
        while node is not None and said.steps < MAX_STEPS:
            said.steps += 1
            said.names.append(node.title)
            said.position = node.id if self._level(node.id, said.situation) else None
            said.resumes_at = None
            self._speak(node, said)
            variant = self._first(
                (child for child in self._children.get(node.id, ()) if child.kind == "response_condition"),
                said.situation,
            )
            if variant is not None:
                self._speak(variant, said)
            node = self._next(variant if variant is not None and variant.next_step else node, node, said)

    def _next(self, speaker: Node, node: Node, said: _Said) -> Node | None:
        """Return the node that speaks next in this turn; None when the turn ends."""
        step = speaker.next_step
        if step is None:
            return None
        if step.behavior == "skip_user_input":
            return self._first(self._level(node.id, said.situation), said.situation)
        if step.behavior != "jump_to" or step.node not in self._nodes:
            return None
        target = self._nodes[step.node]
        if step.selector == "condition":
            said.position = None
            tried = [*self._from(target, said.situation), *self._level(None, said.situation)]
            return self._first(tried, said.situation)
        if step.selector == "user_input":
            said.position, said.resumes_at = target.id, target.id
            return None
        return target

    @staticmethod
    def _speak(node: Node, said: _Said) -> None:
        """Set a node's variables, then say its messages: they may name the variables."""
        for name, value in node.context.items():
            filled = fill_strings(value, lambda text: fill_watson(text, said.situation))
            said.changes[name] = filled
            said.situation = replace(said.situation, variables={**said.situation.variables, name: filled})
        said.messages += [
            fill_strings(message, lambda text: write(fill_watson(text, said.situation)))
            for message in first_variants(node.answer.messages)
        ]
        said.actions += [
            replace(
                action, parameters=fill_strings(dict(action.parameters), lambda text: fill_watson(text, said.situation))
            )
            for action in node.answer.actions
        ]


class WatsonV1Player:
    """The same skill behind the API's first generation."""

    def __init__(self, bot: Bot) -> None:
        """Prepare the skill."""
        self._player = WatsonPlayer(bot)

    def play(self, heard: Heard, memory: Memory) -> Turn:
        """Answer one turn in V1's form."""
        turn = self._player.play(heard, memory)
        return replace(turn, answer=translate_to_watson_v1(turn.answer))


def _compile(node: Node) -> Callable[[Situation], bool]:
    """Return a node's condition. Without one, a folder and a variant of an answer are open; a node is never chosen."""
    if not node.condition.strip():
        is_open = node.kind in ("folder", "response_condition")
        return lambda _: is_open
    try:
        return parse_condition(node.condition)
    except ConditionError:
        return lambda _: False
