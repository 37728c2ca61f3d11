"""Dialogflow's answer as LivePerson's reply: every row of "Response" in docs/contract/vendors/dialogflow-*.md."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import BridgeError, VendorFailure
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Channel, ReadingContext, Reply, StructuredContentMode
from gateway.contract.wire import loads
from vendors.dialogflow import cx, es

DATA = Path(__file__).parents[2] / "data/dialogflow"
CASES = [
    pytest.param(api, case, id=f"{api}: {case['name']}")
    for api, file in (("es", "replies.json"), ("cx", "replies_cx.json"))
    for case in loads((DATA / file).read_bytes())["cases"]
]


def read(api: str, case: dict[str, Any]) -> Reply:
    if api == "es":
        reply = es.read_reply(case["answer"])
    else:
        reply = cx.read_reply(case["answer"], ReadingContext(default_skill=case.get("default_skill")))
    channel = Channel(case.get("channel", "messaging"))
    return verify(
        reply,
        ReplyRules(
            channel=channel, custom_ttr=case.get("custom_ttr", False), structured_content=StructuredContentMode.OFF
        ),
    )


@pytest.mark.parametrize(("api", "case"), [case for case in CASES if "reply" in case.values[1]])  # type: ignore[operator]  # pytest calls it object
def test_answer_becomes_reply(api: str, case: dict[str, Any]) -> None:
    reply = read(api, case)

    assert {"reply": render(reply), "warnings": list(reply.warnings)} == {
        "reply": case["reply"],
        "warnings": case.get("warnings", []),
    }


@pytest.mark.parametrize(("api", "case"), [case for case in CASES if "error" in case.values[1]])  # type: ignore[operator]  # pytest calls it object
def test_answer_ends_in_code(api: str, case: dict[str, Any]) -> None:
    with pytest.raises(BridgeError) as caught:
        read(api, case)

    assert caught.value.code == PREFIX + case["error"]
    if "kind" in case:
        assert isinstance(caught.value, VendorFailure)
        assert {"kind": caught.value.kind.name, "message": caught.value.message} == {
            "kind": case["kind"],
            "message": case["message"],
        }
