"""Every row of Watson's response tables: the native answer, and the reply in LivePerson's terms or the code."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import VendorFailure
from gateway.contract.reply import render
from gateway.contract.types import Channel, ReadingContext, Reply
from gateway.contract.wire import loads
from vendors.watson import v1, v2

CASES = loads((Path(__file__).parents[2] / "data" / "watson" / "replies.json").read_bytes())
READERS = {"v1": v1.read_reply, "v2": v2.read_reply}


def cases_with(outcome: str) -> list[Any]:
    """Give each case to both generations' readers, unless it names the one that it is about."""
    return [
        pytest.param(api, case, id=f"{api}: {case['name']}")
        for case in CASES
        if outcome in case
        for api in READERS
        if case.get("api", api) == api
    ]


def read(api: str, case: dict[str, Any]) -> Reply:
    given = case.get("context", {})
    channel = Channel(given.get("channel", "messaging"))
    return READERS[api](case["answer"], ReadingContext(channel=channel, default_skill=given.get("defaultSkill")))


@pytest.mark.parametrize(("api", "case"), cases_with("reply"))
def test_answer_becomes_the_reply(api: str, case: dict[str, Any]) -> None:
    reply = read(api, case)
    assert (render(reply), list(reply.warnings), reply.unsupported_action) == (
        case["reply"],
        case["warnings"],
        case["unsupportedAction"],
    )


@pytest.mark.parametrize(("api", "case"), cases_with("failure"))
def test_answer_without_a_reply_has_its_code(api: str, case: dict[str, Any]) -> None:
    with pytest.raises(VendorFailure) as caught:
        read(api, case)
    failure = caught.value
    assert {
        "kind": failure.kind.name,
        "code": failure.code.removeprefix(PREFIX),
        "message": failure.message,
    } == case["failure"]
