"""Take an utterance apart into the words by which it is compared with training phrases."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u02bc")
_THAI_TO_LAO = range(0x0E00, 0x0F00)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an utterance."""

    folded: str
    """NFKC, case folded, without apostrophes."""
    start: int
    end: int
    """Where it stands in the utterance."""


@lru_cache(maxsize=4096)
def split_words(text: str) -> tuple[Word, ...]:
    """Split a text into words: letters, digits and marks; all punctuation and white space lies between words.

    An apostrophe does not end a word (`don't` is `dont`). Symbols such as emoji, and the letters of scripts that put no
    space between words, are words of their own. A text of punctuation alone is one word, so that it is not the empty text.
    """
    words: list[Word] = []
    start = end = -1
    for index, character in enumerate(text):
        kind = _kind(character)
        if kind in ("joins", "continues") and start >= 0:
            end = index + 1
        elif kind in ("alone", "parts", "ignored"):
            if start >= 0 and kind != "ignored":
                words.append(_word(text, start, end))
                start = -1
            if kind == "alone":
                words.append(_word(text, index, index + 1))
        elif kind == "joins":
            start, end = index, index + 1
    if start >= 0:
        words.append(_word(text, start, end))
    if not words and text.strip():
        words.append(Word(fold(text.strip()), 0, len(text)))
    return tuple(words)


def fold(text: str) -> str:
    """Return the form in which words are compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def folded(text: str) -> tuple[str, ...]:
    """Return the folded words of a text."""
    return tuple(word.folded for word in split_words(text))


def _word(text: str, start: int, end: int) -> Word:
    kept = "".join(each for each in text[start:end] if _kind(each) != "ignored")
    return Word(fold(kept), start, end)


def _kind(character: str) -> str:
    """Say what a character does: it joins a word, continues one, stands alone, parts words, or is ignored."""
    if character in _APOSTROPHES:
        return "ignored"
    category = unicodedata.category(character)
    if category == "So":
        return "alone"
    if category == "Lo" and (unicodedata.east_asian_width(character) in "WF" or ord(character) in _THAI_TO_LAO):
        return "alone"
    if category[0] in "LN":
        return "joins"
    # A mark belongs to the letter before it; after an emoji it only says how that is drawn.
    if category[0] == "M":
        return "continues"
    return "ignored" if category == "Cf" else "parts"
