from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.catalogue import CATALOGUE
from gateway.contract.errors import FailureKind, TurnFailed, VendorFailure
from gateway.contract.reply import ReplyRules, render, verify
from gateway.contract.types import Json, ReadingContext, StructuredContentMode
from gateway.contract.wire import dumps, loads
from vendors.function.errors import INVOKE_LAMBDA, MALFORMED_ALTERNATIVE_INTENTS, MISSING_RESPONSE_BODY
from vendors.function.reading import accept_answer, read_reply

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def members(*names: str, values: st.SearchStrategy[Any] = anything) -> st.SearchStrategy[Json]:
    """Make objects of known names with values of any kind: closer to an answer than any JSON, and as wrong."""
    return st.dictionaries(st.sampled_from(names), values, max_size=len(names))


rich = members("type", "message", "quickReplies", "elements") | anything
entries = members(
    "structuredContent", "metadata", "encodedMetadata", "delay", "typing", "text", "messageAudience", "textResponse",
    values=rich | st.just("AGENTS_AND_MANAGERS"),
)  # fmt: skip
intents = members("intentId", "intentName", "confidenceScore", values=st.floats(0, 1) | st.text(min_size=1))
contexts = st.fixed_dictionaries(
    {},
    optional={
        "action": st.sampled_from(["TRANSFER", "CLOSE_CONVERSATION", "CHANGE_TTR", "INVOCATION"]) | anything,
        "actionParameters": members("skill", "agentId", "withoutPcs", "ttrType", "value", "lambdaUuid", "payload"),
        "intentId": st.text() | anything,
        "confidenceScore": st.floats(0, 1) | anything,
        "alternativeIntents": st.lists(intents | anything, max_size=3) | anything,
        "encodedMetadata": st.just("eyJhIjoxfQ==") | anything,
        "structuredContent": rich,
        "metadata": st.lists(members("type", "id"), max_size=2) | anything,
    },
)
answers = st.fixed_dictionaries(
    {}, optional={"messages": st.lists(entries | anything, max_size=4) | anything, "context": contexts | anything}
)
DOCUMENTED = {code for code in CATALOGUE if ".aivendor.faas." in code or ".pipes.verify-ai-response." in code}


@given(answers)
def test_any_answer_is_a_valid_reply_or_a_documented_code(answer: Json) -> None:
    code = None
    rendered: Json = {"messages": [], "context": {}}
    try:
        rendered = loads(dumps(render(verify(read_reply(answer, ReadingContext()), ReplyRules()))))
    except TurnFailed as failure:
        code = failure.code
    context = rendered["context"]
    assert code in DOCUMENTED or rendered["messages"] or "action" in context or "structuredContent" in context


@given(answers)
def test_a_reply_read_again_is_the_same(answer: Json) -> None:
    rules = ReplyRules(structured_content=StructuredContentMode.OFF)
    try:
        rendered = render(verify(read_reply(answer, ReadingContext()), rules))
    except TurnFailed:
        return
    again = verify(read_reply(rendered, ReadingContext()), rules)
    assert (render(again), again.warnings) == (rendered, ())


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (None, FailureKind.UNUSABLE, MISSING_RESPONSE_BODY),
        ([], FailureKind.UNUSABLE, INVOKE_LAMBDA),
        ("Hi", FailureKind.UNUSABLE, INVOKE_LAMBDA),
        (5, FailureKind.UNUSABLE, INVOKE_LAMBDA),
        ({"error": {"name": "x"}}, FailureKind.REPORTED, INVOKE_LAMBDA),
        ({"error": None}, FailureKind.REPORTED, INVOKE_LAMBDA),
    ],
)
def test_what_is_no_answer_has_its_code(answer: Any, kind: FailureKind, code: str) -> None:
    with pytest.raises(VendorFailure) as caught:
        accept_answer(answer)
    assert (caught.value.kind, caught.value.code) == (kind, code)


@pytest.mark.parametrize("answer", [{}, {"error": 1, "messages": []}, {"error": 1, "context": {}}, {"messages": 5}])
def test_an_object_that_may_be_an_answer_is_read(answer: Json) -> None:
    assert accept_answer(answer) is answer


def test_malformed_alternatives_are_named() -> None:
    answer = {"messages": ["Hi"], "context": {"alternativeIntents": [{"intentId": "a", "confidenceScore": 0}, {}]}}
    with pytest.raises(VendorFailure) as caught:
        read_reply(answer, ReadingContext())
    assert (caught.value.code, caught.value.message) == (
        MALFORMED_ALTERNATIVE_INTENTS,
        "The function's answer cannot be used: context.alternativeIntents [1] needs an intentId and a confidenceScore in 0..1",
    )
