"""What an export says: one bot of a vendor, read into data, with the place of every part of it.

Nothing here is translated for LivePerson: answers stand in the form in which the vendor's runtime API sends them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Format = Literal["dialogflow-es", "lex-v1", "lex-v2", "watson-dialog", "watson-actions"]
"""The forms of an export that can be read."""
Vendor = Literal["dialogflow-es", "lex-v2", "watson-v2"]
"""The emulator that plays the bot, by the vendor's name in account files. Lex V1 bots are played by Lex V2."""

VENDORS: Mapping[Format, Vendor] = {
    "dialogflow-es": "dialogflow-es",
    "lex-v1": "lex-v2",
    "lex-v2": "lex-v2",
    "watson-dialog": "watson-v2",
    "watson-actions": "watson-v2",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in an export."""

    file: str
    """The export, as it was given."""
    member: str = ""
    """The path inside a zip or folder; empty when the export is one JSON file."""
    path: str = "$"
    """The JSON path in that member, such as `$.responses[0].messages[2].payload`."""

    def __str__(self) -> str:
        """Name file, member and JSON path."""
        return ": ".join(part for part in (self.file, self.member, self.path) if part)

    def __truediv__(self, step: str | int) -> Place:
        """Return the place of a member of the object, or of an item of the list, that stands here."""
        if isinstance(step, int):
            return Place(self.file, self.member, f"{self.path}[{step}]")
        plain = step.isidentifier()
        return Place(self.file, self.member, f"{self.path}.{step}" if plain else f"{self.path}[{step!r}]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in an export that is wrong, or that the emulators do not play."""

    place: Place
    text: str

    def __str__(self) -> str:
        """Name the place and what is wrong there."""
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a training phrase: plain text, or an example of an entity's value."""

    text: str
    entity: str | None = None
    """The entity (slot type) by its name, such as `city` or `sys.any`; None for plain text."""
    alias: str | None = None
    """The parameter (slot) that the value goes into."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One training phrase."""

    parts: tuple[Part, ...]
    place: Place

    @property
    def text(self) -> str:
        """Return the phrase as one text; a Lex slot keeps its braces."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class EntityValue:
    """One value of an entity, with the other ways to say it."""

    value: str
    synonyms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    """Regular expressions that stand for the value."""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of the bot's own, or a slot type."""

    name: str
    values: tuple[EntityValue, ...]
    place: Place
    closed: bool = True
    """False where any other value is taken as well (automated expansion; slot types that only give examples)."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say a message."""

    native: Any
    """As the vendor's runtime API sends it: an item of ES `fulfillmentMessages` (`{"text": {"text": [TEXT]}}`,
    `{"payload": OBJECT}`), of Lex V2 `messages` (`{"contentType": …, "content": TEXT}`), of Watson `output.generic`."""
    place: Place
    """Of what the native form was made of: a text, the payload, the content."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an answer: variants of which the vendor sends one. The emulators send the first."""

    variants: tuple[Variant, ...]
    """Never empty."""
    place: Place


@dataclass(frozen=True, slots=True)
class Action:
    """What an answer asks the client to do: the action of an ES intent, an entry of a Watson node's `actions`.

    Lex has none: there actions are custom payloads among the messages.
    """

    name: str
    parameters: Mapping[str, Any]
    """ES: the intent's parameters, constants as they are and references (`$city`, `#context.city`) unresolved."""
    place: Place
    kind: str = ""
    """Watson's `type`: client, server, cloud_function, …"""
    result_variable: str | None = None
    """Watson's `result_variable`; None when it is missing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot says and does in one turn."""

    name: str
    """The name of the intent or the title of the node it belongs to."""
    messages: tuple[Message, ...]
    actions: tuple[Action, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Context:
    """A context that an intent sets (ES, Lex)."""

    name: str
    lifespan: int
    """In turns; 0 ends the context (ES)."""
    place: Place
    seconds: int = 1200
    """How long it lives at most."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an ES intent, or a slot of a Lex intent."""

    name: str
    value: Any
    """ES: a constant, or text with references (`$city`). Lex: None."""
    entity: str | None
    required: bool
    is_list: bool
    default: Any
    prompts: tuple[Message, ...]
    """What the bot asks when a required value is missing."""
    place: Place


@dataclass(frozen=True, slots=True)
class Intent:
    """An intent with what it answers; in Watson's dialogs the answers stand in the nodes instead."""

    name: str
    id: str
    """The vendor's id; the name where the export has none."""
    phrases: tuple[Phrase, ...]
    place: Place
    answer: Answer | None = None
    events: tuple[str, ...] = ()
    is_fallback: bool = False
    priority: int = 500_000
    """ES: greater is preferred; a negative one takes the intent out of matching."""
    input_contexts: tuple[str, ...] = ()
    output_contexts: tuple[Context, ...] = ()
    resets_contexts: bool = False
    parameters: tuple[Parameter, ...] = ()
    confirmation: tuple[Message, ...] = ()
    """Lex: what is asked before the answer is given."""
    declined: tuple[Message, ...] = ()
    """Lex: what is said when that is answered with no."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where a Watson node goes on."""

    behavior: str
    """jump_to, skip_user_input, get_user_input, or another word of the API."""
    selector: str = ""
    """With jump_to: condition, body, user_input, client."""
    node: str = ""
    """With jump_to: the `dialog_node` it leads to."""
    place: Place = field(default_factory=lambda: Place(""))


@dataclass(frozen=True, slots=True)
class Node:
    """A dialog node of Watson; the steps of an action are read into nodes too."""

    id: str
    """`dialog_node`."""
    kind: str
    """standard, response_condition, folder, frame, slot, event_handler."""
    title: str
    parent: str | None
    condition: str
    """As written; empty where there is none."""
    answer: Answer
    context: Mapping[str, Any]
    """Variables that the node sets."""
    next_step: NextStep | None
    place: Place


@dataclass(frozen=True, slots=True)
class Bot:
    """A whole bot."""

    name: str
    """As the export says; the file's name where it does not."""
    format: Format
    language: str
    """As the vendor's API spells it: en, en_US (Lex)."""
    intents: tuple[Intent, ...]
    """In the order of the export (ES: of the files' names)."""
    entities: tuple[Entity, ...]
    place: Place
    nodes: tuple[Node, ...] = ()
    """Watson alone; siblings stand in the order in which they are tried."""

    @property
    def vendor(self) -> Vendor:
        """Return the vendor whose emulator plays the bot."""
        return VENDORS[self.format]

    @property
    def answers(self) -> Iterator[Answer]:
        """Iterate over everything the bot can answer, in the order of the export."""
        yield from (intent.answer for intent in self.intents if intent.answer is not None)
        yield from (node.answer for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was read."""

    file: str
    bot: Bot | None
    """None when the export is no bot at all (then there is a problem)."""
    problems: tuple[Problem, ...]
    """What contradicts the vendor's format; such an export is not played."""
    remarks: tuple[Problem, ...]
    """What the bot does at its vendor and not here: webhooks, code hooks, expressions that are not understood."""
