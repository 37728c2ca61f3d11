"""What Watson's expressions are made of: values, members, methods and comparisons, as functions of the situation."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulators.exports.words import fold


@dataclass(frozen=True, slots=True)
class Situation:
    """What a condition is about."""

    text: str = ""
    intent: str | None = None
    confidence: float = 0.0
    """With which the intent was understood."""
    entities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The values found in the text, by entity."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    is_first: bool = False
    """Whether this is the first turn of the session."""


Expression = Callable[[Situation], Any]


def pick(collection: Any, key: Any) -> Any:
    """Return an item of a list, or a member of an object; nothing where there is none."""
    if isinstance(collection, list) and isinstance(key, int):
        return collection[key] if 0 <= key < len(collection) else None
    return collection.get(key) if isinstance(collection, Mapping) and isinstance(key, str) else None


WORDS: Mapping[str, Expression] = {
    "true": lambda _: True,
    "false": lambda _: False,
    "null": lambda _: None,
    "anything_else": lambda _: True,
    "welcome": lambda situation: situation.is_first and not situation.text.strip(),
    "conversation_start": lambda situation: situation.is_first,
    "irrelevant": lambda situation: situation.intent is None and bool(situation.text.strip()),
    "input_text": lambda situation: situation.text,
    "input": lambda situation: {"text": situation.text},
    "context": lambda situation: situation.variables,
    "intents": lambda situation: (
        [{"intent": situation.intent, "confidence": situation.confidence}] if situation.intent is not None else []
    ),
    "entities": lambda situation: [
        {"entity": entity, "value": value} for entity, values in situation.entities.items() for value in values
    ],
}
COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
METHODS: Mapping[tuple[str, int], Callable[..., Any]] = {
    ("contains", 1): lambda text, part: str(part) in text,
    ("matches", 1): lambda text, pattern: re.fullmatch(str(pattern), text) is not None,
    ("equals", 1): lambda text, other: text == other,
    ("equalsIgnoreCase", 1): lambda text, other: fold(text) == fold(str(other)),
    ("startsWith", 1): lambda text, part: text.startswith(str(part)),
    ("endsWith", 1): lambda text, part: text.endswith(str(part)),
    ("toLowerCase", 0): lambda text: text.lower(),
    ("toUpperCase", 0): lambda text: text.upper(),
    ("trim", 0): lambda text: text.strip(),
    ("length", 0): len,
    ("isEmpty", 0): lambda text: not text,
}
"""Methods of texts by name and number of arguments."""
COLLECTION_METHODS: Mapping[tuple[str, int], Callable[..., Any]] = {
    ("size", 0): len,
    ("isEmpty", 0): lambda collection: not collection,
    ("contains", 1): lambda collection, item: item in collection,
    ("has", 1): lambda collection, key: key in collection,
    ("containsKey", 1): lambda collection, key: key in collection,
    ("get", 1): pick,
}
"""Methods of lists and objects."""


def _constant(value: Any) -> Expression:
    return lambda _: value


def _string(text: str) -> Expression:
    return _constant(re.sub(r"\\(.)", r"\1", text[1:-1]))


def _number(text: str) -> Expression:
    return _constant(float(text) if "." in text else int(text))


def _intent(text: str) -> Expression:
    return lambda situation: situation.intent == text[1:]


def _variable(text: str) -> Expression:
    return lambda situation: situation.variables.get(text[1:])


def _entity(text: str) -> Expression:
    """Give the values of an entity, or whether one value was said: `@city`, `@city:london`, `@city:(new york)`."""
    entity, colon, value = text[1:].partition(":")
    if not colon:
        return lambda situation: list(situation.entities.get(entity, ()))
    wanted = fold(value.strip("()").strip())
    return lambda situation: any(fold(found) == wanted for found in situation.entities.get(entity, ()))


def member_of(target: Expression, name: str) -> Expression:
    """Give a member of an object; of an entity, its `value` or `literal`."""

    def get(situation: Situation) -> Any:
        found = target(situation)
        if isinstance(found, list) and name in ("value", "literal", "values"):
            return found if name == "values" else plain(found)
        return found.get(name) if isinstance(found, Mapping) else None

    return get


def item_of(target: Expression, key: Expression) -> Expression:
    """Give an item of a list, or a member of an object."""
    return lambda situation: pick(target(situation), key(situation))


def add(terms: list[Any]) -> Any:
    """Add numbers; as soon as one term is a text, put texts together."""
    if all(isinstance(term, int | float) for term in terms):
        return sum(terms)
    return "".join("" if term is None else str(term) for term in terms)


def plain(value: Any) -> Any:
    """Return the first value where an entity stands for one."""
    return (value[0] if value else None) if isinstance(value, list) else value


def apply(function: Callable[..., Any], *values: Any) -> Any:
    """Compare values, or call a method; nothing comes of values that do not go together, or of a wrong pattern."""
    try:
        return function(*values)
    except (TypeError, re.error):
        return None


ATOMS: Mapping[str, Callable[[str], Expression]] = {
    "string": _string,
    "number": _number,
    "intent": _intent,
    "variable": _variable,
    "entity": _entity,
}
"""How to read a token by its kind."""
