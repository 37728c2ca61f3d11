import pytest

from gateway.contract.types import ActionName
from gateway.figures.buckets import Bucket, read_bins
from tests.unit.gateway.figures.conftest import Bots

TENTH, SECOND = "54", "80"
"""Bins of 0.1 s and of 1 s."""


@pytest.mark.parametrize(
    ("outcome", "action", "counts"),
    [
        ("answered", None, {"turns": 1, TENTH: 1}),
        ("answered", ActionName.TRANSFER, {"turns": 1, "transferred": 1, TENTH: 1}),
        ("answered", ActionName.CLOSE_CONVERSATION, {"turns": 1, "closed": 1, TENTH: 1}),
        ("answered", ActionName.CHANGE_TTR, {"turns": 1, TENTH: 1}),
        ("escalated", ActionName.TRANSFER, {"turns": 1, "escalated": 1, TENTH: 1}),
        ("failed", None, {"turns": 1, "failed": 1, TENTH: 1}),
    ],
)
def test_a_turn_counts_as_what_it_was(
    outcome: str, action: ActionName | None, counts: dict[str, int], bots: Bots
) -> None:
    bucket = Bucket()
    bucket.count(bots.end_turn(outcome=outcome, action=action, seconds=0.1))
    assert dict(bucket.list_counts()) == counts
    status = bots.make().status.counters
    assert {name: number for name, number in counts.items() if not name.isdecimal()} == {
        name: number for name in Bucket.__slots__ if name != "bins" and (number := getattr(status, name))
    }


def test_a_new_conversation_counts_beside_its_turn(bots: Bots) -> None:
    bucket = Bucket()
    bucket.count(bots.end_turn(is_new=True, seconds=0.1))
    bucket.count(bots.end_turn(seconds=1.0))
    assert dict(bucket.list_counts()) == {"turns": 2, "conversations": 1, TENTH: 1, SECOND: 1}


def test_bins_are_read_out_of_counts() -> None:
    assert read_bins({"turns": 3, "0": 1, "closed": 1, "145": 2}) == {0: 1, 145: 2}
