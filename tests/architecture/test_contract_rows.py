"""Every row of the vendors' tables in docs/contract/vendors is shown by a case, or it is said why none can show it.

tests/data/contract_rows has an index for each page: heading -> first cell of a row -> what shows it, a list of

- `tests/data/….json: NAME`, a case of a table that some test reads,
- `tests/….py::test_name`, where the behaviour is no data case (sockets, time, several turns),

or `{"exempt": REASON}`. Rows and entries are held to each other, so a row that is added or renamed needs its case.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gateway.contract.wire import loads

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "contract" / "vendors").glob("*.md"))
INDEXES = ROOT / "tests" / "data" / "contract_rows"


class Row(NamedTuple):
    """A row of a table: the headings above it, and its first cell as plain text."""

    heading: str
    cell: str


def read_rows(markdown: str) -> Iterator[Row]:
    """Read the rows of a page's tables; a code block has none."""
    headings: list[str] = []
    tokens = iter(MarkdownIt("commonmark").enable("table").parse(markdown))
    for token in tokens:
        if token.type == "heading_open":
            depth = int(token.tag.removeprefix("h"))
            headings = [*headings[: depth - 1], read_plain(next(tokens))]
        elif token.type == "tbody_open":
            for cell in read_first_cells(tokens):
                yield Row(" / ".join(headings[1:]), cell)


def read_first_cells(tokens: Iterator[Token]) -> Iterator[str]:
    """Read a table to its end."""
    for token in tokens:
        if token.type == "tbody_close":
            return
        if token.type == "tr_open":
            next(tokens)  # td_open
            yield read_plain(next(tokens))


def read_plain(inline: Token) -> str:
    """Read words and code without their marks."""
    return "".join(child.content for child in inline.children or ())


def find_problems(rows: list[Row], index: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Say where a page and its index do not agree, and what in the index leads nowhere."""
    entries = {Row(heading, cell): shown for heading, cells in index.items() for cell, shown in cells.items()}
    for row, times in Counter(rows).items():
        if times > 1:
            yield f"{row.heading}, {row.cell}: {times} rows of one name"
        if row not in entries:
            yield f"{row.heading}, {row.cell}: no entry"
    for row, shown in entries.items():
        if row not in rows:
            yield f"{row.heading}, {row.cell}: no such row"
        yield from (f"{row.heading}, {row.cell}: {problem}" for problem in find_faults(shown))


def find_faults(shown: Any) -> Iterator[str]:
    """Say what is wrong with a row's entry."""
    match shown:
        case {"exempt": str(reason), **others} if reason.strip() and not others:
            pass
        case [_, *_]:
            yield from (f"nothing at {reference}" for reference in shown if not leads_somewhere(str(reference)))
        case _:
            yield "neither cases nor a reason"


def leads_somewhere(reference: str) -> bool:
    if "::" in reference:
        path, _, name = reference.partition("::")
        return name in find_tests(path)
    path, _, name = reference.partition(": ")
    return name in find_cases(path) and is_read(path)


@cache
def find_tests(path: str) -> frozenset[str]:
    """Find the names of a module's tests, without importing it."""
    if path not in MODULES:
        return frozenset()
    functions = (
        node for node in ast.parse(MODULES[path]).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


@cache
def find_cases(path: str) -> frozenset[str]:
    """Find the names of a table's cases; one that is there twice is no name, since nobody knows which one is meant."""
    if not path.startswith("tests/data/") or not (ROOT / path).is_file():
        return frozenset()
    table = loads((ROOT / path).read_bytes())
    groups = table.values() if isinstance(table, dict) else [table]
    names = Counter(case.get("name", case.get("id")) for group in groups if isinstance(group, list) for case in group)
    return frozenset(name for name, times in names.items() if times == 1)


@cache
def is_read(path: str) -> bool:
    """Say whether some test names the table's file and folder: a table that nobody reads shows nothing."""
    table = Path(path)
    return any(
        f'{table.name}"' in source and table.parent.name in source
        for module, source in MODULES.items()
        if module != str(Path(__file__).relative_to(ROOT))
    )


MODULES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests").rglob("test_*.py"))
}


def test_every_page_has_an_index_and_every_index_a_page() -> None:
    assert [page.stem for page in PAGES] == sorted(index.stem for index in INDEXES.glob("*.json"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_row_is_shown_by_a_case(page: Path) -> None:
    rows = list(read_rows(page.read_text(encoding="utf-8")))

    assert len(rows) > 30
    assert list(find_problems(rows, loads((INDEXES / f"{page.stem}.json").read_bytes()))) == []


PAGE = """
# Page
## Query
| What | Where |
|---|---|
| text | `text` |
| `a \\| b` and [link](x.md) | |
### Deeper
```
| code | is no table |
|---|---|
| a | b |
```
| What | Where |
|---|---|
| | empty |
## Response
| What | Where |
|---|---|
| text | the same cell below another heading |

| Another | table |
|---|---|
| more | |
"""
ROWS = [
    Row("Query", "text"),
    Row("Query", "a | b and link"),
    Row("Query / Deeper", ""),
    Row("Response", "text"),
    Row("Response", "more"),
]


def test_rows_are_read_below_their_headings() -> None:
    assert list(read_rows(PAGE)) == ROWS


CASE = "tests/data/lex/replies.json: one text"
TEST = "tests/unit/vendors/lex/test_v2.py::test_what_lex_holds_is_remembered"


@pytest.mark.parametrize(
    ("rows", "shown", "problems"),
    [
        (["a"], {"a": [CASE, TEST]}, []),
        (["a"], {"a": {"exempt": "because"}}, []),
        (["a", "b"], {"a": [CASE]}, ["Q, b: no entry"]),
        (["a", "a"], {"a": [CASE]}, ["Q, a: 2 rows of one name"]),
        (["a"], {"a": [CASE], "old": [CASE]}, ["Q, old: no such row"]),
        (["a"], {"a": []}, ["Q, a: neither cases nor a reason"]),
        (["a"], {"a": {"exempt": " "}}, ["Q, a: neither cases nor a reason"]),
        (["a"], {"a": {"exempt": "because", "case": CASE}}, ["Q, a: neither cases nor a reason"]),
        (["a"], {"a": CASE}, ["Q, a: neither cases nor a reason"]),
        (["a"], {"a": [CASE, f"{CASE}s"]}, [f"Q, a: nothing at {CASE}s"]),
        (["a"], {"a": [f"{TEST}_not"]}, [f"Q, a: nothing at {TEST}_not"]),
        (["a"], {"a": ["tests/data/lex/none.json: one text"]}, ["Q, a: nothing at tests/data/lex/none.json: one text"]),
        (["a"], {"a": ["tests/none.py::test_a"]}, ["Q, a: nothing at tests/none.py::test_a"]),
        (["a"], {"a": ["one text"]}, ["Q, a: nothing at one text"]),
        (["a"], {"a": [5]}, ["Q, a: nothing at 5"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(rows: list[str], shown: dict[str, Any], problems: list[str]) -> None:
    assert list(find_problems([Row("Q", cell) for cell in rows], {"Q": shown})) == problems


def test_a_table_that_no_test_reads_shows_nothing() -> None:
    assert is_read("tests/data/lex/replies.json")
    assert not is_read("tests/data/lex/forgotten.json")
