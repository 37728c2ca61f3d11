"""Find the intent whose training phrases are nearest to what was said.

No vendor publishes how it understands, so this is plain counting, the same for all of them:

1. A phrase whose words are those of the utterance, in order, fits with 1. The case, punctuation and white space of both
   are ignored. Where the phrase has an entity, any value of the entity fits (of an open or a system entity: any words).
2. Otherwise a phrase fits by the overlap of the two sets of words: the number of words that both have, divided by the number
   of words that either has (Jaccard's index). A value of an entity counts as one word, the same in both.
3. The best phrase wins when it reaches THRESHOLD; among equals an exact fit wins, then the first in the order of the export.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from emulators.exports.words import Word, folded, split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emulators.exports.bot import Entity, Intent, Part, Phrase

THRESHOLD = 0.5
"""The least overlap that counts as understood."""
_NUMBERS = frozenset({"sys.number", "sys.number-integer", "sys.cardinal", "sys.ordinal", "amazon.number", "sys-number"})


@dataclass(frozen=True, slots=True)
class Found:
    """A value of an entity in an utterance."""

    entity: str
    value: str
    text: str
    """As it was said."""
    start: int
    """The first of its words."""
    count: int
    """How many words it takes."""


@dataclass(frozen=True, slots=True)
class Match:
    """An intent that was understood."""

    intent: Intent
    score: float
    """0 to 1."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What was said for the parameters (slots) of the phrase, by alias: an entity's value, or the words themselves."""
    originals: Mapping[str, str] = field(default_factory=dict)
    """The same as it was said: `the big smoke` where the value is London."""

    def take(self, alias: str, found: Found | None) -> Match:
        """Return the match with one more value; the same match when nothing was found."""
        if found is None:
            return self
        return replace(
            self,
            values={**self.values, alias: found.value},
            originals={**self.originals, alias: found.text},
        )


