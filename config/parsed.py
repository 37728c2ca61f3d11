"""What a file's reader hands to the checks: plain values, and where they stand."""

from dataclasses import dataclass
from typing import Any

from config.problems import KeyPath


class LinesUnknown(Exception):
    """Something is wrong with a file that was read without its lines: who reads it again, with them, can tell where."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file's mapping."""

    value: dict[str, Any]
    lines: dict[KeyPath, int] | None
    """Of every value: the line of its key, or of the list's item. None: nobody has counted them."""
    nulls: list[KeyPath]
    """Where a value was forgotten; but for keys whose values are other people's JSON."""

    def line(self, path: KeyPath) -> int:
        """Give the line of a place, or of the nearest one above it that exists. Raise LinesUnknown."""
        if self.lines is None:
            raise LinesUnknown
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]
