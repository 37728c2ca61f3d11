"""Understand the conditions of Watson dialog nodes, and the expressions in their texts, as far as dialogs commonly go.

https://cloud.ibm.com/docs/assistant?topic=assistant-expression-language: intents (`#track`), entities (`@city`,
`@city:london`, `@city:(new york)`), variables (`$name.member`), `input.text` with some methods of text, the special
conditions, comparisons, sums, and all of these with and, or, not and parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emulators.exports.expressions import (
    ATOMS,
    COLLECTION_METHODS,
    COMPARE,
    METHODS,
    WORDS,
    Expression,
    Situation,
    add,
    apply,
    item_of,
    member_of,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class ConditionError(ValueError):
    """An expression that is not understood."""


_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<intent>\#[\w.-]*\w)|(?P<entity>@[\w-]+(?::(?:\([^)]*\)|[\w-]+))?)|(?P<variable>\$\w+)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<sign>&&|\|\||==|!=|>=|<=|\?\.|[!<>().,+\[\]]))"
)


def parse_condition(text: str) -> Callable[[Situation], bool]:
    """Return a function that tells whether a condition holds. Raises ConditionError for what is not understood."""
    expression = parse_expression(text)
    return lambda situation: bool(expression(situation))


def parse_expression(text: str) -> Expression:
    """Return a function that gives an expression's value. Raises ConditionError."""
    stripped = text.strip()
    if stripped.startswith("<?") and stripped.endswith("?>"):
        stripped = stripped[2:-2]
    parser = _Parser(stripped)
    try:
        expression = parser.any_of()
    except RecursionError:
        raise ConditionError("it has too many parentheses") from None
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
        return lambda situation: any(option(situation) for option in options)

    def _all_of(self) -> Expression:
        needs = [self._negation()]
        while self._take_word("&&", "and"):
            needs.append(self._negation())
        if len(needs) == 1:
            return needs[0]
        return lambda situation: all(need(situation) for need in needs)

    def _negation(self) -> Expression:
        if self._take_word("!", "not"):
            denied = self._negation()
            return lambda situation: not denied(situation)
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._sum()
        token = self._peek()
        if token is None or token[1] not in COMPARE:
            return left
        self._at += 1
        compare = COMPARE[token[1]]
        right = self._sum()
        return lambda situation: apply(compare, plain(left(situation)), plain(right(situation)))

    def _sum(self) -> Expression:
        terms = [self._value()]
        while self._take_word("+"):
            terms.append(self._value())
        return terms[0] if len(terms) == 1 else lambda situation: add([plain(term(situation)) for term in terms])

    def _value(self) -> Expression:
        value = self._atom()
        while True:
            if self._take_word("["):
                value = item_of(value, self.any_of())
                if not self._take_word("]"):
                    raise self._lost()
                continue
            if not self._take_word(".", "?."):
                return value
            token = self._peek()
            if token is None or token[0] != "word":
                raise self._lost()
            self._at += 1
            value = self._call(value, token[1]) if self._take_word("(") else member_of(value, token[1])

    def _call(self, target: Expression, name: str) -> Expression:
        arguments: list[Expression] = []
        while not self._take_word(")"):
            if arguments and not self._take_word(","):
                raise self._lost()
            arguments.append(self.any_of())
        key = (name, len(arguments))
        if key not in METHODS and key not in COLLECTION_METHODS:
            raise ConditionError(f"the method {name!r} in {self._text!r} is not understood")

        def call(situation: Situation) -> Any:
            found = target(situation)
            if key in COLLECTION_METHODS and isinstance(found, list | Mapping):
                return apply(COLLECTION_METHODS[key], found, *(plain(each(situation)) for each in arguments))
            found = plain(found)
            if key not in METHODS or not isinstance(found, str):
                return None
            return apply(METHODS[key], found, *(plain(each(situation)) for each in arguments))

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
        elif kind in ATOMS:
            return ATOMS[kind](text)
        elif text in WORDS:
            return WORDS[text]
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
