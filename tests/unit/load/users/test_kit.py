from pathlib import Path

import orjson
import pytest

from load.users.kit import EARLY, Kit, Options, Tokens, open_kit
from load.users.targets import Application
from tests.load_data import chance

APPLICATION = Application(token_url="https://a", client_id="b", client_secret="c")
OTHER = Application(token_url="https://d", client_id="b", client_secret="c")


def test_a_token_is_fetched_once_and_again_before_it_ends() -> None:
    tokens, fetched = Tokens(), iter(("first", "second", "other"))

    def fetch() -> tuple[str, float]:
        return next(fetched), 3600.0

    times = (0, 1, 3600 - EARLY - 1, 3600 - EARLY)
    assert [tokens.get(APPLICATION, now, fetch) for now in times] == ["first", "first", "first", "second"]
    assert tokens.get(OTHER, 0, fetch) == "other"


def test_who_waits_for_a_token_that_cannot_be_had_is_not_locked_out() -> None:
    tokens = Tokens()

    def fail() -> tuple[str, float]:
        raise ConnectionError

    for _ in range(2):
        with pytest.raises(ConnectionError):
            tokens.get(APPLICATION, 0, fail)
    assert tokens.get(APPLICATION, 0, lambda: ("a", 60.0)) == "a"


def open_for(tmp_path: Path, **options: int) -> Kit:
    file = tmp_path / "targets.json"
    bots = [{"name": "a", "weight": 3}, {"name": "b", "doors": ["events"]}, {"name": "c", "channel": "chat"}]
    file.write_bytes(orjson.dumps({"accounts": [{"account": "5", "key": "k", "bots": bots}]}))
    return open_kit(Options(profile="short", targets=file, **options), {})  # type: ignore[arg-type] # numbers only


def test_bots_are_drawn_by_weight(tmp_path: Path) -> None:
    kit, random = open_for(tmp_path), chance(1)
    drawn = [kit.begin(random).target.bot for _ in range(2000)]
    assert [round(drawn.count(bot) / 2000, 1) for bot in "abc"] == [0.6, 0.2, 0.2]


def test_every_user_has_chance_of_its_own_and_the_seed_repeats_it(tmp_path: Path) -> None:
    def draw(seed: int) -> list[float]:
        kit = open_for(tmp_path, seed=seed)
        return [kit.make_random().random() for _ in range(3)]

    assert draw(1) == draw(1) != draw(2)
    assert len(set(draw(1))) == 3
    kit = open_for(tmp_path)
    assert kit.make_random(0).random() != open_for(tmp_path).make_random(1).random()


def test_a_run_is_over_when_it_is_first_said_to_be(tmp_path: Path) -> None:
    kit, times = open_for(tmp_path), iter((10.0, 14.0, 20.0, 21.0))
    kit.clock = lambda: next(times)
    kit.figures.events = 7
    kit.start()
    assert kit.figures.events == 0
    kit.stop()
    kit.stop()
    assert kit.seconds == 4
    kit.start()
    kit.stop()
    assert kit.seconds == 1
