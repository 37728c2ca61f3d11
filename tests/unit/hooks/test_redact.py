import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.types import Channel, Json
from gateway.contract.wire import loads
from hooks.context import HookContext
from hooks.options import InvalidOptions
from hooks.redact import read_options, redact, redact_text

DATA = Path(__file__).parents[2] / "data/hooks"
TEXTS = loads((DATA / "redact_texts.json").read_bytes())
REQUESTS = loads((DATA / "redact_requests.json").read_bytes())


def make_context(vendor: str = "function", options: Json | None = None) -> HookContext:
    return HookContext(
        account="1", bot="b", vendor=vendor, channel=Channel.MESSAGING, conversation_id="c-1", options=options or {}
    )


def has_luhn_sum(digits: str) -> bool:
    """The textbook's way, to check ours against."""
    doubled = "".join(digit if place % 2 == 0 else str(2 * int(digit)) for place, digit in enumerate(digits[::-1]))
    return sum(map(int, doubled)) % 10 == 0


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case["name"])
def test_a_text_is_masked(case: Any) -> None:
    assert redact_text(case["text"], read_options(case.get("options", {}))) == case["redacted"]


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case["name"])
def test_every_string_of_a_request_is_masked_but_identifiers(case: Any) -> None:
    assert redact(case["payload"], make_context(case["vendor"])) == case["redacted"]


def test_wrong_options_fail_the_hook_too() -> None:
    with pytest.raises(InvalidOptions, match="kinds: may hold card, email"):
        redact({}, make_context(options={"kinds": ["iban"]}))


def test_a_deep_request_is_masked_to_the_bottom() -> None:
    payload: Json = {"text": "jo@example.com"}
    for _ in range(2000):
        payload = {"a": [payload]}
    level = redact(payload, make_context())
    for _ in range(2000):
        level = level["a"][0]
    assert level == {"text": "[email]"}


@given(st.text("0123456789", min_size=1, max_size=24))
def test_a_run_of_digits_is_masked_when_it_is_a_card(digits: str) -> None:
    is_card = 13 <= len(digits) <= 19 and has_luhn_sum(digits)
    assert redact_text(f"x {digits}.", read_options({})) == ("x [card]." if is_card else f"x {digits}.")


@given(st.lists(st.text("0123456789", min_size=1, max_size=6), min_size=1, max_size=12))
def test_no_card_in_groups_is_left(groups: list[str]) -> None:
    pieces = [piece.split() for piece in redact_text(" ".join(groups), read_options({})).split("[card]")]
    for piece in pieces:
        for first in range(len(piece)):
            for last in range(first, len(piece)):
                digits = "".join(piece[first : last + 1])
                assert not (13 <= len(digits) <= 19 and has_luhn_sum(digits)), digits


@given(st.text("a1.-@ +'", max_size=200))
def test_masking_masked_text_changes_nothing(text: str) -> None:
    once = redact_text(text, read_options({}))
    assert redact_text(once, read_options({})) == once


@pytest.mark.parametrize(
    "unit", ["1 ", "1-", "0" * 19 + " ", "a.", "a@", "a@b.", "@", "a-", "1" * 20 + "a"], ids=lambda unit: unit[:4]
)
def test_hostile_texts_take_time_in_proportion(unit: str) -> None:
    # A pattern that tries again from every place needs minutes for what takes a fraction of a second.
    text = unit * (100_000 // len(unit)) + "@"
    began = time.process_time()
    redact_text(text, read_options({}))
    assert time.process_time() - began < 5
