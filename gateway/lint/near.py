"""Find the name that somebody meant."""

from collections.abc import Sequence
from difflib import get_close_matches


def find_near(name: str, known: Sequence[str]) -> str | None:
    """Find the known name that this one looks like, whatever its case and punctuation; None when there is none."""
    folded = {_fold(each): each for each in known}
    matches = get_close_matches(_fold(name), folded, n=1, cutoff=0.8)
    return folded[matches[0]] if matches else None


def _fold(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
