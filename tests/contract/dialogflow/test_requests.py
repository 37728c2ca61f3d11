"""An event as Dialogflow's request: every row of "Query" in docs/contract/vendors/dialogflow-es.md."""

from pathlib import Path
from typing import Any

import pytest
from google.cloud.dialogflow_v2 import DetectIntentRequest

from gateway.contract.event import parse_event
from gateway.contract.wire import loads
from vendors.dialogflow import es
from vendors.dialogflow.proto import check_message
from vendors.dialogflow.settings import DialogflowEsSettings

CASES = loads((Path(__file__).parents[2] / "data/dialogflow/requests.json").read_bytes())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_event_becomes_request(case: dict[str, Any]) -> None:
    settings = DialogflowEsSettings(**case["settings"])

    assert es.build_request(parse_event(case["event"]), settings) == case["request"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_built_needs_no_check_and_would_pass_it(case: dict[str, Any]) -> None:
    assert es.is_as_built(case["request"])
    check_message(case["request"], DetectIntentRequest.pb())
