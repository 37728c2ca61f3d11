"""The kinds of rules that the table of elements is made of.

A rule is a plain function `rule(value, path, report)`; the makers below bind a rule's limits once, at import. A document
without a mistake costs no string work: a path is a chain of pairs, written out only when there is something to report.
"""

import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

from gateway.contract.structured.finding import Code, Finding, Severity
from gateway.contract.wire import name_type

Path: TypeAlias = "tuple[Path, str | int] | None"
"""A place in a document: (place of what holds it, member or index); None is the document itself."""
Rule: TypeAlias = "Callable[[Any, Path, Report], None]"

MAX_FINDINGS: Final = 100
"""Findings kept of each severity: a document of nonsense is not worth more."""
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_MAX_KEY: Final = 40


class Report:
    """Collects what is found in one document."""

    __slots__ = ("_room", "findings", "image_hosts")

    def __init__(self, image_hosts: AbstractSet[str] | None) -> None:
        self.findings: list[Finding] = []
        self.image_hosts = image_hosts
        """Lower-case names of the hosts that images may come from; None when the account lists none."""
        self._room = dict.fromkeys(Severity, MAX_FINDINGS)

    def add(self, path: Path, code: Code, text: str) -> None:
        """Note a broken rule. Each severity has room of its own, so that notes never crowd out a breach."""
        severity = code.severity
        if self._room[severity] > 0:
            self._room[severity] -= 1
            self.findings.append(Finding(_render(path), code, text))

    def wrong_type(self, path: Path, expected: str, value: Any) -> None:
        """Note a value of another JSON type."""
        self.add(path, Code.WRONG_TYPE, f"must be {expected}, not {name_type(value)}")


def _render(path: Path) -> str:
    steps = []
    while path is not None:
        path, step = path
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            steps.append(f".{step}")
        else:
            steps.append(f"[{step[:_MAX_KEY]!a}]")
    return "".join(reversed(steps)).removeprefix(".")


def anything(_value: Any, _path: Path, _report: Report) -> None:
    """Allow any value."""


def text(limit: int | None = None) -> Rule:
    """Ask for a string of at most `limit` characters (Unicode code points, as the renderer counts)."""
    most = sys.maxsize if limit is None else limit

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, str):
            report.wrong_type(path, "a string", value)
        elif len(value) > most:
            report.add(path, Code.TOO_LONG, f"has {len(value)} characters, at most {limit} are allowed")

    return check


def choice(*allowed: str) -> Rule:
    """Ask for one of a few strings."""
    names = frozenset(allowed)

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, str):
            report.wrong_type(path, "a string", value)
        elif value not in names:
            report.add(path, Code.NOT_ALLOWED, f"must be {_either(allowed)}")

    return check


def boolean(value: Any, path: Path, report: Report) -> None:
    """Ask for true or false."""
    if not isinstance(value, bool):
        report.wrong_type(path, "a boolean", value)


def true(value: Any, path: Path, report: Report) -> None:
    """Ask for true."""
    if not isinstance(value, bool):
        report.wrong_type(path, "a boolean", value)
    elif not value:
        report.add(path, Code.NOT_ALLOWED, "must be true")


def number(least: float = -math.inf, most: float = math.inf, *, whole: bool = False) -> Rule:
    """Ask for a number within bounds; a whole one may be written as 1.0."""
    expected = "a whole number" if whole else "a number"

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            report.wrong_type(path, expected, value)
        elif not math.isfinite(value):
            # Python code may make one; it would leave as null.
            report.add(path, Code.WRONG_TYPE, "must be a finite number")
        elif whole and isinstance(value, float) and not value.is_integer():
            report.add(path, Code.WRONG_TYPE, "must be a whole number")
        elif not least <= value <= most:
            report.add(path, Code.OUT_OF_RANGE, f"must lie between {least} and {most}")

    return check


def array(rule: Rule, least: int = 0, most: int | None = None) -> Rule:
    """Ask for an array of `least` to `most` entries that each keep a rule."""
    limit = sys.maxsize if most is None else most

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, list):
            report.wrong_type(path, "an array", value)
            return
        if len(value) > limit:
            report.add(path, Code.TOO_MANY, f"has {_entries(value)}, at most {most} are allowed")
        elif len(value) < least:
            report.add(path, Code.TOO_FEW, f"has {_entries(value)}, at least {least} must be there")
        for index, entry in enumerate(value):
            rule(entry, (path, index), report)

    return check


def in_order(*sequences: Sequence[Rule]) -> Rule:
    """Ask for an array whose entries keep the rules of one sequence, each its own; shorter sequences first."""
    by_count = {len(sequence): sequence for sequence in sequences}
    allowed = _either([str(count) for count in by_count])
    longest = max(by_count)

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, list):
            report.wrong_type(path, "an array", value)
            return
        if len(value) not in by_count:
            code = Code.TOO_MANY if len(value) > longest else Code.TOO_FEW
            report.add(path, code, f"has {_entries(value)}, must have {allowed}")
        for index, (entry, rule) in enumerate(zip(value, by_count.get(len(value), by_count[longest]), strict=False)):
            rule(entry, (path, index), report)

    return check


def members(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Ask for an object with these members."""
    rules = {**required, **(optional or {})}
    needed = tuple(required)

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, dict):
            report.wrong_type(path, "an object", value)
            return
        for key, member in value.items():
            rule = rules.get(key)
            if rule is None:
                report.add((path, key), Code.UNKNOWN_MEMBER, "is not a member that LivePerson knows here")
            else:
                rule(member, (path, key), report)
        for key in needed:
            if key not in value:
                report.add((path, key), Code.MISSING, "is required")

    return check


def typed(kinds: Mapping[str, Rule], *, unknown: Code = Code.UNKNOWN_TYPE) -> Rule:
    """Ask for an object whose `type` names one of these kinds, which has the rule for the rest.

    The table is looked into when a document is checked, so that kinds may hold each other.
    """

    def check(value: Any, path: Path, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(path, _worse(Code.WRONG_TYPE, unknown), f"must be an object, not {name_type(value)}")
            return
        kind = value.get("type")
        rule = kinds.get(kind) if isinstance(kind, str) else None
        if rule is not None:
            rule(value, path, report)
        elif "type" not in value:
            report.add((path, "type"), _worse(Code.MISSING, unknown), f"is required: {_either(list(kinds))}")
        else:
            report.add((path, "type"), unknown, f"must be {_either(list(kinds))}")

    return check


def _worse(usual: Code, unknown: Code) -> Code:
    """At the root everything that hides the kind is an unknown root."""
    return unknown if unknown is Code.UNKNOWN_ROOT else usual


def _entries(value: Sequence[Any]) -> str:
    return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
