import re
from pathlib import Path

from gateway.lint.codes import CODES
from gateway.lint.formats.page import render_codes

PAGE = (Path(__file__).parents[5] / "docs" / "lint.md").read_text(encoding="utf-8")


def test_the_page_has_the_codes_as_they_are() -> None:
    assert PAGE.endswith(f"\n{render_codes()}"), "put the output of botbridge lint --codes at the end of docs/lint.md"


def test_a_table_has_every_code_with_its_severities() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| .+ \| .+ \|$", render_codes(), re.MULTILINE)

    assert dict(rows) == {code: ", ".join(entry.severities) for code, entry in CODES.items()}
