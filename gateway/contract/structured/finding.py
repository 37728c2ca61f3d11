"""What a check of structured content finds: where, which rule, and how bad it is."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding means for the message (docs/contract/structured-content.md, "What a gateway checks")."""

    NOTE = "note"
    """Say so and pass it on, in strict mode too."""
    BREACH = "breach"
    """A rule of LivePerson's web renderer is broken; its server may be more generous. Strict mode refuses."""
    UNUSABLE = "unusable"
    """No channel can show it."""


class Code(StrEnum):
    """Which kind of rule is broken."""

    NOT_JSON = "not-json"
    TOO_LARGE = "too-large"
    UNKNOWN_ROOT = "unknown-root"
    UNKNOWN_TYPE = "unknown-type"
    MISSING = "missing"
    WRONG_TYPE = "wrong-type"
    NOT_ALLOWED = "not-allowed"
    TOO_LONG = "too-long"
    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    OUT_OF_RANGE = "out-of-range"
    NOT_A_URI = "not-a-uri"
    IMAGE_URL = "image-url"
    IMAGE_HOST = "image-host"
    IMAGE_FORMAT = "image-format"
    NAVIGATIONS = "navigations"
    UNKNOWN_MEMBER = "unknown-member"

    @property
    def severity(self) -> Severity:
        """Say how bad it is to break such a rule."""
        return _SEVERITY.get(self, Severity.BREACH)


_SEVERITY = {
    Code.NOT_JSON: Severity.UNUSABLE,
    Code.TOO_LARGE: Severity.UNUSABLE,
    Code.UNKNOWN_ROOT: Severity.UNUSABLE,
    # A suffix only suggests what a host serves, and one navigation per click is advice.
    Code.IMAGE_FORMAT: Severity.NOTE,
    Code.NAVIGATIONS: Severity.NOTE,
    Code.UNKNOWN_MEMBER: Severity.NOTE,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule. `str()` gives the line that people read."""

    path: str
    """Where in the content, e.g. `elements[1].click.actions[0].text`; empty for the whole."""
    code: Code
    text: str
    """What is wrong there. Never quotes a value."""

    @property
    def severity(self) -> Severity:
        """Say how bad it is."""
        return self.code.severity

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text
