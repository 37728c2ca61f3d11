"""Wordings that all formats share."""

from collections.abc import Mapping

from gateway.lint.codes import Severity
from gateway.lint.findings import Finding, LintedExport

BOT = "(bot)"
"""Stands for the bot as a whole where an intent's name would."""


def printable(text: str) -> str:
    """Escape control characters, which an export may have anywhere: one line stays one, and a terminal is left alone."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def name_file(export: LintedExport, finding: Finding) -> str:
    """Name the file that a finding is in: FILE, FILE!MEMBER in a zip, FOLDER/MEMBER; the line goes with it."""
    member = finding.place.member
    glue = "/" if export.is_folder else "!"
    name = f"{export.file}{glue}{member}" if member else export.file
    return printable(name if finding.line is None else f"{name}:{finding.line}")


def name_intent(intent: str) -> str:
    """Name an intent."""
    return printable(intent) if intent else BOT


def name_path(finding: Finding) -> str:
    """Name the place in the file; $ is the whole."""
    return printable(finding.place.path) or "$"


def tell(finding: Finding) -> str:
    """Say what is wrong and what to do, as sentences."""
    stop = "" if finding.message.endswith("?") else "."
    return f"{printable(finding.message)}{stop} {finding.remedy}"


def count(number: int, noun: str) -> str:
    """Count things: 1 error, 2 errors."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def summarise(counts: Mapping[Severity, int], exports: int) -> str:
    """Say what was found altogether."""
    found = ", ".join(count(number, severity.value) for severity, number in counts.items() if number) or "nothing found"
    return f"{count(exports, 'export')}: {found}"
