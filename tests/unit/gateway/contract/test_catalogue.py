import re
from pathlib import Path

import pytest

from gateway.contract.catalogue import CATALOGUE, OWN_PREFIX, PREFIX, Entry, RaisedBy

PAGE = Path(__file__).parents[4] / "docs" / "contract" / "errors.md"
SECTION = re.compile(r"^## (\d+)\. ", re.MULTILINE)
HEADINGS_OF_CODES = ("Code", "Code `…`")


def read_page() -> dict[str, set[str]]:
    """Read the codes that the page's tables list: section -> whole codes."""
    _, *parts = SECTION.split(PAGE.read_text(encoding="utf-8"))
    return {number: set(_read_codes(text)) for number, text in zip(parts[::2], parts[1::2], strict=True)}


def _read_codes(text: str) -> list[str]:
    codes: list[str] = []
    listing, prefix = False, ""
    for line in text.splitlines():
        if not line.startswith("|"):
            listing = False
            continue
        first = line.split("|")[1].strip()
        if first in HEADINGS_OF_CODES:
            listing, prefix = True, PREFIX if "…" in first else ""
        elif listing and not first.startswith("---"):
            names = re.findall(r"`([^`]+)`", first)
            # `com.liveperson.faas.es.general`, `.unavailable`: the rest share the first one's layer.
            layer = names[0].rpartition(".")[0]
            codes += [layer + name if name.startswith(".") else prefix + name for name in names]
    return codes


def test_the_catalogue_has_the_codes_of_the_page_by_section() -> None:
    catalogue: dict[str, set[str]] = {}
    for entry in CATALOGUE.values():
        catalogue.setdefault(entry.source, set()).add(entry.code)

    assert catalogue == {number: codes for number, codes in read_page().items() if codes}
    assert len(CATALOGUE) == 109


def test_every_code_is_its_own_key() -> None:
    assert [entry.code for entry in CATALOGUE.values()] == list(CATALOGUE)


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.code)
def test_an_entry_is_written_for_people(entry: Entry) -> None:
    for text in (entry.meaning, entry.remedy):
        assert re.fullmatch(r"[A-Za-z/{].{5,}\.", text), "whole sentences"
        assert "  " not in text
        assert "\n" not in text
    assert entry.meaning != entry.remedy


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.code)
def test_a_status_goes_with_what_botbridge_raises(entry: Entry) -> None:
    name = entry.code.removeprefix(PREFIX)
    if entry.code.startswith(OWN_PREFIX):
        assert entry.raised_by is RaisedBy.GATEWAY
        assert entry.status in {400, 401, 403, 404, 413, 415, 429, 503}
    elif entry.raised_by in {RaisedBy.LIVEPERSON, RaisedBy.TESTER, RaisedBy.FUNCTIONS}:
        assert entry.status is None
    elif name.lower().endswith(("testconnection", "test-connection")):
        assert entry.status is None, "reported by a connection test, which is no request"
    elif name in {"aivendor.faas.failed-hook", "events-queue.not-catched-pipeline-error"}:
        assert entry.status == 500
    else:
        assert entry.status == 502


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CATALOGUE["x"] = next(iter(CATALOGUE.values()))  # type: ignore[index]  # what the test is about
