"""For programs: the whole report as one JSON object."""

from gateway.contract.types import Json
from gateway.contract.wire import dumps
from gateway.lint.findings import Finding, Report


def write_json(report: Report) -> str:
    """Write {exports: [{file, format, intents, findings}], refused: [{file, reason}], summary}."""
    told = {
        "exports": [
            {
                "file": export.file,
                "format": export.format,
                "intents": list(export.intents),
                "findings": [_describe(finding) for finding in export.findings],
            }
            for export in report.exports
        ],
        "refused": [{"file": refusal.file, "reason": refusal.reason} for refusal in report.refusals],
        "summary": {severity.value: number for severity, number in report.counts.items()},
    }
    return dumps(told).decode()


def _describe(finding: Finding) -> Json:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "member": finding.place.member,
        "intent": finding.place.intent,
        "path": finding.place.path,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "remedy": finding.remedy,
    }
