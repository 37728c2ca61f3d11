"""Dialogflow CX (API v3): an event as a detectIntent request, its answer as a reply. Pure.

The rows are those of docs/contract/vendors/dialogflow-cx.md; the request's shape is that of docs/contract/hooks.md.
"""

import html
import re
from typing import Any, Final

from gateway.contract.draft import MalformedPayload, Path, ReplyDraft, write_path
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
    spoken = [item for item in items if "outputAudioText" in item]  # most agents never speak
    has_text = bool(spoken) and any(_is_text(item) for item in items)
    for index, item in enumerate(items):
        _read_item(item, draft, (_MESSAGES, index), context=context, has_text=has_text)
    _read_intent(result, draft)
    _warn_of_webhooks(result, draft)
    return draft.finish()


def _read_items(result: Json) -> list[Json]:
    """Take the messages, their payloads out of protobuf's Struct form."""
    items = result.get("responseMessages") or []  # REST leaves out an empty list
    if not isinstance(items, list):
        raise _unparsable(_MESSAGES, f"must be an array, not {name_type(items)}")
    return [_read_structs(item, index) for index, item in enumerate(items)]


def _read_structs(item: Any, index: int) -> Json:
    if not isinstance(item, dict):
        raise _unparsable(f"{_MESSAGES}[{index}]", f"must be an object, not {name_type(item)}")
    if (payload := item.get("payload")) is None:
        return item
    if not isinstance(payload, dict):
        raise _unparsable(f"{_MESSAGES}[{index}].payload", f"must be an object, not {name_type(payload)}")
    try:
        plain = plain_struct(payload)
    except MalformedStruct as error:
        raise _unparsable(f"{_MESSAGES}[{index}].payload", "is a malformed Struct") from error
    return item if plain is payload else {**item, "payload": plain}


def _count_actions(items: list[Json]) -> None:
    """Raise VendorFailure when there is more than one: LivePerson carries out one in a turn, and which is anybody's guess."""
    actions = 0
    for item in items:
        if _is_action(item.get("payload")) or item.get("liveAgentHandoff") is not None:
            actions += 1
    if actions > 1:
        problem = f"one answer of Dialogflow CX asks for {actions} actions"
        raise VendorFailure(FailureKind.UNUSABLE, CX_MULTIPLE_ACTIONS, problem)


def _is_action(payload: Any) -> bool:
    return isinstance(payload, dict) and isinstance(payload.get("action"), dict)


def _is_text(item: Json) -> bool:
    """Say whether a message has words for the consumer to read, so that what would be spoken is not needed."""
    text = item.get("text")
    texts = text.get("text") if isinstance(text, dict) else None
    return isinstance(texts, list) and any(isinstance(each, str) and each.strip() for each in texts)


def _read_item(item: Json, draft: ReplyDraft, path: Path, *, context: ReadingContext, has_text: bool) -> None:
    # By the value, not the key: LivePerson's own client writes the kinds that a message is not as null.
    kind = None
    for name in _KINDS:
        if item.get(name) is not None:
            kind = name
            break
    match kind:
        case "text":
            add_texts(item["text"], draft, (path, "text"))
        case "payload":
            _read_payload(item["payload"], draft, (path, "payload"))
        case "liveAgentHandoff":
            _read_handoff(item["liveAgentHandoff"], draft, (path, "liveAgentHandoff"), context)
        case "outputAudioText":
            if not has_text:
                _read_speech(item["outputAudioText"], draft, (path, "outputAudioText"))
        case None:
            draft.warn("a message of a kind that LivePerson does not show was dropped", path)


def _read_payload(payload: Json, draft: ReplyDraft, path: Path) -> None:
    if isinstance(action := payload.get("action"), dict):
        draft.set_action(action.get("name"), action.get("parameters"), (path, "action"))
        return
    try:
        if not draft.add_payload(payload, path):
            draft.warn("a payload that is none of LivePerson's was dropped", path)
    except MalformedPayload as error:
        raise _unparsable(error.path, error.problem) from error


def _read_handoff(handoff: Any, draft: ReplyDraft, path: Path, context: ReadingContext) -> None:
    """Read CX's own wish for a person as a TRANSFER, to the skill that it names or to the bot's default."""
    metadata = handoff.get("metadata") if isinstance(handoff, dict) else None
    try:
        named = plain_struct(metadata) if isinstance(metadata, dict) else {}
    except MalformedStruct as error:
        raise _unparsable((path, "metadata"), "is a malformed Struct") from error
    skill = named.get("skill")
    if isinstance(skill, str) and skill:
        draft.set_action(ActionName.TRANSFER, {"skill": skill, "agentId": named.get("agentId")}, path)
    elif context.default_skill is not None:
        draft.set_action(ActionName.TRANSFER, {"skill": context.default_skill}, path)
    else:
        draft.warn("a handoff was dropped: it names no skill, and the bot has no escalation with one", path)


def _read_speech(speech: Any, draft: ReplyDraft, path: Path) -> None:
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
            name = read_resource_id(intent.get("name"))
            if draft.set_intent(name, intent.get("displayName"), confidence):
                return


def _warn_of_webhooks(result: Json, draft: ReplyDraft) -> None:
    statuses = result.get("webhookStatuses")
    for index, status in enumerate(statuses if isinstance(statuses, list) else []):
        code = status.get("code") if isinstance(status, dict) else None
        if isinstance(code, int | float) and code != 0:
            draft.warn(f"a webhook of the agent failed with code {code:g}", f"queryResult.webhookStatuses[{index}]")


def _unparsable(path: Path, problem: str) -> VendorFailure:
    what = f"Dialogflow CX gave an answer that cannot be used: {write_path(path)} {problem}"
    return VendorFailure(FailureKind.UNUSABLE, CX_PARSER_ERROR, what)
