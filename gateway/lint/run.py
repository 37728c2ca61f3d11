"""Lint exports: find them, tell what they are, check them, and put the findings in order."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from gateway.contract.wire import WireError, loads
from gateway.lint import dialogflow, lex_v1, lex_v2, watson
from gateway.lint.documents import Documents, strip_bom
from gateway.lint.findings import ORDER, Finding, Findings, LintedExport, Refusal, Report, Rules, place_finding
from gateway.lint.places import find_positions
from gateway.lint.sources import Source, find_sources, show_path

NO_EXPORT: Final = (
    "is no export that can be read: wanted is a Dialogflow ES agent (zip), a Lex V1 or V2 bot (zip or JSON), or a Watson skill "
    "(JSON)"
)


def lint_paths(paths: Iterable[Path], rules: Rules) -> Report:
    """Lint files, and every export in folders. A JSON file of a folder that is none is passed over."""
    exports: list[LintedExport] = []
    refusals: list[Refusal] = []
    for path in paths:
        before = len(exports) + len(refusals)
        for source in find_sources(path):
            linted = lint_source(source, rules) if isinstance(source, Source) else source
            if isinstance(linted, LintedExport):
                exports.append(linted)
            elif linted.reason != NO_EXPORT or not path.is_dir():
                refusals.append(linted)
        if before == len(exports) + len(refusals):
            refusals.append(Refusal(show_path(path), "holds no export"))
    return Report(tuple(exports), tuple(refusals))


def lint_source(source: Source, rules: Rules) -> LintedExport | Refusal:
    """Lint what may be an export."""
    findings = Findings(rules)
    documents = Documents(source, findings)
    title = _check(documents, source)
    if isinstance(title, Refusal):
        return title
    return LintedExport(
        file=source.file,
        is_folder=source.is_folder,
        format=title,
        intents=tuple(findings.intents),
        findings=tuple(_order(findings.found, source)),
    )


def _check(documents: Documents, source: Source) -> str | Refusal:
    """Find out what it is, check it, and say what it is."""
    if dialogflow.is_agent(documents.names):
        dialogflow.check(documents)
        return dialogflow.TITLE
    if lex_v2.is_bot(documents.names):
        lex_v2.check(documents)
        return lex_v2.TITLE
    reason = NO_EXPORT
    for name in documents.names:
        try:
            document: Any = loads(strip_bom(source.members[name]))
        except WireError as error:
            reason = str(error)
            continue
        if lex_v1.is_bot(document):
            lex_v1.check(documents, name, document)
            return lex_v1.TITLE
        if watson.find_workspaces(document):
            watson.check(documents, name, document)
            return watson.TITLE
    return Refusal(source.file, reason)


def _order(found: list[Finding], source: Source) -> list[Finding]:
    """Add the positions, and sort: by file, by place in it, the worst first."""
    by_member: dict[str, list[Finding]] = {}
    for finding in found:
        by_member.setdefault(finding.place.member, []).append(finding)
    placed = []
    for member, group in sorted(by_member.items()):
        text = _decode(source.members.get(member))
        if text is None:
            placed += group
            continue
        positions = find_positions(text)
        located = [place_finding(finding, positions) for finding in group]
        placed += sorted(located, key=lambda each: (each.line or 0, each.column or 0, ORDER[each.severity]))
    return placed


def _decode(data: bytes | None) -> str | None:
    """Give the text of a file, None when it is no JSON, and its positions mean nothing."""
    if data is None:
        return None
    try:
        loads(strip_bom(data))
    except WireError:
        return None
    return strip_bom(data).decode()
