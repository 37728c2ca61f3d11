from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gateway.contract.errors import BridgeError
from gateway.contract.reply import MISSING_ACTION_AND_MESSAGES, NOT_SUPPORTED_ACTION, ReplyRules, render, verify
from gateway.contract.types import ReadingContext
from gateway.contract.wire import dumps, loads
from vendors.dialogflow.cx import is_as_built, read_reply
from vendors.dialogflow.errors import CX_MULTIPLE_ACTIONS, CX_PARSER_ERROR, CX_SEND_REQUEST

SCHEMA = Draft202012Validator(loads((Path(__file__).parents[3] / "data/contract/answer.schema.json").read_bytes()))
BUILT: dict[str, Any] = {
    "queryInput": {"text": {"text": "hi"}, "languageCode": "en"},
    "queryParams": {"payload": {"lpEvent": {}, "lpSdes": {}}},
}
WELCOME: dict[str, Any] = {**BUILT, "queryInput": {"event": {"event": "WELCOME"}, "languageCode": "en"}}


@pytest.mark.parametrize("request_", [BUILT, WELCOME])
def test_own_shape_is_known(request_: dict[str, Any]) -> None:
    assert is_as_built(request_)


@pytest.mark.parametrize(
    "change",
    [
        {"session": "s"},
        {"outputAudioConfig": {}},
        {"queryInput": {}},
        {"queryInput": {"text": {"text": "hi"}}},
        {"queryInput": {"text": {"text": 5}, "languageCode": "en"}},
        {"queryInput": {"text": {"text": "hi", "languageCode": "en"}, "languageCode": "en"}},
        {"queryInput": {**BUILT["queryInput"], **WELCOME["queryInput"]}},
        {"queryInput": {"event": {"name": "A"}, "languageCode": "en"}},
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
    | st.sampled_from(["TRANSFER", "CLOSE_CONVERSATION", "CHANGE_TTR", "INVOCATION", "AGENTS_AND_MANAGERS", "URGENT"])
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=10
)


def sometimes(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these members, each of the right kind or, now and then, of any."""
    return st.fixed_dictionaries({}, optional=members) | st.fixed_dictionaries(
        {}, optional={name: kind | ANYTHING for name, kind in members.items()}
    )


ACTIONS = sometimes(
    name=st.sampled_from(["TRANSFER", "CLOSE_CONVERSATION", "CHANGE_TTR", "INVOCATION", "DANCE"]),
    parameters=sometimes(
        skill=st.text(), agentId=st.floats() | st.text(), withoutPcs=st.booleans(), ttrType=st.just("URGENT"),
        lambdaUuid=st.text(), payload=st.just({}), failOnError=st.booleans(),
    ),
)  # fmt: skip
PAYLOADS = sometimes(
    structuredContent=st.just({"type": "vertical", "elements": []}),
    metadata=st.lists(sometimes(type=st.just("ExternalId"), id=st.text()), max_size=2),
    encodedMetadata=st.sampled_from(["eyJhIjoxfQ==", "no base64"]),
    textResponse=st.text(),
    delay=st.integers() | st.floats(allow_nan=False),
    typing=st.booleans(),
    text=st.text(),
    messageAudience=st.just("AGENTS_AND_MANAGERS"),
    fields=st.dictionaries(st.text(), sometimes(kind=st.just("stringValue"), stringValue=st.text()), max_size=2),
)
ITEMS = st.one_of(
    sometimes(text=sometimes(text=st.lists(st.text(), max_size=3))),
    sometimes(payload=PAYLOADS),
    sometimes(payload=sometimes(action=ACTIONS)),
    sometimes(liveAgentHandoff=sometimes(metadata=sometimes(skill=st.text(), agentId=st.text()))),
    sometimes(outputAudioText=sometimes(text=st.text(), ssml=st.text())),
    sometimes(endInteraction=st.just({}), knowledgeInfoCard=st.just({})),
)
INTENTS = sometimes(name=st.text(), displayName=st.text())
RESULTS = sometimes(
    responseMessages=st.lists(ITEMS, max_size=4),
    match=sometimes(intent=INTENTS, confidence=st.floats(0, 1), matchType=st.sampled_from(["INTENT", "NO_MATCH"])),
    intent=INTENTS,
    intentDetectionConfidence=st.floats(0, 1),
    webhookStatuses=st.lists(sometimes(code=st.integers()), max_size=2),
)
ANSWERS = sometimes(responseId=st.text(), queryResult=RESULTS, error=sometimes(status=st.text()))


@given(ANSWERS, st.none() | st.just("human_skill"))
def test_any_answer_is_a_valid_reply_or_a_documented_code(answer: dict[str, Any], skill: str | None) -> None:
    answer = loads(dumps(answer)) if _is_json(answer) else {}
    outcome: Any
    try:
        outcome = render(verify(read_reply(answer, ReadingContext(default_skill=skill)), ReplyRules()))
    except BridgeError as error:
        outcome = error.code

    if isinstance(outcome, str):
        reported = {CX_SEND_REQUEST} if "error" in answer and "queryResult" not in answer else set()
        assert outcome in {
            MISSING_ACTION_AND_MESSAGES,
            NOT_SUPPORTED_ACTION,
            CX_PARSER_ERROR,
            CX_MULTIPLE_ACTIONS,
            *reported,
        }
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
