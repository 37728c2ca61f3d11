"""Read a function's answer, which is LivePerson's own response contract: check it and bring it into clean form. Pure.

docs/contract/custom-integration.md section 2; docs/contract/vendors/function.md, "Response → custom integration".
"""

from typing import Any

from gateway.contract.draft import MalformedPayload, ReplyDraft, read_metadata
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import Json, ReadingContext, Reply, Text
from gateway.contract.wire import WireError, loads, name_type
from vendors.function.errors import (
    INVOKE_LAMBDA,
    MALFORMED_ALTERNATIVE_INTENTS,
    MISSING_RESPONSE_BODY,
    unusable,
)


def read_body(body: bytes) -> Json:
    """Read the body of a success. Raise VendorFailure."""
    if not body.strip():
        raise unusable("it is empty", code=MISSING_RESPONSE_BODY)
    try:
        decoded = loads(body)
    except WireError as error:
        raise unusable(f"it is {error}") from error
    return accept_answer(decoded)


def accept_answer(answer: Any) -> Json:
    """Give what a function answered where it is an answer at all. Raise VendorFailure."""
    if answer is None:
        raise unusable("it is empty", code=MISSING_RESPONSE_BODY)
    if not isinstance(answer, dict):
        raise unusable(f"it must be an object, not {name_type(answer)}")
    if "error" in answer and answer.keys().isdisjoint({"messages", "context"}):
        raise VendorFailure(FailureKind.REPORTED, INVOKE_LAMBDA, "The function reported an error of its own")
    return answer


def read_reply(answer: Json, context: ReadingContext) -> Reply:  # noqa: ARG001 - what every vendor's reader is given
    """Read the answer; single entries that cannot be used are left out with a warning. Raise VendorFailure."""
    draft = ReplyDraft()
    messages, given = answer.get("messages"), answer.get("context")
    if messages is not None and not isinstance(messages, list):
        raise unusable(f"messages must be an array, not {name_type(messages)}")
    if given is not None and not isinstance(given, dict):
        raise unusable(f"context must be an object, not {name_type(given)}")
    for index, entry in enumerate(messages or ()):
        if isinstance(entry, str) and entry.strip():
            draft.messages.append(Text(entry))  # most are: without a path for warnings
        else:
            _read_entry(entry, draft, f"messages[{index}]")
    if given:
        _read_context(given, draft)
    return draft.finish()


def _read_entry(entry: Any, draft: ReplyDraft, path: str) -> None:
    if isinstance(entry, str):
        draft.add_text(entry, path)
        return
    if not isinstance(entry, dict):
        draft.warn(f"an entry must be a string or an object, not {name_type(entry)}; it was dropped", path)
        return
    try:
        if not draft.add_payload(entry, path):
            draft.warn("an entry of none of LivePerson's kinds was dropped", path)
    except MalformedPayload as error:
        draft.warn(f"{error.problem}; the entry was dropped", error.path)


def _read_context(given: Json, draft: ReplyDraft) -> None:
    if given.get("action") not in (None, ""):
        draft.set_action(given["action"], given.get("actionParameters"), "context.action")
    _read_intents(given, draft)
    encoded = given.get("encodedMetadata")
    if isinstance(encoded, str):
        draft.encoded_metadata = encoded or None
    elif encoded is not None:
        draft.warn(f"must be a string, not {name_type(encoded)}; it was dropped", "context.encodedMetadata")
    metadata = read_metadata(given.get("metadata"), draft, "context.metadata")
    content = given.get("structuredContent")
    if isinstance(content, dict) and "quickReplies" in content:
        _read_legacy_quick_replies(content, metadata, draft)
        return
    draft.legacy_metadata = metadata
    if isinstance(content, dict) and content:
        draft.legacy_content = content
    elif content is not None:
        draft.warn("must be an object that is not empty; it was dropped", "context.structuredContent")


def _read_intents(given: Json, draft: ReplyDraft) -> None:
    intent = given.get("intentId"), given.get("intentName"), given.get("confidenceScore")
    if not draft.set_intent(*intent) and intent != (None, None, None):
        draft.warn("without an intentId and a confidenceScore in 0..1 the intent was dropped", "context.intentId")
    alternatives = given.get("alternativeIntents")
    if alternatives is None:
        return
    if not isinstance(alternatives, list):
        raise _malformed_alternatives(f"must be an array, not {name_type(alternatives)}")
    for index, entry in enumerate(alternatives):
        if not isinstance(entry, dict):
            raise _malformed_alternatives(f"[{index}] must be an object, not {name_type(entry)}")
        if not draft.add_alternative(entry.get("intentId"), entry.get("intentName"), entry.get("confidenceScore")):
            raise _malformed_alternatives(f"[{index}] needs an intentId and a confidenceScore in 0..1")


def _malformed_alternatives(problem: str) -> VendorFailure:
    return unusable(f"context.alternativeIntents {problem}", code=MALFORMED_ALTERNATIVE_INTENTS)


def _read_legacy_quick_replies(content: Json, metadata: list[Json] | None, draft: ReplyDraft) -> None:
    """Move quick replies to where they belong today; their text stood in `messages` then (section 2.1, its oldest page)."""
    entry: Json = {"structuredContent": content, "metadata": metadata}
    last = draft.messages[-1] if draft.messages and content.get("message") is None else None
    if isinstance(last, Text):
        entry["structuredContent"] = {**content, "message": last.text}
        entry["encodedMetadata"] = last.encoded_metadata
    try:
        draft.add_payload(entry, "context")
    except MalformedPayload as error:
        draft.warn(f"{error.problem}; the quick replies were dropped", error.path)
        return
    if isinstance(last, Text):
        del draft.messages[-2]
    draft.warn("quick replies were moved to messages", "context.structuredContent")
