from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gateway.contract.errors import BridgeError
from gateway.contract.reply import MISSING_ACTION_AND_MESSAGES, NOT_SUPPORTED_ACTION, ReplyRules, render, verify
from gateway.contract.wire import dumps, loads
from vendors.dialogflow.errors import ES_SEND_QUERY
from vendors.dialogflow.es import is_as_built, read_reply

SCHEMA = Draft202012Validator(loads((Path(__file__).parents[3] / "data/contract/answer.schema.json").read_bytes()))
BUILT: dict[str, Any] = {
    "queryInput": {"text": {"text": "hi", "languageCode": "en"}},
    "queryParams": {"payload": {"lpEvent": {}, "lpSdes": {}}},
}
WELCOME: dict[str, Any] = {**BUILT, "queryInput": {"event": {"name": "WELCOME", "languageCode": "en"}}}


@pytest.mark.parametrize("request_", [BUILT, WELCOME])
def test_own_shape_is_known(request_: dict[str, Any]) -> None:
    assert is_as_built(request_)


@pytest.mark.parametrize(
    "change",
    [
        {"session": "s"},
        {"inputAudio": ""},
        {"queryInput": {}},
        {"queryInput": {"text": {"text": "hi"}}},
        {"queryInput": {"text": {"text": 5, "languageCode": "en"}}},
        {"queryInput": {"text": {"text": "hi", "languageCode": "en", "more": 1}}},
        {"queryInput": {**BUILT["queryInput"], **WELCOME["queryInput"]}},
        {"queryInput": {"event": {"name": "A", "languageCode": "en", "parameters": {}}}},
        {"queryParams": {}},
        {"queryParams": {"payload": []}},
        {"queryParams": {"payload": {}, "timeZone": "Europe/Paris"}},
    ],
)
def test_changed_shape_is_seen(change: dict[str, Any]) -> None:
    assert not is_as_built({**BUILT, **change})


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["TRANSFER", "CLOSE_CONVERSATION", "CHANGE_TTR", "INVOCATION"])
    | st.sampled_from(["AGENTS_AND_MANAGERS", "URGENT", "FACEBOOK", "true"])
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=10
)


def sometimes(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these members, each of the right kind or of any."""
    return st.fixed_dictionaries({}, optional={name: kind | ANYTHING for name, kind in members.items()})


PAYLOADS = sometimes(
    structuredContent=sometimes(type=st.just("vertical"), message=st.text(), quickReplies=st.just({})),
    metadata=st.lists(sometimes(type=st.just("ExternalId"), id=st.text())),
    encodedMetadata=st.sampled_from(["eyJhIjoxfQ==", "no base64"]),
    textResponse=st.text(),
    delay=st.integers() | st.floats(allow_nan=False),
    typing=st.booleans(),
    text=st.text(),
    messageAudience=st.just("AGENTS_AND_MANAGERS"),
    quickReplies=st.just({}),
    fields=st.dictionaries(st.text(), sometimes(kind=st.just("stringValue"), stringValue=st.text()), max_size=2),
)
ITEMS = sometimes(
    text=sometimes(text=st.lists(st.text(), max_size=3)),
    payload=PAYLOADS,
    platform=st.sampled_from(["PLATFORM_UNSPECIFIED", "FACEBOOK"]),
    message=st.sampled_from(["text", "payload"]),
)
RESULTS = sometimes(
    fulfillmentMessages=st.lists(ITEMS, max_size=4),
    fulfillmentText=st.text(),
    action=st.text(),
    parameters=sometimes(
        skill=st.text(), agentId=st.floats() | st.text(), withoutPcs=st.booleans(), ttrType=st.text(), value=st.text(),
        lambdaUuid=st.text(), payload=st.sampled_from(["{}", "{"]), failOnError=st.booleans(),
    ),
    allRequiredParamsPresent=st.booleans(),
    intent=sometimes(name=st.text(), displayName=st.text(), isFallback=st.booleans()),
    intentDetectionConfidence=st.floats(0, 1),
)  # fmt: skip
ANSWERS = sometimes(
    responseId=st.text(), queryResult=RESULTS, webhookStatus=sometimes(code=st.integers()), error=sometimes(status=st.text())
)  # fmt: skip


@given(ANSWERS)
def test_any_answer_is_a_valid_reply_or_a_documented_code(answer: dict[str, Any]) -> None:
    answer = loads(dumps(answer)) if _is_json(answer) else {}
    outcome: Any
    try:
        outcome = render(verify(read_reply(answer), ReplyRules()))
    except BridgeError as error:
        outcome = error.code

    if isinstance(outcome, str):
        reported = {ES_SEND_QUERY} if "error" in answer and "queryResult" not in answer else set()
        assert outcome in {MISSING_ACTION_AND_MESSAGES, NOT_SUPPORTED_ACTION} | reported
    else:
        SCHEMA.validate(outcome)
        assert loads(dumps(outcome)) == outcome


def _is_json(value: dict[str, Any]) -> bool:
    """What orjson cannot carry never comes off the wire."""
    try:
        dumps(value)
    except ValueError:
        return False
    return True
