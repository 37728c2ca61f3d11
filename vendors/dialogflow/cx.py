"""Dialogflow CX (API v3): an event as a detectIntent request, its answer as a reply. Pure.

The rows are those of docs/contract/vendors/dialogflow-cx.md; the request's shape is that of docs/contract/hooks.md.
"""

import html
import re
from typing import Any, Final

from gateway.contract.draft import MalformedPayload, ReplyDraft, read_intent
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import ActionName, Event, EventKind, Json, ReadingContext, Reply
from gateway.contract.wire import name_type
from vendors.dialogflow.errors import CX_MULTIPLE_ACTIONS, CX_PARSER_ERROR, CX_SEND_REQUEST, translate_reported
from vendors.dialogflow.messages import add_texts, read_resource_id
from vendors.dialogflow.proto import MalformedStruct, plain_struct
from vendors.dialogflow.request import has_payload_alone
from vendors.dialogflow.session import session_id
from vendors.dialogflow.settings import DialogflowCxSettings

MAX_TEXT: Final = 255
"""Characters of a text that is sent."""
CHAR_LIMIT: Final = "DIALOGFLOW_CHAR_LIMIT"
"""The event that stands for a longer text."""
UNSHOWN: Final = frozenset(
    {"conversationSuccess", "endInteraction", "mixedAudio", "playAudio", "telephonyTransferCall"}
)
"""What a voice bot says to its telephone; nothing that LivePerson lacks."""
_KINDS: Final = ("text", "payload", "liveAgentHandoff", "outputAudioText", *UNSHOWN)
_MESSAGES: Final = "queryResult.responseMessages"
_WITHOUT_INTENT: Final = frozenset({"NO_MATCH", "NO_INPUT", "EVENT"})
_TAG: Final = re.compile(r"<[^>]*>")


def build_request(event: Event, settings: DialogflowCxSettings) -> Json:
    """Build the request: session, queryInput with a text or an event, and queryParams.payload."""
    query_input: Json
    if event.kind is EventKind.WELCOME:
        query_input = {"event": {"event": "WELCOME"}}
    elif len(event.text) > MAX_TEXT:
        query_input = {"event": {"event": CHAR_LIMIT}}
    else:
        query_input = {"text": {"text": event.text}}
    return {
        "session": session_path(event.conversation_id, settings),
        "queryInput": {**query_input, "languageCode": settings.language_code},
        "queryParams": {"payload": {"lpEvent": event.lp_event, "lpSdes": event.lp_sdes}},
    }


def session_path(conversation_id: str, settings: DialogflowCxSettings) -> str:
    """Name a conversation's session: of the draft flows, or of an environment."""
    agent = f"projects/{settings.project_id}/locations/{settings.location}/agents/{settings.agent_id}"
    environment = f"/environments/{settings.environment_id}" if settings.environment_id else ""
    return f"{agent}{environment}/sessions/{session_id(conversation_id)}"


def is_as_built(body: Json) -> bool:
    """Say whether what is sent, all but the session, has the shape that `build_request` gives it: it needs no check then."""
    return len(body) == 2 and has_payload_alone(body.get("queryParams")) and _is_query(body.get("queryInput"))


def _is_query(query: Any) -> bool:
    if not isinstance(query, dict) or len(query) != 2 or not isinstance(query.get("languageCode"), str):
        return False
    kind = "text" if "text" in query else "event"
    said = query.get(kind)
    return isinstance(said, dict) and len(said) == 1 and isinstance(said.get(kind), str)


def read_reply(answer: Json, context: ReadingContext) -> Reply:
    """Translate an answer of detectIntent.

    Raise VendorFailure: UNUSABLE for what cannot be parsed or asks for more than one action, REPORTED for an error object in
    place of an answer.
    """
    if (reported := translate_reported(answer, CX_SEND_REQUEST)) is not None:
        raise reported
    result = answer.get("queryResult")
    if not isinstance(result, dict):
        raise _unparsable("queryResult", f"must be an object, not {name_type(result)}")
    items = _read_items(result)
    _count_actions(items)
    draft = ReplyDraft()
    has_text = any(_is_text(item) for item in items)
    for index, item in enumerate(items):
        _read_item(item, draft, f"{_MESSAGES}[{index}]", context=context, has_text=has_text)
    _read_intent(result, draft)
    _warn_of_webhooks(result, draft)
    return draft.finish()


def _read_items(result: Json) -> list[Json]:
    """Take the messages, their payloads out of protobuf's Struct form."""
    items = result.get("responseMessages") or []  # REST leaves out an empty list
    if not isinstance(items, list):
        raise _unparsable(_MESSAGES, f"must be an array, not {name_type(items)}")
    return [_read_structs(item, f"{_MESSAGES}[{index}]") for index, item in enumerate(items)]


def _read_structs(item: Any, path: str) -> Json:
    if not isinstance(item, dict):
        raise _unparsable(path, f"must be an object, not {name_type(item)}")
    if (payload := item.get("payload")) is None:
        return item
    if not isinstance(payload, dict):
        raise _unparsable(f"{path}.payload", f"must be an object, not {name_type(payload)}")
    try:
        return {**item, "payload": plain_struct(payload)}
    except MalformedStruct as error:
        raise _unparsable(f"{path}.payload", "is a malformed Struct") from error


