"""Code and catalogue agree: what is raised is catalogued, and what the catalogue says botbridge raises, some test expects."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.contract.catalogue import CATALOGUE, OWN_PREFIX, PREFIX, Entry, RaisedBy

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for package in ("gateway", "vendors", "hooks", "config")
    for path in sorted((ROOT / package).rglob("*.py"))
    if not path.is_relative_to(ROOT / "gateway" / "contract" / "codes")
]
PREFIXES = {"PREFIX": PREFIX, "OWN_PREFIX": OWN_PREFIX}

NOT_BUILT = {
    PREFIX + "aivendor.lex.composite-format-not-supported": "only Lex V1 answers with Composite, and it is not built",
}
"""Codes that no gateway of today raises, and why."""
NO_OUTCOMES = (
    "architecture/test_catalogue.py",
    "unit/gateway/cli/test_errors.py",
    "unit/gateway/contract/test_catalogue.py",
    "unit/gateway/contract/test_errors.py",
)
"""Tests that name codes without bringing them about."""


def find_codes(tree: ast.AST) -> Iterator[str | None]:
    """Find the codes that source text writes: `PREFIX + "…"`, an f-string, or whole; None for one put together at run time."""
    prefixes = find_prefixes(tree)
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=rest) if name in prefixes:
                yield join(prefixes[name], rest)
            case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id=name)), *rest]) if name in prefixes:
                yield join(prefixes[name], *rest)
            case ast.Constant(value=str(text)) if text.startswith((PREFIX, OWN_PREFIX)):
                yield text
            case _:
                pass


def find_prefixes(tree: ast.AST) -> dict[str, str]:
    """Find what a module calls the catalogue's prefixes; another module may have a PREFIX of its own."""
    return {
        alias.asname or alias.name: PREFIXES[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "gateway.contract.catalogue"
        for alias in node.names
        if alias.name in PREFIXES
    }


def join(prefix: str, *rest: ast.expr) -> str | None:
    match rest:
        case [ast.Constant(value=str(text))]:
            return prefix + text
        case _:
            return None


def is_raised_here(entry: Entry) -> bool:
    return entry.raised_by in {RaisedBy.GATEWAY, RaisedBy.BOTH} and entry.status is not None


USED = {
    (str(path.relative_to(ROOT)), code) for path in SOURCES for code in find_codes(ast.parse(path.read_text("utf-8")))
}
EXPECTATIONS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests").rglob("*"))
    if path.suffix in {".py", ".json", ".yaml"} and not path.as_posix().endswith(NO_OUTCOMES)
)


def test_every_code_in_the_source_is_catalogued() -> None:
    codes = {(path, code) for path, code in USED if code not in {PREFIX, OWN_PREFIX}}

    assert len(codes) > 30
    assert {(path, code) for path, code in codes if code not in CATALOGUE} == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('PREFIX + "a.b"', [PREFIX + "a.b"]),
        ('X = OWN_PREFIX + "c"', [OWN_PREFIX + "c"]),
        ('f"{PREFIX}a.b"', [PREFIX + "a.b"]),
        ('f"{PREFIX}a.{kind}"', [None]),
        ("PREFIX + kind", [None]),
        ('"botbridge.error.x"', ["botbridge.error.x"]),
        ('"see botbridge.error.x"', []),
        ('OTHER + "a.b"', []),
    ],
)
def test_codes_are_found_however_they_are_written(source: str, found: list[str | None]) -> None:
    imports = "from gateway.contract.catalogue import OWN_PREFIX, PREFIX\n"

    assert list(find_codes(ast.parse(imports + source))) == found


def test_a_prefix_of_the_modules_own_makes_no_code() -> None:
    assert list(find_codes(ast.parse('OWN_PREFIX = "botbridge.lint."\nCODE = OWN_PREFIX + "broken-file"'))) == []


@pytest.mark.parametrize(
    "code", [entry.code for entry in CATALOGUE.values() if is_raised_here(entry) and entry.code not in NOT_BUILT]
)
def test_a_code_that_botbridge_raises_is_expected_by_a_test(code: str) -> None:
    """Tests and their data may write it whole, without the prefix, or from the vendor's name on."""
    short = code.removeprefix(PREFIX)
    spellings = {code, short, short.removeprefix("aivendor.")}
    quoted = "|".join(re.escape(spelling) for spelling in spellings)

    assert re.search(rf"[\"'](?:{quoted})[\"']", EXPECTATIONS), f"no test expects {code}"


@pytest.mark.parametrize("code", NOT_BUILT)
def test_what_is_said_not_to_be_built_is_not(code: str) -> None:
    assert is_raised_here(CATALOGUE[code])
    assert code not in {used for _, used in USED}
