"""Parse a custom-integration payload into an `Event` (docs/contract/custom-integration.md section 1).

Lenient as the wire demands: unknown keys are ignored, and everything but `convId` may be missing. Strict about types:
a field that is there and is not what it should be is named.
"""

from typing import Any, Final

from gateway.contract.types import Channel, ConversationId, Event, EventKind, Json
from gateway.contract.wire import name_type

SEND_RICH_CONTENT = "com.liveperson.bot-connectors.consumer.send-rich-content"
"""`message` when the consumer sent rich content; compared whole and exactly."""
SEND_FILE = "com.liveperson.bot-connectors.consumer.send-file"
"""`message` when the consumer sent a file."""

_CHANNELS: Final = {"MESSAGING": Channel.MESSAGING, "CHAT": Channel.CHAT}
MAX_CONVERSATION_ID = 512
"""Characters; LivePerson's ids have 36 (messaging) or about 59 (chat), and no stated limit."""


class InvalidEvent(ValueError):
    """A payload that is not an event. `path` names the field, `problem` says what is wrong; neither quotes content."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def parse_event(payload: Any) -> Event:
    """Build the event from decoded JSON. Raise InvalidEvent, naming the field."""
    if not isinstance(payload, dict):
        raise InvalidEvent("$", f"must be an object, not {name_type(payload)}")
    conversation_id = read_string(payload, "convId", "convId")
    if not conversation_id.strip():
        raise InvalidEvent("convId", "is required and must not be empty")
    if len(conversation_id) > MAX_CONVERSATION_ID:
        raise InvalidEvent("convId", f"must have at most {MAX_CONVERSATION_ID} characters")
    message = read_string(payload, "message", "message")
    named_event = read_object(payload, "event", "event")
    event_name = read_string(named_event, "name", "event.name")
    context = read_object(payload, "context", "context")
    lp_event = read_object(context, "lpEvent", "context.lpEvent")
    lp_sdes = read_object(context, "lpSdes", "context.lpSdes")

    kind, content = _classify(message, event_name, lp_event)
    if kind is None:
        where = "event.name" if event_name else "message"
        raise InvalidEvent(where, "the event has no text, no welcome sign, and no rich content or file")
    if not message and kind is EventKind.RICH_CONTENT:
        message = SEND_RICH_CONTENT
    elif not message and kind is EventKind.FILE:
        message = SEND_FILE
    last = lp_event.get("lastConsumerMessage")
    return Event(
        conversation_id=ConversationId(conversation_id),
        kind=kind,
        text=message,
        lp_event=lp_event,
        lp_sdes=lp_sdes,
        content=content,
        last_consumer_message=last if isinstance(last, str) else None,
        channel=read_channel(lp_event),
        sequence=read_sequence(lp_event),
        payload=payload,
    )


def _classify(message: str, event_name: str, lp_event: Json) -> tuple[EventKind | None, Json | None]:
    """Tell the four kinds of event apart; None when it is none of them."""
    if _is_welcome(event_name, lp_event):
        return EventKind.WELCOME, None
    inner = lp_event.get("event")
    rich = inner if isinstance(inner, dict) and inner.get("type") == "RichContentEvent" else None
    if message == SEND_RICH_CONTENT or (not message and rich is not None):
        content = rich.get("content") if rich is not None else None
        return EventKind.RICH_CONTENT, content if isinstance(content, dict) else None
    if message == SEND_FILE:
        return EventKind.FILE, _read_file(lp_event)
    if not message and (file := _read_file(lp_event)) is not None:
        return EventKind.FILE, file
    # White space alone is not a text: Lex refuses it and Watson would take it for a welcome.
    return (EventKind.TEXT, None) if message.strip() else (None, None)


def _is_welcome(event_name: str, lp_event: Json) -> bool:
    """Look for any of LivePerson's four welcome signs (section 1.1)."""
    return (
        event_name == "WELCOME"
        or lp_event.get("isWelcomeEvent") is True
        or lp_event.get("content") == "welcome"
        or lp_event.get("contentType") == "welcome"
    )


def _read_file(lp_event: Json) -> Json | None:
    """Find the file's description: in `lpEvent.event`, or in `lpEvent` itself (LivePerson does not say which)."""
    inner = lp_event.get("event")
    for place in (inner, lp_event):
        if isinstance(place, dict) and isinstance(place.get("relativePath"), str):
            return place
    return None


def read_channel(lp_event: Json) -> Channel | None:
    """Read the channel that LivePerson's raw event names; None when it names none."""
    context = lp_event.get("conversationContext")
    kind = context.get("type") if isinstance(context, dict) else None
    return _CHANNELS.get(kind) if isinstance(kind, str) else None


def read_sequence(lp_event: Json) -> str | None:
    """Read the key of a repeat; only a number or a non-empty string is one."""
    sequence = lp_event.get("sequence")
    if type(sequence) is int:
        return str(sequence)
    if isinstance(sequence, bool) or not isinstance(sequence, int | float | str) or sequence == "":
        return None
    if isinstance(sequence, float) and sequence.is_integer():
        sequence = int(sequence)
    return str(sequence)


def read_string(parent: Json, key: str, path: str) -> str:
    """Read an optional string; absent and null are the empty string."""
    value = parent.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidEvent(path, f"must be a string, not {name_type(value)}")
    return value


def read_object(parent: Json, key: str, path: str) -> Json:
    """Read an optional object; absent and null are the empty object."""
    value = parent.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidEvent(path, f"must be an object, not {name_type(value)}")
    return value