def _count_actions(items: list[Json]) -> None:
    """Raise VendorFailure when there is more than one: LivePerson carries out one in a turn, and which is anybody's guess."""
    actions = sum(_is_action(item) or item.get("liveAgentHandoff") is not None for item in items)
    if actions > 1:
        problem = f"one answer of Dialogflow CX asks for {actions} actions"
        raise VendorFailure(FailureKind.UNUSABLE, CX_MULTIPLE_ACTIONS, problem)


def _is_action(item: Json) -> bool:
    return isinstance(item.get("payload"), dict) and isinstance(item["payload"].get("action"), dict)


def _is_text(item: Json) -> bool:
    """Say whether a message has words for the consumer to read, so that what would be spoken is not needed."""
    text = item.get("text")
    texts = text.get("text") if isinstance(text, dict) else None
    return isinstance(texts, list) and any(isinstance(each, str) and each.strip() for each in texts)


def _read_item(item: Json, draft: ReplyDraft, path: str, *, context: ReadingContext, has_text: bool) -> None:
    # By the value, not the key: LivePerson's own client writes the kinds that a message is not as null.
    kind = None
    for name in _KINDS:
        if item.get(name) is not None:
            kind = name
            break
    match kind:
        case "text":
            add_texts(item["text"], draft, f"{path}.text")
        case "payload":
            _read_payload(item["payload"], draft, f"{path}.payload")
        case "liveAgentHandoff":
            _read_handoff(item["liveAgentHandoff"], draft, f"{path}.liveAgentHandoff", context)
        case "outputAudioText":
            if not has_text:
                _read_speech(item["outputAudioText"], draft, f"{path}.outputAudioText")
        case None:
            draft.warn("a message of a kind that LivePerson does not show was dropped", path)


def _read_payload(payload: Json, draft: ReplyDraft, path: str) -> None:
    if isinstance(action := payload.get("action"), dict):
        draft.set_action(action.get("name"), action.get("parameters"), f"{path}.action")
        return
    try:
        if not draft.add_payload(payload, path):
            draft.warn("a payload that is none of LivePerson's was dropped", path)
    except MalformedPayload as error:
        raise _unparsable(error.path, error.problem) from error


def _read_handoff(handoff: Any, draft: ReplyDraft, path: str, context: ReadingContext) -> None:
    """Read CX's own wish for a person as a TRANSFER, to the skill that it names or to the bot's default."""
    metadata = handoff.get("metadata") if isinstance(handoff, dict) else None
    try:
        named = plain_struct(metadata) if isinstance(metadata, dict) else {}
    except MalformedStruct as error:
        raise _unparsable(f"{path}.metadata", "is a malformed Struct") from error
    skill = named.get("skill")
    if isinstance(skill, str) and skill:
        draft.set_action(ActionName.TRANSFER, {"skill": skill, "agentId": named.get("agentId")}, path)
    elif context.default_skill is not None:
        draft.set_action(ActionName.TRANSFER, {"skill": context.default_skill}, path)
    else:
        draft.warn("a handoff was dropped: it names no skill, and the bot has no escalation with one", path)


def _read_speech(speech: Any, draft: ReplyDraft, path: str) -> None:
    """Read what would be spoken as text, its tags stripped."""
    given = speech if isinstance(speech, dict) else {}
    match given.get("text"), given.get("ssml"):
        case str() as text, _:
            draft.add_text(_TAG.sub("", text).strip(), path)
        case _, str() as ssml:
            draft.add_text(html.unescape(_TAG.sub("", ssml)).strip(), path)
        case _:
            draft.warn("speech without words was dropped", path)


def _read_intent(result: Json, draft: ReplyDraft) -> None:
    """Take the intent of the match, or failing that the one of the result, which Google keeps for older readers."""
    match = result.get("match")
    match = match if isinstance(match, dict) else {}
    candidates = [(match.get("intent"), match.get("confidence"))]
    kind = match.get("matchType")
    if not (isinstance(kind, str) and kind in _WITHOUT_INTENT):
        candidates.append((result.get("intent"), result.get("intentDetectionConfidence")))
    for intent, confidence in candidates:
        if isinstance(intent, dict):
            found = (read_resource_id(intent.get("name")), intent.get("displayName"), confidence)
            if read_intent(*found) is not None:
                draft.set_intent(*found)
                return


def _warn_of_webhooks(result: Json, draft: ReplyDraft) -> None:
    statuses = result.get("webhookStatuses")
    for index, status in enumerate(statuses if isinstance(statuses, list) else []):
        code = status.get("code") if isinstance(status, dict) else None
        if isinstance(code, int | float) and code != 0:
            draft.warn(f"a webhook of the agent failed with code {code:g}", f"queryResult.webhookStatuses[{index}]")


def _unparsable(path: str, problem: str) -> VendorFailure:
    return VendorFailure(
        FailureKind.UNUSABLE, CX_PARSER_ERROR, f"Dialogflow CX gave an answer that cannot be used: {path} {problem}"
    )
