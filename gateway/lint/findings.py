"""What a lint run finds: one finding each, gathered by export."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.contract.types import Channel
from gateway.lint.codes import CODES, Severity
from gateway.lint.places import INSIDE, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the account and the channel allow."""

    channel: Channel = Channel.MESSAGING
    image_hosts: frozenset[str] | None = None
    """Hosts that images may come from; None when nobody said."""
    skills: frozenset[str] | None = None
    """The account's skills; None when nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, where it is, and what to do about it."""

    severity: Severity
    code: str
    """A code of the Conversation Tester, or one of lint's own (`botbridge.lint.…`)."""
    place: Place
    message: str
    remedy: str
    line: int | None = None
    """Line of the member, from 1; None when the place is a file or folder as a whole."""
    column: int | None = None


@dataclass(slots=True)
class Findings:
    """Collects what the checks of one export report."""

    rules: Rules
    found: list[Finding] = field(default_factory=list)
    intents: dict[str, None] = field(default_factory=dict)
    """What was looked at, in order."""

    def report(self, severity: Severity, code: str, place: Place, message: str) -> None:
        """Note a finding; its remedy is that of the code."""
        place = replace(place, path=place.path.removesuffix(INSIDE))
        self.found.append(
            Finding(severity=severity, code=code, place=place, message=message, remedy=CODES[code].remedy)
        )

    def error(self, code: str, place: Place, message: str) -> None:
        """Note what LivePerson fails at, refuses or drops."""
        self.report(Severity.ERROR, code, place, message)

    def warning(self, code: str, place: Place, message: str) -> None:
        """Note what is changed or ignored."""
        self.report(Severity.WARNING, code, place, message)

    def note(self, code: str, place: Place, message: str) -> None:
        """Note what is worth knowing."""
        self.report(Severity.NOTE, code, place, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedExport:
    """One export, looked through."""

    file: str
    """The path as it was given or found."""
    is_folder: bool
    """Whether `place.member` is a file beside others in a folder, rather than inside a zip."""
    format: str
    """What kind of export it is, in words."""
    intents: tuple[str, ...]
    """Every intent or node looked at, those without findings too, in the order of the export."""
    findings: tuple[Finding, ...]

    def by_intent(self) -> Iterator[tuple[str, list[Finding]]]:
        """Group the findings by intent, the bot as a whole ("") first; intents without findings have an empty list."""
        groups: dict[str, list[Finding]] = {"": [], **{intent: [] for intent in self.intents}}
        for finding in self.findings:
            groups.setdefault(finding.place.intent, []).append(finding)
        yield from groups.items()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or folder that is no export."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run."""

    exports: tuple[LintedExport, ...]
    refusals: tuple[Refusal, ...]

    @property
    def counts(self) -> Mapping[Severity, int]:
        """Count the findings of each severity."""
        found = Counter(finding.severity for export in self.exports for finding in export.findings)
        return {severity: found[severity] for severity in Severity}

    def exit_code(self, *, strict: bool) -> int:
        """Say how the command ends: 2 when a file was no export, 1 on errors (strict: on warnings too), else 0."""
        if self.refusals:
            return 2
        counts = self.counts
        return int(counts[Severity.ERROR] > 0 or (strict and counts[Severity.WARNING] > 0))


ORDER: Final = {severity: rank for rank, severity in enumerate(Severity)}
"""The worst first."""


def place_finding(finding: Finding, positions: Mapping[str, tuple[int, int]]) -> Finding:
    """Add line and column; what is inside a string, or not there at all, has those of what holds it."""
    path = finding.place.path.partition(INSIDE)[0]
    while path and path not in positions:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    line, column = positions.get(path, (1, 1))
    return replace(finding, line=line, column=column)
