"""Understand the conditions of Watson dialog nodes, and the expressions in their texts, as far as dialogs commonly go.

https://cloud.ibm.com/docs/assistant?topic=assistant-expression-language: intents (`#track`), entities (`@city`,
`@city:london`, `@city:(new york)`), variables (`$name.member`), `input.text` with some methods of text, the special
conditions, comparisons, and all of these with and, or, not and parentheses.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulators.exports.words import fold


class ConditionError(ValueError):
    """An expression that is not understood."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a condition is about."""

    text: str = ""
    intent: str | None = None
    entities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The values found in the text, by entity."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    is_first: bool = False
    """Whether this is the first turn of the session."""


Expression = Callable[[Situation], Any]
_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<intent>\#[\w.-]*\w)|(?P<entity>@[\w-]+(?::(?:\([^)]*\)|[\w-]+))?)|(?P<variable>\$\w+)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<sign>&&|\|\||==|!=|>=|<=|\?\.|[!<>().,]))"
)
_WORDS: Mapping[str, Expression] = {
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
}
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_METHODS: Mapping[tuple[str, int], Callable[..., Any]] = {
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


def parse_condition(text: str) -> Callable[[Situation], bool]:
    """Return a function that tells whether a condition holds. Raises ConditionError for what is not understood."""
    expression = parse_expression(text)
    return lambda situation: _is_true(expression(situation))


def parse_expression(text: str) -> Expression:
    """Return a function that gives an expression's value. Raises ConditionError."""
    stripped = text.strip()
    if stripped.startswith("<?") and stripped.endswith("?>"):
        stripped = stripped[2:-2]
    parser = _Parser(stripped)
    expression = parser.any_of()
    parser.expect_end()
    return expression


class _Parser:
    """Reads one expression by recursive descent, from `or` down to single values."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_split(text))
        self._at = 0

    def expect_end(self) -> None:
        if self._peek() is not None:
            raise self._lost()

    def any_of(self) -> Expression:
        options = [self._all_of()]
        while self._take_word("||", "or"):
            options.append(self._all_of())
        if len(options) == 1:
            return options[0]
        return lambda situation: any(_is_true(option(situation)) for option in options)

    def _all_of(self) -> Expression:
        needs = [self._negation()]
        while self._take_word("&&", "and"):
            needs.append(self._negation())
        if len(needs) == 1:
            return needs[0]
        return lambda situation: all(_is_true(need(situation)) for need in needs)

    def _negation(self) -> Expression:
        if self._take_word("!", "not"):
            denied = self._negation()
            return lambda situation: not _is_true(denied(situation))
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._value()
        token = self._peek()
        if token is None or token[1] not in _COMPARE:
            return left
        self._at += 1
        compare = _COMPARE[token[1]]
        right = self._value()
        return lambda situation: _try_compare(compare, _plain(left(situation)), _plain(right(situation)))

    def _value(self) -> Expression:
        value = self._atom()
        while self._take_word(".", "?."):
            token = self._peek()
            if token is None or token[0] != "word":
                raise self._lost()
            self._at += 1
            value = self._call(value, token[1]) if self._take_word("(") else _member(value, token[1])
        return value

    def _call(self, target: Expression, name: str) -> Expression:
        arguments: list[Expression] = []
        while not self._take_word(")"):
            if arguments and not self._take_word(","):
                raise self._lost()
            arguments.append(self.any_of())
        method = _METHODS.get((name, len(arguments)))
        if method is None:
            raise ConditionError(f"the method {name!r} in {self._text!r} is not understood")

        def call(situation: Situation) -> Any:
            found = _plain(target(situation))
            return method(found, *(_plain(each(situation)) for each in arguments)) if isinstance(found, str) else None

        return call

    def _atom(self) -> Expression:
        token = self._peek()
        if token is None:
            raise self._lost()
        self._at += 1
        kind, text = token
        if token == ("sign", "("):
            inner = self.any_of()
            if self._take_word(")"):
                return inner
        elif kind in _ATOMS:
            return _ATOMS[kind](text)
        elif text in _WORDS:
            return _WORDS[text]
        raise self._lost()

    def _peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take_word(self, *words: str) -> bool:
        token = self._peek()
        if token is None or token[0] not in ("word", "sign") or token[1].lower() not in words:
            return False
        self._at += 1
        return True

    def _lost(self) -> ConditionError:
        return ConditionError(f"{self._text!r} is not understood")


def _split(text: str) -> list[tuple[str, str]]:
    tokens = []
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise ConditionError(f"{text!r} is not understood")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return tokens


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


def _member(target: Expression, name: str) -> Expression:
    def get(situation: Situation) -> Any:
        found = target(situation)
        if isinstance(found, list) and name in ("value", "literal", "values"):
            return found if name == "values" else _plain(found)
        return found.get(name) if isinstance(found, Mapping) else None

    return get


def _plain(value: Any) -> Any:
    """Return the first value where an entity stands for one."""
    return (value[0] if value else None) if isinstance(value, list) else value


def _is_true(value: Any) -> bool:
    return bool(value)


def _try_compare(compare: Callable[[Any, Any], Any], left: Any, right: Any) -> bool:
    try:
        return bool(compare(left, right))
    except TypeError:
        return False  # text with a number, or a variable that is not set


_ATOMS: Mapping[str, Callable[[str], Expression]] = {
    "string": _string,
    "number": _number,
    "intent": _intent,
    "variable": _variable,
    "entity": _entity,
}
"""How to read a token by its kind."""
