"""Whatever is wrong with an export is told; reading and playing it never fail otherwise."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.dialogue import Memory
from emulators.exports.native import build_answer
from emulators.exports.player import make_player
from emulators.exports.reader import read_export
from emulators.faults import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

DATA = Path(__file__).parents[1] / "data" / "exports" / "played"
EXPORTS = [case["export"] for file in sorted(DATA.glob("*.json")) for case in orjson.loads(file.read_bytes())]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "$a",
    "#b",
    "@c",
    "<? $x ?>",
    "{a}",
    [],
    ["x"],
    [None],
    {},
    {"a": 1},
    [{}],
]


def find_paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Find every place in JSON data."""
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in entries:
        yield from find_paths(member, (*path, key))


@st.composite
def damaged_exports(draw: st.DrawFn) -> dict[str, Any]:
    """Take a good export and put something else into one to three places."""
    export: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(EXPORTS)))
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from([path for path in find_paths(export) if path]))
        target: Any = export
        for key in path:
            target = target[key]
        target[last] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    return export


@settings(max_examples=150, deadline=None)
@given(
    export=damaged_exports(), texts=st.lists(st.text() | st.sampled_from(["hello", "order", "yes", "no"]), max_size=4)
)
def test_a_damaged_export_is_read_and_played_as_far_as_it_goes(
    tmp_path_factory: pytest.TempPathFactory, export: dict[str, Any], texts: list[str]
) -> None:
    root = tmp_path_factory.mktemp("export")
    for member, value in export.items():
        path = root / (member or "skill.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(orjson.dumps(value))

    read = read_export(root / "skill.json" if "" in export else root)

    assert all(problem.place.file.startswith(str(root)) and problem.text for problem in read.problems + read.remarks)
    assert read.bot is not None or read.problems
    if read.bot is None:
        return
    assert all(orjson.dumps(build_answer(read.bot, answer)) for answer in read.bot.answers)
    player, memory = make_player(read.bot), Memory(session="projects/p/agent/sessions/s")
    for text in texts:
        assert isinstance(player.play(Heard(text=text), memory).answer, dict)
