from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.contract.reply import ReplyRules, verify
from gateway.contract.types import Action, ActionName, Json, ReadingContext, Reply
from gateway.ingress.endpoint_reply import render_endpoint_reply
from vendors.function.reading import read_reply

CASES = orjson.loads((Path(__file__).parents[3] / "data/custom_endpoint/replies.json").read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_answer_of_the_custom_integration_is_written_as_this_door_s(case: dict[str, Any]) -> None:
    reply = verify(read_reply(case["answer"], ReadingContext()), ReplyRules(custom_ttr=True))
    assert render_endpoint_reply(reply) == {
        "response": case["response"],
        "analytics": {"intents": case.get("intents", [])},
    }


@pytest.mark.parametrize(
    ("action", "written"),
    [
        (
            Action(ActionName.INVOCATION, {"lambdaUuid": "4f9a"}),
            {"name": "INVOKE_FUNCTION", "parameters": {"lambdaUuid": "4f9a", "payload": {}, "failOnError": False}},
        ),
        (
            Action(ActionName.CLOSE_CONVERSATION),
            {"name": "CLOSE_CONVERSATION", "parameters": {"withoutPcs": False}},
        ),
    ],
)
def test_what_this_door_demands_and_an_action_lacks_is_filled_in(action: Action, written: Json) -> None:
    assert render_endpoint_reply(Reply(action=action))["response"] == [{"type": "ACTION", "data": written}]
