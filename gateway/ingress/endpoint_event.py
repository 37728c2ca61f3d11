"""Read what the Custom Endpoint connector sends: a conversation's opening, and its events (docs/contract/custom-endpoint.md).

An event becomes the `Event` of the other door, its payload that of the custom integration: vendors, functions and hooks see
the same shapes whichever door an event came through.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused
from gateway.contract.event import (
    SEND_FILE,
    SEND_RICH_CONTENT,
    InvalidEvent,
    read_channel,
    read_object,
    read_sequence,
    read_string,
)
from gateway.contract.types import ConversationId, Event, EventKind, Json
from gateway.contract.wire import name_type

UNKNOWN_CONVERSATION: Final = OWN_PREFIX + "unknown-conversation"
SDES: Final = ("authenticatedSdes", "unauthenticatedSdes")


class Closed:
    """The conversation has ended: no event for a bot."""


CLOSED: Final = Closed()


def parse_opening(payload: Any) -> Json:
    """Read the body of a PUT: {"sdes": …, "context": …}, both optional. Raise InvalidEvent, naming the field."""
    body = _read_body(payload)
    sdes = read_object(body, "sdes", "sdes")
    context = dict(read_object(body, "context", "context"))
    skill = context.get("skillId")
    if isinstance(skill, int | float) and not isinstance(skill, bool):
        context["skillId"] = str(int(skill) if isinstance(skill, float) and skill.is_integer() else skill)
    return {
        "sdes": {name: read_object(sdes, name, f"sdes.{name}") for name in SDES if name in sdes},
        "context": context,
    }


def parse_endpoint_event(payload: Any, conversation_id: ConversationId) -> Event | Closed:
    """Build the event from the decoded body of a POST, or say that the conversation is closed. Raise InvalidEvent."""
    body = _read_body(payload)
    kind = read_string(body, "type", "type")
    data = read_object(body, "data", "data")
    lp_event = read_object(read_object(body, "context", "context"), "lpEvent", "context.lpEvent")
    said = _KINDS.get(kind, _read_text)(data)
    if isinstance(said, Closed):
        return said
    if said.event is not None:
        lp_event = lp_event | {"event": said.event}
    welcome = {"event": {"name": "WELCOME"}} if said.kind is EventKind.WELCOME else {}
    last = lp_event.get("lastConsumerMessage")
    return Event(
        conversation_id=conversation_id,
        kind=said.kind,
        text=said.text,
        lp_event=lp_event,
        lp_sdes={},
        content=said.content,
        last_consumer_message=last if isinstance(last, str) else None,
        channel=read_channel(lp_event),
        sequence=read_sequence(lp_event),
        payload={
            "convId": conversation_id,
            "message": said.text,
            **welcome,
            "context": {"lpEvent": lp_event, "lpSdes": {}},
        },
    )


def join_opening(event: Event, opening: Json | None) -> Event:
    """Add what the conversation was opened with: its SDES, and its context where the event brings none.

    Raise RequestRefused (404) when it was not: the connector then opens it and sends the event once more.
    """
    if opening is None:
        raise RequestRefused(UNKNOWN_CONVERSATION, "The conversation is not known here: open it with a PUT first.")
    lp_event, lp_sdes = event.lp_event, opening["sdes"]
    if "conversationContext" not in lp_event and opening["context"]:
        lp_event = lp_event | {"conversationContext": opening["context"]}
    return replace(
        event,
        lp_event=lp_event,
        lp_sdes=lp_sdes,
        channel=read_channel(lp_event),
        payload=event.payload | {"context": {"lpEvent": lp_event, "lpSdes": lp_sdes}},
    )


@dataclass(frozen=True, slots=True)
class _Said:
    kind: EventKind
    text: str = ""
    content: Json | None = None
    event: Json | None = None
    """What stands in lpEvent.event of the custom integration."""


def _read_body(payload: Any) -> Json:
    if not isinstance(payload, dict):
        raise InvalidEvent("$", f"must be an object, not {name_type(payload)}")
    return payload


def _read_text(data: Json) -> _Said:
    """Read a text: also the reading of a type that we do not know and that has a message."""
    text = read_string(data, "message", "data.message")
    # White space alone is not a text: Lex refuses it and Watson would take it for a welcome.
    if not text.strip():
        raise InvalidEvent("data.message", "the event is of no known type other than a text, and has no text")
    return _Said(EventKind.TEXT, text)


def _read_rich_content(data: Json) -> _Said:
    content = read_object(data, "content", "data.content")
    if not content:
        raise InvalidEvent("data.content", "is required and must not be empty")
    event = {"type": "RichContentEvent", "content": content}
    return _Said(EventKind.RICH_CONTENT, SEND_RICH_CONTENT, content, event)


def _read_file(data: Json) -> _Said:
    if not read_string(data, "relativePath", "data.relativePath"):
        raise InvalidEvent("data.relativePath", "is required and must not be empty")
    return _Said(EventKind.FILE, SEND_FILE, data, data)


def _read_conversation(data: Json) -> _Said | Closed:
    match read_string(data, "name", "data.name"):
        case "STARTED" | "TRANSFERRED":
            return _Said(EventKind.WELCOME)
        case "CLOSED":
            return CLOSED
        case _:
            raise InvalidEvent("data.name", "must be STARTED, TRANSFERRED or CLOSED")


_KINDS: Final[dict[str, Callable[[Json], _Said | Closed]]] = {
    "TEXT": _read_text,
    "RICH_CONTENT": _read_rich_content,
    "hosted-file": _read_file,
    "CONVERSATION": _read_conversation,
    "START": lambda _data: _Said(EventKind.WELCOME),
    "CLOSE_CONVERSATION": lambda _data: CLOSED,
}
"""By type, compared exactly; every other type is read as a text."""
