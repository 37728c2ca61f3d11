"""Print the table of figures at the end of a run, wherever the scenarios were played."""

import pytest
from rich.console import Console

from gateway.telemetry.logging import configure_logging
from tests.chaos.figures import Figures, print_table


@pytest.fixture(autouse=True, scope="session")
def _quiet() -> None:
    """Thousands of turns fail on purpose: the log has nothing to tell here."""
    configure_logging("critical")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Take the figures from the reports, which pytest-xdist brings along from its processes."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    rows = [Figures(**value) for report in reports for name, value in report.user_properties if name == "figures"]
    if rows:
        print_table(rows, Console(width=160))
