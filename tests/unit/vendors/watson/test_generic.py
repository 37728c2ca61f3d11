import re
from pathlib import Path

from vendors.watson.generic import READERS

PAGE = Path(__file__).parents[4] / "docs" / "contract" / "vendors" / "watson.md"
IGNORED = {"channel_transfer", "end_session", "date", "dtmf"}


def documented_types() -> set[str]:
    section = PAGE.read_text().partition("## Native response types")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| ([a-z_]+(?:, [a-z_]+)*)(?: \([^|]*\))? \|", section, flags=re.MULTILINE)
    return {name for cell in first_cells for name in cell.split(", ")}


def test_every_documented_response_type_is_read_or_ignored_on_purpose() -> None:
    assert documented_types() == set(READERS) | IGNORED
