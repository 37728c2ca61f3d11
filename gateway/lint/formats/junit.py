"""For test reports of CI servers: JUnit XML with a suite for each export and a case for each intent."""

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from gateway.lint.codes import Severity
from gateway.lint.findings import Finding, LintedExport, Refusal, Report
from gateway.lint.formats.words import count, name_file, name_intent, name_path, printable, tell


def write_junit(report: Report, *, strict: bool) -> str:
    """Write a report. Errors are failures, warnings too when strict; what else was found is a case's output."""
    xml = JUnitXml("botbridge lint")
    for export in report.exports:
        xml.add_testsuite(_make_suite(export, strict=strict))
    for refusal in report.refusals:
        xml.add_testsuite(_make_refused(refusal))
    # The library types only what it reads.
    xml.update_statistics()  # type: ignore[no-untyped-call]
    written: bytes = xml.tostring()  # type: ignore[no-untyped-call]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written.decode()}\n'


def _make_suite(export: LintedExport, *, strict: bool) -> TestSuite:
    suite = TestSuite(printable(export.file))
    for intent, findings in export.by_intent():
        suite.add_testcase(_make_case(export, intent, findings, strict=strict))
    return suite


def _make_case(export: LintedExport, intent: str, findings: list[Finding], *, strict: bool) -> TestCase:
    case = TestCase(name_intent(intent), classname=export.format)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    failures = [finding for finding in findings if finding.severity in failing]
    others = [finding for finding in findings if finding.severity not in failing]
    if failures:
        # One for each case, since readers of the format tend to show the first alone.
        failure = Failure(count(len(failures), "finding"), failures[0].code)
        failure.text = "\n".join(_tell(export, finding) for finding in failures)
        case.result = [failure]
    if others:
        case.system_out = "\n".join(_tell(export, finding) for finding in others)
    return case


def _make_refused(refusal: Refusal) -> TestSuite:
    suite = TestSuite(printable(refusal.file))
    case = TestCase("export")
    case.result = [Error(printable(refusal.reason), "no-export")]
    suite.add_testcase(case)
    return suite


def _tell(export: LintedExport, finding: Finding) -> str:
    return f"{finding.severity}: {finding.code}: {name_file(export, finding)}: {name_path(finding)}: {tell(finding)}"
