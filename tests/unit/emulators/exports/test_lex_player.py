from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from emulators.dialogue import Memory
from emulators.exports.player import make_player
from emulators.exports.reader import read_export
from emulators.faults import Heard
from emulators.lex import LexEmulator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CASES = orjson.loads((Path(__file__).parents[3] / "data" / "exports" / "played" / "lex.json").read_bytes())


def drop_nulls(value: Any) -> Any:
    """Leave out null members: Lex sends null for an empty slot, which botocore's description does not tell of.

    https://docs.aws.amazon.com/lexv2/latest/APIReference/API_runtime_Intent.html
    """
    match value:
        case dict():
            return {key: drop_nulls(member) for key, member in value.items() if member is not None}
        case list():
            return [drop_nulls(item) for item in value]
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_bot_answers_as_its_export_says(case: Any, write_export: Callable[[Mapping[str, Any]], Path]) -> None:
    path = write_export(case["export"])
    export = read_export(path)
    assert export.bot is not None
    assert export.problems == ()
    assert [str(remark).replace(str(path), "EXPORT") for remark in export.remarks] == case.get("remarks", [])

    player = make_player(export.bot)
    memory = Memory(session="projects/p/agent/sessions/s")
    for turn in case["turns"]:
        memory.now = turn.get("at", memory.now)
        memory.variables = turn.get("variables", memory.variables)
        heard = Heard(text=turn.get("text"), event=turn.get("event"))
        answer = player.play(heard, memory).answer
        assert answer == turn["answer"], heard
        LexEmulator.check_answer(drop_nulls(answer))
