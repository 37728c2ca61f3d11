"""What is sent of a request that a pre hook has changed (docs/contract/hooks.md)."""

from pathlib import Path
from typing import Any

import pytest
from google.cloud import dialogflow_v2, dialogflowcx_v3

from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Json
from gateway.contract.wire import loads
from vendors.dialogflow import cx, es
from vendors.dialogflow.request import read_request

DATA = Path(__file__).parents[2] / "data/dialogflow"
APIS: dict[str, Any] = {
    "hooks.json": (dialogflow_v2.DetectIntentRequest.pb, es.is_as_built),
    "hooks_cx.json": (dialogflowcx_v3.DetectIntentRequest.pb, cx.is_as_built),
}
CASES = [
    pytest.param(file, case, id=f"{file.removesuffix('.json')}: {case['name']}")
    for file in APIS
    for case in loads((DATA / file).read_bytes())["cases"]
]


@pytest.mark.parametrize(("file", "case"), CASES)
def test_hooked_request_is_sent_or_refused(file: str, case: Json) -> None:
    outcome: Json
    try:
        outcome = {"sent": read_request(case["request"], *APIS[file])}
    except InvalidRequest as invalid:
        outcome = {"invalid": {"path": invalid.path, "problem": invalid.problem}}

    assert outcome == {key: case[key] for key in ("sent", "invalid") if key in case}
