"""Dialogflow ES (API v2): an event as a detectIntent request, its answer as a reply. Pure.

The rows are those of docs/contract/vendors/dialogflow-es.md; the request's shape is that of docs/contract/hooks.md.
"""

from typing import Any, Final

from gateway.contract.draft import MalformedPayload, Path, ReplyDraft
from gateway.contract.types import ActionName, Event, EventKind, Json, Reply
from vendors.dialogflow.errors import ES_SEND_QUERY, translate_reported
from vendors.dialogflow.messages import add_texts, read_resource_id, read_struct
from vendors.dialogflow.request import has_payload_alone
from vendors.dialogflow.session import session_id
from vendors.dialogflow.settings import DialogflowEsSettings

MAX_TEXT: Final = 256
"""Characters that detectIntent takes."""
CHAR_LIMIT: Final = "DIALOGFLOW_CHAR_LIMIT"
"""The event that stands for a longer text."""
_WORDS: Final = {"text": "text", "event": "name"}
"""Where the words of an input stand, by its kind."""


def build_request(event: Event, settings: DialogflowEsSettings) -> Json:
    """Build the request: session, queryInput with a text or an event, and queryParams.payload."""
    language = settings.language_code
    query_input: Json
    if event.kind is EventKind.WELCOME:
        query_input = {"event": {"name": "WELCOME", "languageCode": language}}
    elif len(event.text) > MAX_TEXT:
        query_input = {"event": {"name": CHAR_LIMIT, "languageCode": language}}
    else:
        query_input = {"text": {"text": event.text, "languageCode": language}}
    return {
        "session": session_path(event.conversation_id, settings),
        "queryInput": query_input,
        "queryParams": {"payload": {"lpEvent": event.lp_event, "lpSdes": event.lp_sdes}},
    }


def session_path(conversation_id: str, settings: DialogflowEsSettings) -> str:
    """Name a conversation's session: of the draft agent, or of a published environment."""
    location = f"/locations/{settings.location}" if settings.location else ""
    environment = f"/environments/{settings.environment}/users/-" if settings.environment else ""
    return f"projects/{settings.project_id}{location}/agent{environment}/sessions/{session_id(conversation_id)}"


def is_as_built(body: Json) -> bool:
    """Say whether what is sent, all but the session, has the shape that `build_request` gives it: it needs no check then."""
    return len(body) == 2 and has_payload_alone(body.get("queryParams")) and _is_query(body.get("queryInput"))


def _is_query(query: Any) -> bool:
    if not isinstance(query, dict) or len(query) != 1:
        return False
    [(kind, said)] = query.items()
    words = _WORDS.get(kind)
    return (
        words is not None
        and isinstance(said, dict)
        and len(said) == 2
        and isinstance(said.get(words), str)
        and isinstance(said.get("languageCode"), str)
    )


def read_reply(answer: Json) -> Reply:
    """Translate an answer of detectIntent. Raise VendorFailure (REPORTED) for an error object in its place.

    ES has no parser codes: what cannot be used is dropped with a warning, and a reply of nothing is found empty later.
    """
    if (reported := translate_reported(answer, ES_SEND_QUERY)) is not None:
        raise reported
    draft = ReplyDraft()
    result = answer.get("queryResult")
    if isinstance(result, dict):
        _read_messages(result, draft)
        _read_action(result, draft)
        _read_intent(result, draft)
    else:
        draft.warn("an answer without a result", "queryResult")
    _read_webhook_status(answer, draft)
    return draft.finish()


def _read_messages(result: Json, draft: ReplyDraft) -> None:
    items = result.get("fulfillmentMessages")
    if isinstance(items, list) and items:
        for index, item in enumerate(items):
            _read_item(item, draft, ("queryResult.fulfillmentMessages", index))
        return
    if items is not None and not isinstance(items, list):
        draft.warn("messages that are no array were dropped", "queryResult.fulfillmentMessages")
    text = result.get("fulfillmentText")
    if isinstance(text, str) and text:
        draft.add_text(text, "queryResult.fulfillmentText")


def _read_item(item: Any, draft: ReplyDraft, path: Path) -> None:
    if not isinstance(item, dict):
        draft.warn("a message that is no object was dropped", path)
    elif item.get("platform") not in (None, "", "PLATFORM_UNSPECIFIED"):
        draft.warn("a message for another platform was dropped", path)
    elif (text := item.get("text")) is not None:
        add_texts(text, draft, (path, "text"))
    elif (payload := item.get("payload")) is not None:
        _read_payload(payload, draft, (path, "payload"))
    else:
        draft.warn("a message of a kind that LivePerson does not show was dropped", path)


def _read_payload(payload: Any, draft: ReplyDraft, path: Path) -> None:
    plain = read_struct(payload, draft, path)
    if plain is None:
        return
    try:
        if not draft.add_payload(plain, path):
            draft.warn("a payload that is none of LivePerson's was dropped", path)
    except MalformedPayload as error:
        draft.warn(f"dropped, {error.problem}", error.path)


def _read_action(result: Json, draft: ReplyDraft) -> None:
    """Take LivePerson's actions; every ES intent may name another (`input.welcome`), which says nothing to LivePerson."""
    name = result.get("action")
    if name is None or name == "":
        return
    if not isinstance(name, str) or name not in ActionName.__members__:
        if not draft.messages:
            draft.set_action(name, None, "queryResult.action")
        return
    # Only when Google says so: a REST answer leaves out what is false, and LivePerson's own samples leave out what is true.
    if result.get("allRequiredParamsPresent") is False:
        draft.warn("an action was held back until its parameters are complete", "queryResult.action")
        return
    parameters = result.get("parameters")
    if parameters is not None:
        parameters = read_struct(parameters, draft, "queryResult.parameters")
    draft.set_action(name, parameters, "queryResult.action")


def _read_intent(result: Json, draft: ReplyDraft) -> None:
    intent = result.get("intent")
    if isinstance(intent, dict):
        draft.set_intent(
            read_resource_id(intent.get("name")), intent.get("displayName"), result.get("intentDetectionConfidence")
        )


def _read_webhook_status(answer: Json, draft: ReplyDraft) -> None:
    status = answer.get("webhookStatus")
    if isinstance(status, dict) and isinstance(code := status.get("code"), int | float) and code != 0:
        draft.warn(f"the agent's webhook failed with code {code:g}", "webhookStatus")
