from pathlib import Path
from typing import Any

import orjson
import pytest

from config.problems import ConfigProblems
from load.users.profile import PROFILES, Profile, load_profile
from load.users.talks import TALKS, Say, load_talks
from load.users.targets import ChannelName, Target
from tests.load_data import chance

SAY = {"do": "say", "texts": ["a"]}


def make_profile(**talks: float) -> Profile:
    points = [{"at": 0, "users": 1}, {"at": 1, "users": 1}]
    plain = {"about": "a", "seconds": 10, "users": 1, "spawn_rate": 1, "points": points, "pause": {"median": 1}}
    return Profile.model_validate({**plain, "patience": 1, "talks": talks})


def make_targets(*channels: ChannelName) -> tuple[Target, ...]:
    return tuple(
        Target(account="5", bot="b", vendor="v", door="events", channel=channel, weight=1) for channel in channels
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in PROFILES.glob("*.json")))
def test_every_profile_has_its_talks_for_either_channel(name: str) -> None:
    talks = load_talks(TALKS, load_profile(name, {}), make_targets("messaging", "chat"), {})
    assert talks.draw("chat", chance(1)).channels == ["messaging", "chat"]


def test_talks_are_drawn_by_weight_and_channel(tmp_path: Path) -> None:
    file = tmp_path / "talks.json"
    file.write_bytes(
        orjson.dumps(
            {
                "often": {"steps": [{**SAY, "texts": ["often"]}]},
                "never": {"steps": [{**SAY, "texts": ["never"]}]},
                "chat": {"channels": ["chat"], "steps": [{**SAY, "texts": ["chat"]}]},
                "not named": {"steps": [SAY]},
            }
        )
    )
    talks = load_talks(file, make_profile(often=3, never=0, chat=1), make_targets("messaging", "chat"), {})
    random = chance(1)
    drawn: dict[ChannelName, set[str]] = {"messaging": set(), "chat": set()}
    for channel, texts in drawn.items():
        for _ in range(50):
            step = talks.draw(channel, random).steps[0]
            assert isinstance(step, Say)
            texts.update(step.texts)
    assert drawn == {"messaging": {"often"}, "chat": {"chat"}}


@pytest.mark.parametrize(
    ("talks", "channels", "problem"),
    [
        ({"a": {"steps": [SAY]}}, ("messaging",), "1: (file): has no talk b, which the profile names; it has a"),
        ({"b": {"steps": [SAY]}}, ("chat",), "1: (file): none of the profile's talks is for chat, and a target is"),
        ({"b": {"steps": []}}, ("messaging",), "1: b.steps: must not be empty"),
        ({"b": {"steps": [{"do": "say", "texts": []}]}}, ("messaging",), "1: b.steps[0].say.texts: must not be empty"),
        (
            {"b": {"channels": ["chat"], "steps": [{"do": "send a file", "file": {"relativePath": "/a"}}]}},
            ("chat",),
            "1: b: on chat a consumer sends neither rich content nor files",
        ),
    ],
)
def test_what_is_wrong_with_talks_is_told_with_its_place(
    tmp_path: Path, talks: Any, channels: tuple[ChannelName, ...], problem: str
) -> None:
    file = tmp_path / "talks.json"
    file.write_bytes(orjson.dumps(talks))
    with pytest.raises(ConfigProblems) as caught:
        load_talks(file, make_profile(b=1), make_targets(*channels), {})
    assert str(caught.value) == f"{file}:{problem}"
