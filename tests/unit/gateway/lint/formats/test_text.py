from io import StringIO

import pytest
from rich.console import Console

from gateway.lint.findings import Report
from gateway.lint.formats.text import write_text
from tests.unit.gateway.lint.mistakes import DATA
from tests.unit.gateway.lint.reports import make_report

REPORTS = DATA / "reports"


def write(report: Report, *, terminal: bool) -> str:
    console = Console(file=StringIO(), width=100, force_terminal=terminal, color_system=None)
    write_text(report, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(("terminal", "page"), [(True, "terminal.txt"), (False, "pipe.txt")])
def test_writes_the_report(terminal: bool, page: str) -> None:
    written = "\n".join(line.rstrip() for line in write(make_report(), terminal=terminal).split("\n"))

    assert written == (REPORTS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("terminal", [True, False])
def test_says_that_nothing_was_found(terminal: bool) -> None:
    assert write(Report((), ()), terminal=terminal) == "0 exports: nothing found\n"


def test_is_coloured_on_a_terminal() -> None:
    console = Console(file=StringIO(), width=100, force_terminal=True, color_system="standard")
    write_text(make_report(), console)
    assert isinstance(console.file, StringIO)

    assert "\x1b[1;31merror\x1b[0m" in console.file.getvalue()
