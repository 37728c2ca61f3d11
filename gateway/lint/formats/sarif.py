"""For code scanning (GitHub, GitLab, Azure DevOps, editors): SARIF 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

import gateway
from gateway.contract.types import Json
from gateway.contract.wire import dumps
from gateway.lint.codes import CODES, Severity
from gateway.lint.findings import Finding, LintedExport, Report
from gateway.lint.formats.words import name_intent, name_path, tell

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def write_sarif(report: Report) -> str:
    """Write one run, whose rules are the codes that were found."""
    codes = list(dict.fromkeys(finding.code for export in report.exports for finding in export.findings))
    driver = {
        "name": "botbridge lint",
        "version": gateway.__version__,
        "rules": [_describe_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.refusals,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": f"{refusal.file}: {refusal.reason}"}}
                    for refusal in report.refusals
                ],
            }
        ],
        "results": [
            _describe_result(export, finding, codes.index(finding.code))
            for export in report.exports
            for finding in export.findings
        ],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).decode()


def _describe_rule(code: str) -> Json:
    entry = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": entry.meaning},
        "help": {"text": entry.remedy},
    }


def _describe_result(export: LintedExport, finding: Finding, rule: int) -> Json:
    place = finding.place
    # GitHub wants a line. A zip has none: what is inside is told in words, and by the logical location.
    region = {"startLine": 1}
    if finding.line is not None and finding.column is not None and (export.is_folder or not place.member):
        region = {"startLine": finding.line, "startColumn": finding.column}
    physical = {"artifactLocation": {"uri": _locate(export, finding)}, "region": region}
    where = f"{place.member}: {name_path(finding)}" if place.member else name_path(finding)
    logical = {"name": name_intent(place.intent), "fullyQualifiedName": where}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{name_intent(place.intent)}, {where}: {tell(finding)}"},
        "locations": [{"physicalLocation": physical, "logicalLocations": [logical]}],
        # What stays when lines move.
        "partialFingerprints": {"botbridgeLint/v1": _fingerprint(finding)},
    }


def _locate(export: LintedExport, finding: Finding) -> str:
    """Give a URI: relative as the path was given, which code scanning resolves against the checkout."""
    path = Path(export.file)
    if export.is_folder and finding.place.member:
        path /= finding.place.member
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _fingerprint(finding: Finding) -> str:
    place = finding.place
    return sha256(dumps([finding.code, place.member, place.intent, place.path])).hexdigest()[:32]
