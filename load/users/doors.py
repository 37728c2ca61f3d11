"""Write events and read answers at both doors of the gateway.

docs/contract/custom-integration.md sections 1 and 2, docs/contract/custom-endpoint.md "POST body" and "Response items".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias
from urllib.parse import quote

from emulators.lp_events import FILE, RICH_CONTENT, Consumer
from load.users.targets import DoorName, Target

Json: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["welcome", "text", "rich content", "file", "close"]
ENDS: Final = frozenset({"TRANSFER", "CLOSE_CONVERSATION"})
"""Actions after which the bot is not asked any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One event, before it is written for a door."""

    kind: Kind
    lp_event: Json
    text: str = ""
    """What the consumer wrote, of a text."""
    data: Json | None = None
    """Rich content, or a file."""

    @property
    def sequence(self) -> int:
        """The event's number within its conversation."""
        number: int = self.lp_event["sequence"]
        return number


@dataclass(frozen=True, slots=True)
class Button:
    """Something that the consumer can click."""

    title: str
    text: str
    """What is published."""
    metadata: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What of an answer decides on how the conversation goes on."""

    buttons: tuple[Button, ...] = ()
    action: str | None = None

    @property
    def is_the_end(self) -> bool:
        """Say whether a person takes over, or the conversation is closed."""
        return self.action in ENDS


class Door(Protocol):
    """One of the two front doors."""

    name: DoorName

    def path(self, target: Target, conversation_id: str) -> str:
        """Give the path to which events are posted."""
        ...

    def headers(self, conversation_id: str, said: Said) -> dict[str, str]:
        """Give what an event's request says besides who sends it."""
        ...

    def write(self, consumer: Consumer, said: Said) -> Json:
        """Write an event's body."""
        ...

    def read(self, answer: Json) -> Heard:
        """Read a good answer."""
        ...


class EventsDoor:
    """The custom integration: what a LivePerson Function posts."""

    name: DoorName = "events"

    def path(self, target: Target, conversation_id: str) -> str:  # noqa: ARG002 - it stands in the body
        """Give the path to which events are posted."""
        return f"/v1/accounts/{target.account}/bots/{target.bot}/events"

    def headers(self, conversation_id: str, said: Said) -> dict[str, str]:
        """Name the event as the forwarding function does, so that a repeat is known as one."""
        return {"Idempotency-Key": quote(f"{conversation_id}:{said.sequence}", safe="!~*'()")}

    def write(self, consumer: Consumer, said: Said) -> Json:
        """Write the function's payload."""
        match said.kind:
            case "welcome":
                return consumer.payload(said.lp_event, "", "WELCOME")
            case "rich content":
                return consumer.payload(said.lp_event, RICH_CONTENT)
            case "file":
                return consumer.payload(said.lp_event, FILE)
            case _:
                return consumer.payload(said.lp_event, said.text)

    def read(self, answer: Json) -> Heard:
        """Read messages and context."""
        rich = (message["structuredContent"] for message in answer["messages"] if "structuredContent" in message)
        return Heard(tuple(find_buttons(list(rich))), answer["context"].get("action"))


class EndpointDoor:
    """The Custom Endpoint: what LivePerson's connector posts."""

    name: DoorName = "endpoint"

    def path(self, target: Target, conversation_id: str) -> str:
        """Give the path to which events are posted."""
        return f"{self.conversation_path(target, conversation_id)}/events"

    def conversation_path(self, target: Target, conversation_id: str) -> str:
        """Give the path at which a conversation is opened."""
        return f"/v1/bots/{target.bot}/environments/{target.environment}/conversations/{conversation_id}"

    def headers(self, conversation_id: str, said: Said) -> dict[str, str]:  # noqa: ARG002 - it adds nothing
        """Give nothing: the connector sends no more than its token."""
        return {}

    def write(self, consumer: Consumer, said: Said) -> Json:  # noqa: ARG002 - its attributes went with the opening
        """Write the connector's event."""
        kinds: dict[Kind, Json] = {
            "welcome": {"type": "START", "source": "CONVERSATION"},
            "text": {"type": "TEXT", "source": "CONSUMER", "data": {"message": said.text}},
            "rich content": {"type": "RICH_CONTENT", "source": "CONSUMER", "data": {"content": said.data}},
            "file": {"type": "hosted-file", "source": "CONSUMER", "data": said.data},
            "close": {"type": "CLOSE_CONVERSATION", "source": "CONVERSATION"},
        }
        return {**kinds[said.kind], "context": {"lpEvent": said.lp_event}}

    def write_opening(self, consumer: Consumer) -> Json:
        """Write the body with which a conversation is opened."""
        context = {"type": consumer.channel, "skillId": "12", "engagementId": "3", "campaignId": "4"}
        return {"sdes": consumer.sdes, "context": {**context, "visitor": {"consumerId": "consumer-1"}}}

    def read(self, answer: Json) -> Heard:
        """Read the response's items."""
        data = {kind: [item["data"] for item in answer["response"] if item["type"] == kind] for kind in _READ}
        action = next((found["name"] for found in data["ACTION"]), None)
        return Heard(tuple(find_buttons([found["structuredContent"] for found in data["STRUCTURED_CONTENT"]])), action)


_READ: Final = ("STRUCTURED_CONTENT", "ACTION")
EVENTS: Final = EventsDoor()
ENDPOINT: Final = EndpointDoor()


def find_buttons(content: Any) -> Iterator[Button]:
    """Find what publishes a text when it is clicked, at any depth of structured content, quick replies included."""
    match content:
        case {"type": "button", "click": dict(click)}:
            actions, metadata = click.get("actions") or [], click.get("metadata") or []
            for action in actions:
                if action.get("type") == "publishText" and action.get("text"):
                    yield Button(str(content.get("title", "")), action["text"], tuple(metadata))
        case dict():
            yield from find_buttons(list(content.values()))
        case list():
            for item in content:
                yield from find_buttons(item)
