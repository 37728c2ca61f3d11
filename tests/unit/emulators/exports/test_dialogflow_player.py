from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.dialogue import Memory
from emulators.exports.player import make_player
from emulators.exports.reader import read_export
from emulators.faults import Heard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CASES = orjson.loads((Path(__file__).parents[3] / "data" / "exports" / "played" / "dialogflow.json").read_bytes())


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
        DialogflowEmulator.check_answer(answer)
