"""For people: grouped by file and intent on a terminal, one line for each finding in a pipe."""

from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from gateway.lint.codes import Severity
from gateway.lint.findings import Finding, LintedExport, Report
from gateway.lint.formats.words import name_file, name_intent, name_path, printable, summarise, tell

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def write_text(report: Report, console: Console) -> None:
    """Print a report."""
    if console.is_terminal:
        for export in report.exports:
            _print_export(export, console)
    else:
        for line in lines(report):
            console.print(line, markup=False, highlight=False, soft_wrap=True, emoji=False)
    console.print(summarise(report.counts, len(report.exports)), style="bold", highlight=False)


def lines(report: Report) -> Iterator[str]:
    """Write one line for each finding: FILE:LINE: SEVERITY: CODE: INTENT: PATH: what is wrong. What to do."""
    for export in report.exports:
        for finding in export.findings:
            yield (
                f"{name_file(export, finding)}: {finding.severity}: {finding.code}: {name_intent(finding.place.intent)}: "
                f"{name_path(finding)}: {tell(finding)}"
            )


def _print_export(export: LintedExport, console: Console) -> None:
    console.print(Text.assemble((printable(export.file), "bold underline"), f"  {export.format}"))
    for intent, findings in export.by_intent():
        if findings:
            console.print(Text(f"  {name_intent(intent)}", "bold"))
        for finding in findings:
            _print_finding(export, finding, console)
    console.print()


def _print_finding(export: LintedExport, finding: Finding, console: Console) -> None:
    told = Text.assemble(
        (finding.severity.value, _STYLES[finding.severity]),
        "  ",
        printable(finding.message),
        (f"  {finding.code}", "dim"),
    )
    console.print(Padding(told, (0, 0, 0, 4)))
    where = Text.assemble((name_file(export, finding), "dim"), "  ", name_path(finding))
    console.print(Padding(where, (0, 0, 0, 6)))
    console.print(Padding(Text(finding.remedy, "italic"), (0, 0, 0, 6)))
