"""Write a verified reply as the Custom Endpoint's answer (docs/contract/custom-endpoint.md, "Names compared")."""

import re
from collections.abc import Iterator
from typing import Final

from gateway.contract.types import (
    Action,
    ActionName,
    Delay,
    Intent,
    Json,
    Message,
    PrivateText,
    Reply,
    StructuredContent,
    Text,
)

NOTHING: Final[Json] = {"response": [], "analytics": {"intents": []}}
"""The answer to the end of a conversation."""
_SPACE: Final = re.compile(r"\s+")


def render_endpoint_reply(reply: Reply) -> Json:
    """Render a reply: {"response": […], "analytics": {"intents": […]}}."""
    items = list(_render_items(reply))
    if not items and any(isinstance(message, Delay) for message in reply.messages):
        items = [_item("DELAY", {"seconds": 1, "typing": _last_typing(reply)})]
    intents = [] if reply.intent is None else [reply.intent, *_by_confidence(reply.alternatives)]
    return {"response": items, "analytics": {"intents": [_render_intent(intent) for intent in intents]}}


def _render_items(reply: Reply) -> Iterator[Json]:
    # Without legacy content its metadata is a reply on a social channel: it belongs to what is said.
    shared_metadata = reply.legacy_metadata if reply.legacy_content is None else None
    for message in reply.messages:
        # This API's delays begin at 1; one that is the sole item is put back by the caller.
        if not (isinstance(message, Delay) and message.seconds < 1):
            yield _render_message(message, reply.encoded_metadata, shared_metadata)
    if reply.legacy_content is not None:
        legacy = StructuredContent(reply.legacy_content, reply.legacy_metadata)
        yield _render_message(legacy, reply.encoded_metadata, None)
    if reply.action is not None:
        yield _render_action(reply.action)


def _render_message(message: Message, encoded_metadata: str | None, metadata: list[Json] | None) -> Json:
    match message:
        case Delay():
            return _item("DELAY", {"seconds": message.seconds, "typing": message.typing})
        case PrivateText():
            data: Json = {"message": message.text, "messageAudience": "AGENTS_AND_MANAGERS"}
            return _item("TEXT", _add_metadata(data, encoded_metadata, None))
        case Text():
            data = {"message": message.text}
            return _item("TEXT", _add_metadata(data, message.encoded_metadata or encoded_metadata, metadata))
        case StructuredContent():
            data = {"structuredContent": message.content}
            own = metadata if message.metadata is None else message.metadata
            return _item("STRUCTURED_CONTENT", _add_metadata(data, message.encoded_metadata or encoded_metadata, own))


def _add_metadata(data: Json, encoded_metadata: str | None, metadata: list[Json] | None) -> Json:
    if metadata is not None:
        data["metadata"] = metadata
    if encoded_metadata is not None:
        data["encodedMetadata"] = encoded_metadata
    return data


def _render_action(action: Action) -> Json:
    given = action.parameters or {}
    match action.name:
        case ActionName.TRANSFER:
            agent = {} if given.get("agentId") is None else {"agentId": given["agentId"]}
            return _action("TRANSFER", {"skillName": given["skill"], **agent})
        case ActionName.INVOCATION:
            payload, must_succeed = given.get("payload") or {}, given.get("failOnError", False)
            parameters = {"lambdaUuid": given["lambdaUuid"], "payload": payload, "failOnError": must_succeed}
            return _action("INVOKE_FUNCTION", parameters)
        case ActionName.CLOSE_CONVERSATION:
            return _action("CLOSE_CONVERSATION", {"withoutPcs": given.get("withoutPcs", False)})
        case ActionName.CHANGE_TTR:
            return _action("CHANGE_TTR", dict(given))


def _render_intent(intent: Intent) -> Json:
    """Write an intent. This API's ids have no white space; its description is the bot's own name of it."""
    return {
        "id": _SPACE.sub("-", intent.id.strip()),
        "description": intent.id if intent.name is None else intent.name,
        "confidenceScore": intent.confidence,
    }


def _by_confidence(intents: tuple[Intent, ...]) -> list[Intent]:
    return sorted(intents, key=lambda intent: intent.confidence, reverse=True)


def _last_typing(reply: Reply) -> bool:
    return [message.typing for message in reply.messages if isinstance(message, Delay)][-1]


def _item(kind: str, data: Json) -> Json:
    return {"type": kind, "data": data}


def _action(name: str, parameters: Json) -> Json:
    return _item("ACTION", {"name": name, "parameters": parameters})
