from typing import Any

import orjson
import pytest

from load.users.checks import Checked, check_answer, load_shapes
from tests.load_data import read_table

SHAPES = load_shapes()


@pytest.mark.parametrize("case", read_table("answers.json"), ids=lambda case: case["name"])
def test_what_is_wrong_with_an_answer_is_named(case: dict[str, Any]) -> None:
    body = case["raw"].encode() if "raw" in case else orjson.dumps(case["body"])
    checked = check_answer(SHAPES, case["door"], case["status"], case.get("headers", {}), body)
    assert checked == Checked(answer=case["body"] if case["good"] else None, code=case["code"])


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (Checked(answer={}), False),
        (Checked(answer={}, code="a"), True),
        (Checked(code="a"), False),
    ],
)
def test_an_escalation_is_a_good_answer_that_stands_for_an_error(checked: Checked, expected: bool) -> None:
    assert checked.is_escalation is expected


def test_nothing_of_an_answer_is_quoted() -> None:
    body = orjson.dumps({"messages": [{"delay": "my card is 4111"}], "context": {"secret": 1}})
    code = check_answer(SHAPES, "events", 200, {}, body).code
    assert code is not None
    assert code.startswith("shape: ")
    assert "4111" not in code
    assert "secret" not in code
