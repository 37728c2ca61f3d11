"""Prepared requests: an event of the size that LivePerson's are, as bytes into which two numbers are written.

The numbers have a fixed width, so that nothing is counted or encoded while the clock runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from gateway.contract.wire import dumps
from load.bench.rows import ACCOUNT, BOT, KEY

MESSAGE: Final = "hello"
"""Two texts and quick replies answer it, in every emulator's dialogue."""
CONVERSATIONS: Final = 500
MOST: Final = 10_000_000
"""Events of one measurement, and conversations, at most."""
_STARTS: Final = count()
_CONVERSATION: Final = "5f0d9c1e-0b1a-4a52-9d0c-{:012d}"
_NUMBER: Final = 10_000_000_000
"""Sequence numbers start here, so that all have the same width; LivePerson's are times in milliseconds."""


def make_event(conversation: int, sequence: int) -> bytes:
    """Make an event's body as the forwarding function sends it (docs/contract/custom-integration.md section 1)."""
    conversation_id = _CONVERSATION.format(conversation)
    said = {"type": "ContentEvent", "message": MESSAGE, "contentType": "text/plain"}
    context = {"type": "MESSAGING", "skillId": "1267643010", "campaignId": "1244787070", "engagementId": "1244787170"}
    lp_event = {
        "sequence": sequence,
        "dialogId": conversation_id,
        "originatorId": "ad8b4ae9-3d0c-4a1d-8f9f-4e0c4b1f6a2d",
        "originatorMetadata": {"id": "ad8b4ae9-3d0c-4a1d-8f9f-4e0c4b1f6a2d", "role": "CONSUMER"},
        "serverTimestamp": 1795300000000,
        "event": said,
        "conversationContext": {**context, "visitorId": "A4ZTY3Zjk0YzQ4NWE4ZDI1", "sessionId": "dLqVZlvDQbq4fJWH5g"},
        "metadata": [{"type": "BrandMessagingData"}],
    }
    customer = {
        "type": "ctmrinfo",
        "info": {"ctype": "gold", "customerId": "138766AC", "companyBranch": "Utrecht", "balance": "-400.99"},
    }
    person = {
        "type": "personal",
        "personal": {"firstname": "first", "lastname": "and last", "contacts": [{"email": "consumer@example.com"}]},
    }
    sdes = {"authenticatedSdes": {"customerInfo": customer}, "unauthenticatedSdes": {"personalInfo": person}}
    return dumps({"convId": conversation_id, "message": MESSAGE, "context": {"lpEvent": lp_event, "lpSdes": sdes}})


@dataclass(slots=True)
class Requests:
    """Endless different requests to the bots at these paths, in turns. Each is a new event of one of the conversations."""

    pieces: Sequence[tuple[bytes, ...]]
    """For each path: the bytes between the places of conversation and sequence."""
    conversations: int
    start: int
    """From which the numbers are counted."""
    made: int = 0

    def next(self) -> bytes:
        """Make the next one."""
        number = self.made
        self.made += 1
        conversation = b"%012d" % (self.start + number % self.conversations)
        sequence = b"%d" % (_NUMBER + self.start + number)
        head, key, first, second, third, last = self.pieces[number % len(self.pieces)]
        return b"".join(
            (head, conversation, key, sequence, first, conversation, second, sequence, third, conversation, last)
        )


@dataclass(slots=True)
class Fixed:
    """The same request again and again."""

    request: bytes

    def next(self) -> bytes:
        """Give it."""
        return self.request


def make_requests(paths: Sequence[str], *, conversations: int = CONVERSATIONS) -> Requests:
    """Prepare requests to these paths: other events than any before, which a shared store may have kept the answers of."""
    return Requests([_cut(path) for path in paths], conversations, MOST * next(_STARTS))


def events_path(account: str = ACCOUNT, bot: str = BOT) -> str:
    """Give the path of a bot's events."""
    return f"/v1/accounts/{account}/bots/{bot}/events"


def _cut(path: str) -> tuple[bytes, ...]:
    """Cut one whole request where the numbers stand: two in the head, three in the body."""
    conversation, sequence = 123_456_789_012, _NUMBER + 987_654_321
    body = make_event(conversation, sequence)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: keep-alive\r\nauthorization: Bearer {KEY}\r\n"
        f"content-type: application/json\r\nidempotency-key: {_CONVERSATION.format(conversation)}%3A{sequence}\r\n"
        f"accept: */*\r\naccept-encoding: gzip, deflate\r\nuser-agent: node\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    marked = (head.encode() + body).replace(b"%d" % conversation, b"\0").replace(b"%d" % sequence, b"\0")
    pieces = tuple(marked.split(b"\0"))
    assert len(pieces) == 6  # noqa: S101 - what `Requests.next` joins
    return pieces
