"""An event as Dialogflow's request: every row of "Query" in docs/contract/vendors/dialogflow-*.md."""

from pathlib import Path
from typing import Any

import pytest
from google.cloud import dialogflow_v2, dialogflowcx_v3

from gateway.contract.event import parse_event
from gateway.contract.types import Json
from gateway.contract.wire import loads
from vendors.dialogflow import cx, es
from vendors.dialogflow.proto import check_message
from vendors.dialogflow.settings import DialogflowCxSettings, DialogflowEsSettings

DATA = Path(__file__).parents[2] / "data/dialogflow"
APIS: dict[str, tuple[Any, Any, Any]] = {
    "es": (es, DialogflowEsSettings, dialogflow_v2.DetectIntentRequest.pb()),
    "cx": (cx, DialogflowCxSettings, dialogflowcx_v3.DetectIntentRequest.pb()),
}
CASES = [
    pytest.param(api, case, id=f"{api}: {case['name']}")
    for api, file in (("es", "requests.json"), ("cx", "requests_cx.json"))
    for case in loads((DATA / file).read_bytes())["cases"]
]


@pytest.mark.parametrize(("api", "case"), CASES)
def test_event_becomes_request(api: str, case: Json) -> None:
    module, settings, _ = APIS[api]

    assert module.build_request(parse_event(case["event"]), settings(**case["settings"])) == case["request"]


@pytest.mark.parametrize(("api", "case"), CASES)
def test_what_is_built_needs_no_check_and_would_pass_it(api: str, case: Json) -> None:
    module, _, message = APIS[api]

    assert module.is_as_built({name: value for name, value in case["request"].items() if name != "session"})
    check_message(case["request"], message)
