"""What is wrong in account files: problems with their place, collected until all are known."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands in an account file: keys of mappings and indexes of lists, from the top. `()` is the file itself."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_<][\w<-]*")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. Its text never contains a value from the environment or a secret's file."""

    file: str
    """As it was named: DIR/NAME.yaml."""
    line: int
    """From 1."""
    path: str
    """Dotted, as `render_path` writes it."""
    text: str

    def __str__(self) -> str:
        line = f"{self.file}:{self.line}: {self.path}: {self.text}"
        # One line, whatever a file's name or the parser's message holds.
        return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in line)


class ConfigProblems(Exception):
    """Account files that cannot be used: every problem of every file, in order of file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def render_path(path: KeyPath) -> str:
    """Write a path as people do: `bots.concierge.hooks.pre[0]`. Odd keys stand in brackets, so that a problem is one line."""
    if not path:
        return "(file)"
    rendered = ""
    for step in path:
        if isinstance(step, str) and _PLAIN_KEY.fullmatch(step):
            rendered += f".{step}"
        else:
            rendered += f"[{step!a}]"
    return rendered.removeprefix(".")


def suggest(wrong: str, known: Iterable[str]) -> str:
    """Give the words that name the nearest known name, or nothing when none is near."""
    names = {name.casefold().replace("-", "_"): name for name in known}
    near = difflib.get_close_matches(wrong.casefold().replace("-", "_"), names, n=1)
    return f"; did you mean {names[near[0]]}?" if near else ""


class Report:
    """Collects the problems of one file: the first one of every place, and every further one that is told as such."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._problems: list[Problem] = []
        self._places: set[KeyPath] = set()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was collected."""
        return tuple(self._problems)

    def add(self, line: int, path: KeyPath, text: str) -> None:
        """Collect a problem, unless its place has one: what follows from a problem need not be told as well."""
        if path not in self._places:
            self._places.add(path)
            self.add_beside(line, path, text)

    def add_beside(self, line: int, path: KeyPath, text: str) -> None:
        """Collect a problem that says nothing about the value at its place, which is still to be checked."""
        self._problems.append(Problem(self.file, line, render_path(path), text))

    def __contains__(self, path: KeyPath) -> bool:
        """Say whether the value at a place is known to be wrong."""
        return path in self._places
