from pathlib import Path
from typing import Any

import orjson
import pytest

from config.problems import ConfigProblems
from load.users.profile import LONGEST_PAUSE, PROFILES, Pause, Profile, load_profile
from tests.load_data import chance

POINTS = "(file): points go from 0 to 1, each later than the one before"
PLAIN: dict[str, Any] = {
    "about": "a",
    "seconds": 100,
    "users": 50,
    "spawn_rate": 1,
    "points": [{"at": 0, "users": 0}, {"at": 0.2, "users": 1}, {"at": 1, "users": 0.5}],
    "pause": {"median": 2},
    "patience": 0.1,
    "talks": {"parcel": 1},
}


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.json")), ids=lambda path: path.stem)
def test_every_profile_can_be_read(path: Path) -> None:
    profile = load_profile(path.stem, {})
    assert profile == load_profile(str(path), {})
    assert profile.limits.least_events > 1
    assert profile.limits.lost == profile.limits.doubled == 0


@pytest.mark.parametrize(
    ("elapsed", "users"), [(0, 0), (10, 25), (20, 50), (60, 38), (99.9, 25), (100, None), (101, None)]
)
def test_the_number_of_users_follows_the_points(elapsed: float, users: int | None) -> None:
    assert Profile.model_validate(PLAIN).users_at(elapsed) == users


def test_a_profile_can_be_stretched() -> None:
    profile = Profile.model_validate(PLAIN)
    assert [profile.users_at(elapsed, seconds=1000, users=500) for elapsed in (100, 200, 999, 1000)] == [
        250,
        500,
        250,
        None,
    ]


def test_a_pause_has_its_median_its_mean_and_an_end() -> None:
    pause, random = Pause(median=2, spread=0.6), chance(1)
    drawn = sorted(pause.draw(random) for _ in range(20_000))
    assert drawn[10_000] == pytest.approx(2, rel=0.03)
    assert sum(drawn) / len(drawn) == pytest.approx(pause.mean, rel=0.03)
    assert drawn[-1] <= 2 * LONGEST_PAUSE
    assert Pause(median=2, spread=0).draw(random) == 2


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"seconds": 0}, "seconds: must be more than 0"),
        ({"users": 1.5}, "users: must be a whole number"),
        ({"points": [{"at": 0.1, "users": 1}, {"at": 1, "users": 1}]}, POINTS),
        ({"points": [{"at": 0, "users": 1}, {"at": 0.9, "users": 1}]}, POINTS),
        (
            {"points": [{"at": 0, "users": 1}, {"at": 0, "users": 1}, {"at": 1, "users": 1}]},
            POINTS,
        ),
        ({"talks": {"parcel": 0}}, "(file): the talks' weights are 0 or more, and one is more than 0"),
        ({"talks": {"parcel": 2, "a": -1}}, "(file): the talks' weights are 0 or more, and one is more than 0"),
        ({"limits": {"lots": 0}}, "limits.lots: unknown key; did you mean lost?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_profile_is_told(tmp_path: Path, changed: dict[str, Any], problem: str) -> None:
    file = tmp_path / "own.json"
    file.write_bytes(orjson.dumps({**PLAIN, **changed}))
    with pytest.raises(ConfigProblems) as caught:
        load_profile(str(file), {})
    assert str(caught.value) == f"{file}:1: {problem}"
