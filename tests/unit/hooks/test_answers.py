from copy import deepcopy

import pytest

from hooks.answers import shape_of
from vendors.registry import VENDORS


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "answer",
    [{}, {"queryResult": None}, {"output": [1], "actions": {}}, {"context": "x", "messages": 7}, {"sessionState": 1}],
    ids=str,
)
def test_a_vendors_odd_answer_is_no_fallback_and_still_takes_a_transfer(vendor: str, answer: dict[str, object]) -> None:
    shape = shape_of(vendor)
    answer = deepcopy(answer)  # the next vendor gets the same one
    assert not shape.is_fallback(answer, 0, ("fallback",))
    assert shape.find_action(answer) is None
    shape.add_transfer(answer, "human", "One moment.")
    assert shape.find_action(answer) == "TRANSFER"


def test_an_unknown_vendor_is_named() -> None:
    with pytest.raises(LookupError, match="the answers of acme-bot are not known here"):
        shape_of("acme-bot")
