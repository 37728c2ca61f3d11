"""Check structured content, quick replies among it, with the contract's own check."""

from typing import Final

from gateway.contract.structured_content import Code, Finding, check_quick_replies, check_structured_content
from gateway.contract.structured_content import Severity as Breach
from gateway.contract.types import Json
from gateway.lint import codes
from gateway.lint.codes import Severity
from gateway.lint.findings import Findings
from gateway.lint.places import Place

_LIMITS: Final = frozenset({Code.TOO_LONG, Code.TOO_FEW, Code.TOO_MANY, Code.OUT_OF_RANGE, Code.NOT_A_URI})
"""Limits of LivePerson's renderer, of which its server may take more (docs/contract/structured-content.md)."""


def check_content(findings: Findings, content: Json, place: Place) -> None:
    """Report what is wrong with structured content: members that are wrong or missing, limits, images, size."""
    if "quickReplies" in content:
        found = check_quick_replies(content)
    else:
        found = check_structured_content(content, image_hosts=findings.rules.image_hosts)
    for finding in found:
        findings.report(_grade(finding), codes.STRUCTURED_CONTENT, place.under(finding.path), finding.text)


def check_image(findings: Findings, url: str, place: Place, code: str) -> None:
    """Report what is wrong with the address of an image that a structured content is made of."""
    image: Json = {"type": "image", "url": url}
    for finding in check_structured_content(image, image_hosts=findings.rules.image_hosts):
        findings.report(_grade(finding), code, place, finding.text)


def _grade(finding: Finding) -> Severity:
    if finding.severity is Breach.NOTE:
        return Severity.NOTE
    return Severity.WARNING if finding.code in _LIMITS else Severity.ERROR
