"""Make the events that LivePerson's connectors send, in the shapes of both doors.

docs/contract/custom-integration.md section 1, docs/contract/custom-endpoint.md "POST body".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

RICH_CONTENT = "com.liveperson.bot-connectors.consumer.send-rich-content"
FILE = "com.liveperson.bot-connectors.consumer.send-file"


@dataclass(slots=True)
class Consumer:
    """One conversation's consumer: numbers the events and describes the conversation in each of them."""

    conv_id: str = field(default_factory=lambda: str(uuid4()))
    channel: str = "MESSAGING"
    """MESSAGING or CHAT."""
    sdes: dict[str, Any] = field(default_factory=lambda: {"authenticatedSdes": {}, "unauthenticatedSdes": {}})
    sequences: Iterator[int] = field(default_factory=lambda: count(1))

    def raw(self, **members: Any) -> dict[str, Any]:
        """Make the connector's raw event (`lpEvent`), with the next sequence number."""
        sequence = next(self.sequences)
        if self.channel == "CHAT":
            told: dict[str, Any] = {"@id": str(sequence), "@type": "line", "sequenceId": sequence}
        else:
            told = {"dialogId": self.conv_id, "originatorMetadata": {"id": "consumer-1", "role": "CONSUMER"}}
        context = {"type": self.channel, "skillId": "12", "campaignId": "4", "engagementId": "3"}
        return {"sequence": sequence, **told, "conversationContext": context, **members}

    def text(self, text: str, *metadata: Any) -> dict[str, Any]:
        """Make the raw event of a text; `metadata` is that of a clicked button."""
        said = {"type": "ContentEvent", "message": text, "contentType": "text/plain"}
        return self.raw(event=said, **({"metadata": list(metadata)} if metadata else {}))

    def welcome(self, last_consumer_message: str | None = None) -> dict[str, Any]:
        """Make the raw event of a welcome; with the consumer's last text, of a transfer."""
        last = {} if last_consumer_message is None else {"lastConsumerMessage": last_consumer_message}
        if self.channel == "CHAT":
            return self.raw(isWelcomeEvent=True)
        return self.raw(type="ContentEvent", content="welcome", **last)

    def rich(self, content: Any) -> dict[str, Any]:
        """Make the raw event of structured content that the consumer sent."""
        return self.raw(event={"type": "RichContentEvent", "content": content})

    def file(self, **data: Any) -> dict[str, Any]:
        """Make the raw event of a file: relativePath, fileType, caption, preview."""
        return self.raw(event={"type": "ContentEvent", "contentType": "hosted/file", "message": data})

    def payload(self, lp_event: dict[str, Any], message: str | None, event: str | None = None) -> dict[str, Any]:
        """Make a custom integration's payload of a raw event."""
        said: dict[str, Any] = {"convId": self.conv_id}
        if message is not None:
            said["message"] = message
        if event is not None:
            said["event"] = {"name": event}
        return {**said, "context": {"lpEvent": lp_event, "lpSdes": self.sdes}}
