"""Put mistakes into the good exports of tests/data/lint/exports, as the tables of cases say."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from gateway.contract.types import Channel
from gateway.lint.findings import Finding, LintedExport, Rules
from gateway.lint.run import lint_source
from gateway.lint.sources import Source

DATA = Path(__file__).parents[3] / "data" / "lint"


def read_export(folder: str) -> dict[str, Any]:
    """Read a good export: member -> document."""
    root = DATA / "exports" / folder
    return {path.relative_to(root).as_posix(): orjson.loads(path.read_bytes()) for path in sorted(root.rglob("*.json"))}


def apply(members: dict[str, Any], change: dict[str, Any]) -> None:
    """Make a change: bytes in place of a file, a file or value left out, or a value put at a path ("-": at the end)."""
    name = change["member"]
    if "bytes" in change:
        members[name] = change["bytes"].encode()
    elif "path" not in change:
        del members[name]
    else:
        *steps, last = change["path"]
        target = members[name]
        for step in steps:
            target = target[step]
        if "value" not in change:
            del target[last]
        elif last == "-":
            target.append(expand(change["value"]))
        else:
            target[last] = expand(change["value"])


def expand(value: Any) -> Any:
    """Write out the shorthands of the tables: {"$json": VALUE} is a string with JSON, {"$repeat": [TEXT, N]} a long one."""
    match value:
        case {"$json": inner}:
            return orjson.dumps(expand(inner)).decode()
        case {"$repeat": [text, times]}:
            return text * times
        case dict():
            return {key: expand(child) for key, child in value.items()}
        case list():
            return [expand(child) for child in value]
        case _:
            return value


def make_source(folder: str, changes: Iterable[dict[str, Any]] = ()) -> Source:
    """Make an export with mistakes, as a folder."""
    members = read_export(folder)
    for change in changes:
        apply(members, change)
    return Source(
        "bot",
        True,
        {
            name: document if isinstance(document, bytes) else orjson.dumps(document, option=orjson.OPT_INDENT_2)
            for name, document in members.items()
        },
    )


def lint_folder(folder: str, changes: Iterable[dict[str, Any]], options: dict[str, Any]) -> LintedExport:
    """Lint a good export with mistakes."""
    linted = lint_source(make_source(folder, changes), read_rules(options))
    assert isinstance(linted, LintedExport), linted
    return linted


def read_rules(options: dict[str, Any]) -> Rules:
    """Read what a case says of the account."""
    hosts, skills = options.get("image_hosts"), options.get("skills")
    return Rules(
        channel=Channel(options.get("channel", "messaging")),
        image_hosts=None if hosts is None else frozenset(hosts),
        skills=None if skills is None else frozenset(skills),
    )


def show(finding: Finding) -> dict[str, Any]:
    """Show a finding as the tables have it; the remedy is the code's."""
    place = finding.place
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "member": place.member,
        "intent": place.intent,
        "path": place.path,
        "line": finding.line,
        "message": finding.message,
    }
