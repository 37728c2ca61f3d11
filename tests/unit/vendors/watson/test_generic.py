import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.draft import ReplyDraft
from gateway.contract.errors import VendorFailure
from gateway.contract.types import Json, ReadingContext
from tests.unit.vendors.watson.answers import JSON, TEXTS
from vendors.watson.generic import READERS, read_output
from vendors.watson.texts import Reading

PAGE = Path(__file__).parents[4] / "docs" / "contract" / "vendors" / "watson.md"
IGNORED = {"channel_transfer", "end_session", "date", "dtmf"}


def documented_types() -> set[str]:
    section = PAGE.read_text().partition("## Native response types")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| ([a-z_]+(?:, [a-z_]+)*)(?: \([^|]*\))? \|", section, flags=re.MULTILINE)
    return {name for cell in first_cells for name in cell.split(", ")}


def test_every_documented_response_type_is_read_or_ignored_on_purpose() -> None:
    assert documented_types() == set(READERS) | IGNORED


def result(read: Callable[[ReplyDraft], None]) -> Any:
    """Give what a reading leaves, or the failure it ends with."""
    draft = ReplyDraft()
    try:
        read(draft)
    except VendorFailure as failure:
        return failure.code, failure.message
    return draft.messages, draft.warnings, draft.finish()


@given(item=st.fixed_dictionaries({"text": TEXTS | JSON}, optional={"values": JSON}))
def test_a_plain_text_is_read_as_any_other_item_of_its_type(item: Json) -> None:
    item = {"response_type": "text", **item}
    context = ReadingContext()
    assert result(lambda draft: read_output({"generic": [item]}, draft, context)) == result(
        lambda draft: READERS["text"](item, "output.generic[0]", Reading(draft, context))
    )
