import pytest

from gateway.contract.types import AccountId, BotName
from gateway.figures.names import KEPT, RESOLUTIONS, WINDOWS, name_active, name_bucket, read_key, write_key
from tests.unit.gateway.figures.conftest import BOT


@pytest.mark.parametrize("window", WINDOWS)
def test_buckets_are_kept_for_as_long_as_one_can_look_back(window: int) -> None:
    resolution = WINDOWS[window]
    assert window % resolution == 0
    assert 60 <= window // resolution <= 700
    assert RESOLUTIONS[resolution] >= window + resolution
    assert window < KEPT


def test_a_coarse_bucket_begins_with_a_fine_one() -> None:
    finest = min(RESOLUTIONS)
    assert [resolution % finest for resolution in RESOLUTIONS] == [0, 0, 0]


def test_keys_are_read_as_they_were_written() -> None:
    assert read_key(write_key(BOT)) == BOT == (AccountId("83482904"), BotName("concierge"))


def test_no_two_places_have_one_name() -> None:
    places = [name_bucket(BOT, resolution, number) for resolution in RESOLUTIONS for number in (1, 2)]
    places += [name_active(60, 1), name_active(604_800, 1)]
    assert len(set(places)) == len(places)
