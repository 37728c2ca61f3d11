"""Dialogflow's answer as LivePerson's reply: every row of "Response" in docs/contract/vendors/dialogflow-es.md."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import BridgeError, VendorFailure
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Channel
from gateway.contract.wire import loads
from vendors.dialogflow.es import read_reply

CASES = loads((Path(__file__).parents[2] / "data/dialogflow/replies.json").read_bytes())["cases"]


def rules(case: dict[str, Any]) -> ReplyRules:
    return ReplyRules(channel=Channel(case.get("channel", "messaging")), custom_ttr=case.get("custom_ttr", False))


@pytest.mark.parametrize("case", [case for case in CASES if "reply" in case], ids=lambda case: case["name"])
def test_answer_becomes_reply(case: dict[str, Any]) -> None:
    reply = verify(read_reply(case["answer"]), rules(case))

    assert {"reply": render(reply), "warnings": list(reply.warnings)} == {
        "reply": case["reply"],
        "warnings": case.get("warnings", []),
    }


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=lambda case: case["name"])
def test_answer_ends_in_code(case: dict[str, Any]) -> None:
    with pytest.raises(BridgeError) as caught:
        verify(read_reply(case["answer"]), rules(case))

    assert caught.value.code == PREFIX + case["error"]
    if "kind" in case:
        assert isinstance(caught.value, VendorFailure)
        assert {"kind": caught.value.kind.name, "message": caught.value.message} == {
            "kind": case["kind"],
            "message": case["message"],
        }
