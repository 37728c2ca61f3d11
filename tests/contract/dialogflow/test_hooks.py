"""What is sent of a request that a pre hook has changed (docs/contract/hooks.md)."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.errors import InvalidRequest
from gateway.contract.wire import loads
from vendors.dialogflow.client import read_request

CASES = loads((Path(__file__).parents[2] / "data/dialogflow/hooks.json").read_bytes())["cases"]


@pytest.mark.parametrize("case", [case for case in CASES if "sent" in case], ids=lambda case: case["name"])
def test_hooked_request_is_sent(case: dict[str, Any]) -> None:
    assert read_request(case["request"]) == case["sent"]


@pytest.mark.parametrize("case", [case for case in CASES if "invalid" in case], ids=lambda case: case["name"])
def test_hooked_request_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_request(case["request"])

    assert {"path": caught.value.path, "problem": caught.value.problem} == case["invalid"]
