import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """\
import io, sys
{before}
from gateway.telemetry.lean import import_structlog
import_structlog()
print(*sorted({{"rich", "structlog"}} & set(sys.modules)))
import rich.console
from gateway.telemetry.logging import configure_logging, get_logger

class Terminal(io.StringIO):
    def isatty(self):
        return True

out = Terminal()
configure_logging("info", stream=out)
try:
    1 / 0
except ZeroDivisionError as error:
    get_logger("test").warning("it-failed", exc_info=error)
print("it-failed" in out.getvalue(), "ZeroDivisionError" in out.getvalue(), "1 / 0" in out.getvalue())
"""


@pytest.mark.parametrize(
    ("before", "imported"),
    [("", "structlog"), ("import rich", "rich"), ("import structlog", "rich structlog")],
    ids=["alone", "with rich before", "with structlog before"],
)
def test_rich_stays_away_and_can_be_imported_later(before: str, imported: str) -> None:
    ran = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", PROGRAM.format(before=before)],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == [imported, "True True False"]
