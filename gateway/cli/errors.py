"""`botbridge errors [CODE]`: the catalogue for the person on call.

Without a code it lists all: a table on a terminal, tab-separated lines in a pipe. With one (whole, or its last parts) it
shows the entry with its remedy. `--markdown` writes docs/errors.md.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Annotated, Final

import typer

from gateway.contract.catalogue import CATALOGUE, PREFIX, Entry

SECTIONS: Final = {
    "1": "Google Dialogflow",
    "2": "Amazon Lex",
    "3": "IBM Watson Assistant",
    "4": "Functions and hooks",
    "5": "Microsoft bots",
    "6": "Checks of a bot's answer",
    "7": "LivePerson's connector",
    "9": "Conversation Tester",
    "10": "LivePerson Functions, called from outside",
    "11": "botbridge's own",
}
"""Titles of the sections of docs/contract/errors.md that list codes."""

INTRODUCTION: Final = (
    "# Error codes",
    "",
    "Made by `botbridge errors --markdown` from the catalogue in `gateway/contract/codes/`; change it there. When a code is",
    "raised, and what becomes of the turn, is said in [contract/errors.md](contract/errors.md). A vendor's 502 is a 503 when the",
    "circuit is open, and a 504 when the time ran out.",
)


def errors(
    code: Annotated[
        str | None, typer.Argument(help="A code, or as many of its last parts as make it one: lex.send-query")
    ] = None,
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="Write the whole catalogue as Markdown.")] = False,
) -> None:
    """Show the error catalogue: code, meaning, remedy."""
    if markdown:
        typer.echo(render_markdown(CATALOGUE.values()), nl=False)
    elif code is None:
        _list(CATALOGUE.values())
    else:
        found = find(code)
        if len(found) != 1:
            typer.echo(_explain_no_entry(code, found), err=True)
            raise typer.Exit(1)
        typer.echo(describe(found[0]))


def find(code: str) -> list[Entry]:
    """Find the entry with this code; else all whose code ends with these parts (`send-query`, `lex.send-query`)."""
    if (entry := CATALOGUE.get(code)) is not None:
        return [entry]
    return [entry for entry in CATALOGUE.values() if entry.code.endswith(f".{code}")]


def describe(entry: Entry) -> str:
    """Tell all about one code, in lines."""
    status = (
        f"HTTP status: {entry.status}" if entry.status is not None else "HTTP status: none, it never ends a request"
    )
    return "\n".join(
        [
            entry.code,
            "",
            f"Meaning: {entry.meaning}",
            f"Remedy: {entry.remedy}",
            "",
            status,
            f"Raised by: {entry.raised_by}",
            f"Source: docs/contract/errors.md section {entry.source}",
        ]
    )


def render_markdown(entries: Iterable[Entry]) -> str:
    """Write docs/errors.md."""
    return "\n".join(_markdown_lines(entries)) + "\n"


def _markdown_lines(entries: Iterable[Entry]) -> Iterator[str]:
    yield from INTRODUCTION
    section = None
    for entry in entries:
        if entry.source != section:
            section = entry.source
            yield from ("", f"## {SECTIONS[section]}")
        status = f"HTTP {entry.status}" if entry.status is not None else "no HTTP status"
        yield from ("", f"### `{entry.code}`", "", f"{status}; raised by {entry.raised_by}.", "")
        yield from (entry.meaning, "", f"**Remedy.** {entry.remedy}")


def _list(entries: Iterable[Entry]) -> None:
    """Print a table where somebody looks at it, and plain lines where a program reads them."""
    rows = (
        (entry.code, "-" if entry.status is None else str(entry.status), entry.raised_by.value, entry.meaning)
        for entry in entries
    )
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        for row in rows:
            typer.echo("\t".join(row))
        return
    from rich.table import Table

    table = Table("Code", "HTTP", "Raised by", "Meaning", caption=f"… stands for {PREFIX}")
    table.columns[0].overflow = "fold"
    for code, *rest in rows:
        table.add_row(code.replace(PREFIX, "…", 1), *rest)
    console.print(table)


def _explain_no_entry(code: str, found: list[Entry]) -> str:
    """Say why there is no one entry, and which codes may have been meant."""
    if found:
        return "\n".join([f"{code} is the end of several codes:", *(f"  {entry.code}" for entry in found)])
    near = _near(code)
    return "\n".join([f"no such code: {code}", *(["did you mean:"] if near else []), *(f"  {match}" for match in near)])


def _near(code: str) -> list[str]:
    """Find the codes that look alike, in whole or in their last parts, the nearest first."""
    ends = {end: whole for whole in CATALOGUE for end in _ends(whole)}
    matches = get_close_matches(code.lower(), ends, n=5, cutoff=0.7)
    return list(dict.fromkeys(ends[match] for match in matches))


def _ends(code: str) -> Iterator[str]:
    """Give the code, and what is left as its first parts go one by one."""
    while code:
        yield code
        code = code.partition(".")[2]