class Lexicon:
    """The values of a bot's entities, ready to be looked up."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        """Fold every way to say every value."""
        self._ways: dict[str, dict[tuple[str, ...], str]] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], str | None]]] = {}
        self._closed: dict[str, bool] = {}
        self._longest: dict[str, int] = {}
        """The words of the longest way to say a value, by entity."""
        for entity in entities:
            ways = self._ways.setdefault(entity.name, {})
            self._closed[entity.name] = entity.closed
            for value in entity.values:
                for way in () if value.patterns else (value.value, *value.synonyms):
                    # Consoles export blank lines of their forms, too.
                    if words := folded(way):
                        ways.setdefault(words, value.value)
                        self._longest[entity.name] = max(self._longest.get(entity.name, 0), len(words))
                for pattern in value.patterns:
                    if (compiled := _compile(pattern)) is not None:
                        named = None if value.value == pattern else value.value
                        self._patterns.setdefault(entity.name, []).append((compiled, named))

    @property
    def names(self) -> Iterable[str]:
        """Return the names of the entities."""
        return self._ways

    def resolve(self, entity: str, text: str) -> str | None:
        """Return the value that a text stands for; None when it is no value of that entity."""
        value = self._ways.get(entity, {}).get(folded(text))
        if value is not None:
            return value
        for pattern, named in self._patterns.get(entity, ()):
            if pattern.fullmatch(text.strip()):
                return named or text.strip()
        if entity.casefold() in _NUMBERS:
            return text.strip() if re.fullmatch(r"[+-]?\d+([.,]\d+)?", text.strip()) else None
        return None if self._closed.get(entity, False) else text.strip() or None

    def pick(self, entity: str, text: str) -> Found | None:
        """Return the value that was said in answer to a question: the text itself, or a value somewhere in it."""
        words = split_words(text)
        if (value := self.resolve(entity, text)) is not None:
            return Found(entity, value, text.strip(), 0, len(words))
        return self.find(entity, text, words)

    def is_listed(self, entity: str) -> bool:
        """Tell whether the values of an entity can be told from other words: they are listed, or numbers."""
        return entity in self._ways or entity.casefold() in _NUMBERS

    def find(self, entity: str, text: str, words: tuple[Word, ...]) -> Found | None:
        """Return the first value of an entity in an utterance, the longest where several begin at one word."""
        ways = self._ways.get(entity, {})
        longest = self._longest.get(entity, 0)
        for start in range(len(words)):
            for count in range(min(longest, len(words) - start), 0, -1):
                if value := ways.get(tuple(word.folded for word in words[start : start + count])):
                    said = text[words[start].start : words[start + count - 1].end]
                    return Found(entity, value, said, start, count)
        return self._find_pattern(entity, text, words)

    def _find_pattern(self, entity: str, text: str, words: tuple[Word, ...]) -> Found | None:
        patterns = list(self._patterns.get(entity, ()))
        if entity.casefold() in _NUMBERS:
            patterns.append((re.compile(r"\d+([.,]\d+)?"), None))
        for pattern, named in patterns:
            if (found := pattern.search(text)) is None or not found[0]:
                continue
            inside = [
                index for index, word in enumerate(words) if word.start < found.end() and word.end > found.start()
            ]
            if inside:
                return Found(entity, named or found[0], found[0], inside[0], len(inside))
        return None


def _compile(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        return None  # vendors use other dialects of regular expressions; what cannot be read matches nothing


@dataclass(frozen=True, slots=True)
class _Slot:
    entity: str
    alias: str | None


_Phrase: TypeAlias = tuple[str | _Slot, ...]


class Matcher:
    """The training phrases of a bot, ready to be compared."""

    def __init__(self, intents: Iterable[Intent], entities: Iterable[Entity]) -> None:
        """Fold every phrase."""
        self.lexicon = Lexicon(entities)
        self._phrases = [(intent, _fold_phrase(phrase)) for intent in intents for phrase in intent.phrases]

    def rank(self, text: str, allowed: Callable[[Intent], bool] = lambda _: True) -> list[Match]:
        """Return the intents that were understood, the best first, each with its best phrase."""
        words = split_words(text)
        if not words:
            return []
        best: dict[str, tuple[float, bool, Match]] = {}
        # Many phrases have the same entities, and each is in the utterance or not.
        looked_up: dict[str, Found | None] = {}
        for intent, phrase in self._phrases:
            if not phrase or not allowed(intent):
                continue
            found = self._align(phrase, text, words)
            exact = found is not None
            score, found = (1.0, found) if found is not None else self._overlap(phrase, text, words, looked_up)
            known = best.get(intent.name)
            if score >= THRESHOLD and (known is None or (score, exact) > known[:2]):
                match = Match(intent, score)
                for alias, value in found.items():
                    match = match.take(alias, value)
                best[intent.name] = (score, exact, match)
        # Sorting is stable: equals stay in the order of the export.
        ranked = sorted(best.values(), key=lambda entry: (-entry[0], not entry[1]))
        return [match for _, _, match in ranked]

    def _align(self, phrase: _Phrase, text: str, words: tuple[Word, ...]) -> dict[str, Found] | None:
        """Return the values when the whole utterance is the phrase, word for word; None otherwise."""
        dead: set[tuple[int, int]] = set()

        def walk(at: int, word: int) -> dict[str, Found] | None:
            if at == len(phrase):
                return {} if word == len(words) else None
            if (at, word) in dead or len(phrase) - at > len(words) - word:
                return None
            step = phrase[at]
            if isinstance(step, str):
                rest = walk(at + 1, word + 1) if words[word].folded == step else None
            else:
                rest = take(step, at, word)
            if rest is None:
                dead.add((at, word))
            return rest

        def take(slot: _Slot, at: int, word: int) -> dict[str, Found] | None:
            for end in range(word + 1, len(words) + 1):
                said = text[words[word].start : words[end - 1].end]
                value = self.lexicon.resolve(slot.entity, said)
                if value is not None and (rest := walk(at + 1, end)) is not None:
                    found = Found(slot.entity, value, said, word, end - word)
                    return rest | ({slot.alias: found} if slot.alias else {})
            return None

        return walk(0, 0)

    def _overlap(
        self, phrase: _Phrase, text: str, words: tuple[Word, ...], looked_up: dict[str, Found | None]
    ) -> tuple[float, dict[str, Found]]:
        """Return the overlap of the words, and the values of those entities that are in the utterance."""
        said = [word.folded for word in words]
        wanted: set[str] = set()
        values: dict[str, Found] = {}
        for step in phrase:
            if isinstance(step, str):
                wanted.add(step)
                continue
            mark = f"@{step.entity}"
            wanted.add(mark)
            if step.entity not in looked_up:
                listed = self.lexicon.is_listed(step.entity)
                looked_up[step.entity] = self.lexicon.find(step.entity, text, words) if listed else None
            found = looked_up[step.entity]
            if found is not None:
                said[found.start : found.start + found.count] = [mark] * found.count
                if step.alias:
                    values[step.alias] = found
        return len(wanted & set(said)) / len(wanted | set(said)), values


def _fold_phrase(phrase: Phrase) -> _Phrase:
    return tuple(step for part in phrase.parts for step in _fold_part(part))


def _fold_part(part: Part) -> _Phrase:
    return (_Slot(part.entity, part.alias),) if part.entity is not None else folded(part.text)
