"""Write the figures of a summary into docs/performance.md, between the marks that stand there for them."""

import re
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table as RichTable

from load.bench.processes import ROOT
from load.bench.summary import Summary
from load.bench.tables import TABLES, Table

PAGE: Final = ROOT / "docs" / "performance.md"
_BLOCK: Final = re.compile(r"<!-- figures: (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def render_page(page: str, summary: Summary) -> str:
    """Put the tables of a summary in the place of those that a page has. Raise KeyError for a mark that no table has."""
    return _BLOCK.sub(lambda found: _write_block(found.group(1), summary), page)


def write_page(summary: Summary, page: Path = PAGE) -> None:
    """Renew a page's figures."""
    page.write_text(render_page(page.read_text("utf-8"), summary), encoding="utf-8")


def list_marks(page: str) -> list[str]:
    """List the names of the tables that a page shows."""
    return _BLOCK.findall(page)


def render_markdown(table: Table) -> str:
    """Write a table as Markdown."""
    marks = ["---" if column < table.names else "---:" for column in range(len(table.headings))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (table.headings, marks, *table.rows))


def render_machine(summary: Summary) -> str:
    """Say what the figures were measured on, and how much was."""
    machine = summary.machine
    return (
        f"Measured on {machine.date}: {machine.cores} cores ({machine.cpu}), Linux {machine.kernel}, Python {machine.python}; "
        f"{summary.rounds} rounds of {summary.events:,} events, {summary.in_flight} under way at a time; "
        f"{summary.seconds / 60:.1f} minutes in all."
    )


def print_tables(summary: Summary, console: Console) -> None:
    """Print the tables that have rows."""
    for make in TABLES.values():
        table = make(summary)
        if not table.rows:
            continue
        printed = RichTable(title=table.title)
        for column, heading in enumerate(table.headings):
            printed.add_column(heading, justify="left" if column < table.names else "right")
        for row in table.rows:
            printed.add_row(*(_COLOURS.get(cell, cell) for cell in row))
        console.print(printed)


_COLOURS: Final = {"yes": "[green]yes[/]", "no": "[red]no[/]"}


def _write_block(name: str, summary: Summary) -> str:
    text = render_machine(summary) if name == "machine" else render_markdown(TABLES[name](summary))
    return f"<!-- figures: {name} -->\n{text}\n<!-- end -->"
