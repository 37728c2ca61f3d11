"""Say where in an export something stands: the JSON path, and the line and column that belong to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from gateway.contract.wire import loads

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
INSIDE: Final = " → "
"""Stands in a path between a string and the path within the JSON that the string holds."""


@dataclass(frozen=True, slots=True)
class Place:
    """A JSON value in an export."""

    member: str
    """The file inside the zip or folder; "" when the export is one JSON file."""
    intent: str = ""
    """The intent or node it belongs to; "" for the bot as a whole."""
    path: str = ""
    """The JSON path inside the member; "" is the whole of it."""

    def at(self, *parts: str | int) -> "Place":
        """Go down to a member or an entry."""
        path = self.path
        for part in parts:
            path = join(path, part)
        return replace(self, path=path)

    def under(self, path: str) -> "Place":
        """Go down along a path that is written out already; "" stays here."""
        if not path:
            return self
        glue = "" if path.startswith("[") or not self.path or self.path.endswith(INSIDE) else "."
        return replace(self, path=f"{self.path}{glue}{path}")

    def inside(self) -> "Place":
        """Go into the JSON that the string at this place holds."""
        return replace(self, path=self.path + INSIDE)


def join(path: str, part: str | int) -> str:
    """Add a key or an index to a path: `a.b[0]`, keys that are no plain names as `a["b c"]`."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    if not _PLAIN_KEY.fullmatch(part):
        quoted = part.replace("\\", "\\\\").replace('"', '\\"')
        return f'{path}["{quoted}"]'
    return part if not path else f"{path}{part}" if path.endswith(INSIDE) else f"{path}.{part}"


def find_positions(text: str) -> Mapping[str, tuple[int, int]]:
    """Find line and column, from 1, of every value of a JSON text that can be read; a member is where its key is."""
    found: dict[str, tuple[int, int]] = {"": (1, 1)}
    # One frame for each open object or array: its path, and the index of the entry to come or the key last read.
    frames: list[tuple[str, str | int | None]] = []
    line, start, seen = 1, 0, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        start = text.rfind("\n", 0, token.start()) + 1 if "\n" in text[seen : token.start()] else start
        seen = token.start()
        here = (line, token.start() - start + 1)
        word = token.group()
        if word in "]}":
            if frames:
                frames.pop()
            continue
        if word == ",":
            path, part = frames[-1] if frames else ("", None)
            frames[-1:] = [(path, part + 1 if isinstance(part, int) else None)]
            continue
        if word == ":":
            continue
        path, part = frames[-1] if frames else ("", "")
        if part is None:  # a key
            key = str(loads(word))
            frames[-1] = (path, key)
            found[join(path, key)] = here
            continue
        value_path = join(path, part) if frames else ""
        found.setdefault(value_path, here)
        if word in "[{":
            frames.append((value_path, 0 if word == "[" else None))
    return found
