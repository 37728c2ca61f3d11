"""The values that travel through a turn: the event that came in, the reply that goes out.

An `Event` is parsed once at the edge (`gateway.contract.event`), a `Reply` is rendered once at the other
(`gateway.contract.reply`). The shapes on the wire are those of docs/contract/custom-integration.md.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NewType, TypeAlias

AccountId = NewType("AccountId", str)
"""LivePerson's account number (site id)."""
BotName = NewType("BotName", str)
"""A bot's name within its account."""
ConversationId = NewType("ConversationId", str)
"""`convId`: opaque, a UUID on messaging, longer on chat."""
TESTER_PREFIX: Final = "console-"
"""Begins the ids of conversations that an operator has with a bot in the console: no consumer's begins so."""

Json: TypeAlias = dict[str, Any]
"""A JSON object."""


class Channel(StrEnum):
    """LivePerson's two kinds of conversation."""

    MESSAGING = "messaging"
    CHAT = "chat"


class StructuredContentMode(StrEnum):
    """What becomes of rich content that breaks LivePerson's rules."""

    OFF = "off"
    """It is not looked at."""
    WARN = "warn"
    """It is passed on, and the log says what is wrong."""
    STRICT = "strict"
    """It is left out, and the log says what is wrong."""


class EventKind(StrEnum):
    """What a consumer did."""

    WELCOME = "welcome"
    TEXT = "text"
    RICH_CONTENT = "rich-content"
    FILE = "file"


@dataclass(slots=True, kw_only=True)
class Event:
    """One consumer event, whichever door it came through. Nobody changes one; to have that forbidden would triple its cost."""

    conversation_id: ConversationId
    kind: EventKind
    text: str
    """The consumer's text; the special identifier for rich content and files; often empty on welcome."""
    lp_event: Json
    """LivePerson's raw event (`context.lpEvent`), `{}` when absent."""
    lp_sdes: Json
    """Engagement attributes (`context.lpSdes`), `{}` when absent."""
    content: Json | None = None
    """The structured content or the file's description that the consumer sent."""
    last_consumer_message: str | None = None
    """The consumer's last text before a transfer to this bot; messaging's welcome only."""
    channel: Channel | None = None
    """The channel that the event itself names; the bot's setting decides which rules hold."""
    sequence: str | None = None
    """LivePerson's number of the event in its conversation, as text; None when it is no key."""
    payload: Json = field(default_factory=dict)
    """The event as it came in."""


class ActionName(StrEnum):
    """The actions LivePerson knows (docs/contract/custom-integration.md section 2.3)."""

    TRANSFER = "TRANSFER"
    CLOSE_CONVERSATION = "CLOSE_CONVERSATION"
    CHANGE_TTR = "CHANGE_TTR"
    INVOCATION = "INVOCATION"


@dataclass(frozen=True, slots=True)
class Action:
    """What LivePerson does after the messages."""

    name: ActionName
    parameters: Json | None = None
    """Checked and complete; None when the bot gave none."""


@dataclass(slots=True)
class Text:
    """A message that the consumer sees as text."""

    text: str
    encoded_metadata: str | None = None
    """Only the Custom Endpoint can say it per text; the custom integration says it for the whole answer."""


@dataclass(slots=True)
class StructuredContent:
    """Rich content, or quick replies when `content` has `quickReplies`."""

    content: Json
    metadata: list[Json] | None = None
    encoded_metadata: str | None = None

    @property
    def is_quick_replies(self) -> bool:
        """Say whether this is a message with quick replies."""
        return "quickReplies" in self.content


@dataclass(frozen=True, slots=True)
class Delay:
    """A pause before what follows."""

    seconds: int
    typing: bool = True


@dataclass(frozen=True, slots=True)
class PrivateText:
    """A note that only agents and managers see."""

    text: str


Message: TypeAlias = Text | StructuredContent | Delay | PrivateText
"""One entry of `messages`."""


@dataclass(slots=True)
class Intent:
    """What the bot understood. `id` and `name` have at most 256 characters, `confidence` lies in 0..1."""

    id: str
    confidence: float
    name: str | None = None


@dataclass(slots=True, kw_only=True)
class Reply:
    """A bot's answer in LivePerson's terms. Nobody changes one, nor what is in it, as with events."""

    messages: tuple[Message, ...] = ()
    action: Action | None = None
    intent: Intent | None = None
    alternatives: tuple[Intent, ...] = ()
    encoded_metadata: str | None = None
    """For every message that has none of its own."""
    legacy_content: Json | None = None
    """`context.structuredContent`: the old place of a single rich item; only function bots send it."""
    legacy_metadata: list[Json] | None = None
    """`context.metadata`: belongs to `legacy_content`, and carries replies on social channels."""
    unsupported_action: str | None = None
    """The name of an action that was dropped (unknown, malformed or not allowed); it decides between two error codes."""
    warnings: tuple[str, ...] = ()
    """What was dropped or changed and where, for the log; never the consumer's or the bot's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingContext:
    """What a vendor must know of the bot to read an answer."""

    channel: Channel = Channel.MESSAGING
    default_skill: str | None = None
    """Where a bot that gives up hands over to: the skill of its escalation."""


VendorSession: TypeAlias = dict[str, Any]
"""What a vendor keeps for one conversation between turns (session ids, attributes): JSON, saved after every turn."""


@dataclass(frozen=True, slots=True)
class HookKeys:
    """A vendor's names in hook payloads (docs/contract/hooks.md, "Vendor keys")."""

    label: str
    request_key: str
    response_key: str
