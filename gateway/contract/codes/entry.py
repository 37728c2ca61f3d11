"""What the catalogue says of one code."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PREFIX: Final = "com.liveperson.bot-connectors-worker.error."
"""Of every bot-connector code."""
OWN_PREFIX: Final = "botbridge.error."
"""Of botbridge's own codes: requests that never became a turn."""


class RaisedBy(StrEnum):
    """Who can know of it."""

    GATEWAY = "botbridge"
    LIVEPERSON = "LivePerson"
    BOTH = "botbridge or LivePerson"
    TESTER = "Conversation Tester"
    FUNCTIONS = "LivePerson Functions"


@dataclass(frozen=True, slots=True)
class Entry:
    """One code. `status` is botbridge's HTTP status where it ends a request, None where it never does."""

    code: str
    meaning: str
    remedy: str
    raised_by: RaisedBy
    source: str
    """The section of docs/contract/errors.md."""
    status: int | None = None
