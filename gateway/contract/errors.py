"""What can go wrong, and what it is called.

    BridgeError                 has a code of the catalogue, an id of its own, and an HTTP status
    ├── RequestRefused          the caller's request: botbridge.error.…
    └── TurnFailed              a turn that began and got no answer; escalated where the bot says so
        ├── VendorFailure       the vendor: aivendor.…; its `kind` says what may be done about it
        ├── HookFailed          a pre or post hook: aivendor.faas.failed-hook
        ├── ReplyRejected       an answer that breaks LivePerson's contract: pipes.…, …malformed-alternative-intents
        └── UnforeseenFault     ours: events-queue.not-catched-pipeline-error

Messages are built from structured facts (status, the vendor's own error name, request id), never from prose that could
quote a consumer. Cancellation is not a failure and passes through untouched.
"""

from enum import Enum
from typing import Final
from uuid import uuid4

from gateway.contract.catalogue import CATALOGUE, PREFIX, Entry

FAILED_HOOK: Final = PREFIX + "aivendor.faas.failed-hook"
NOT_CATCHED: Final = PREFIX + "events-queue.not-catched-pipeline-error"


class FailureKind(Enum):
    """What a vendor's failure means for the turn. Values: (name, retries, counts, taken).

    - `retries`: how often it may be tried again: None as often as the bot's policy allows, 0 never.
    - `counts`: whether it speaks of the vendor's health, and so counts against the circuit.
    - `taken`: whether the vendor may already have taken the turn.
    """

    NOT_SENT = ("not-sent", None, True, False)
    """DNS, connect or TLS failed: nothing arrived."""
    THROTTLED = ("throttled", None, True, False)
    """429: refused unread."""
    UNAVAILABLE = ("unavailable", None, True, False)
    """503: refused unread."""
    CONFLICT = ("conflict", 1, False, False)
    """Another turn of the same session is under way (Lex 409)."""
    SERVER_FAULT = ("server-fault", 0, True, True)
    """The vendor broke while it worked; a vendor's table may allow another try."""
    TIMED_OUT = ("timed-out", 0, True, True)
    """No answer in time."""
    CUT = ("cut", 0, True, True)
    """The connection broke after the request had gone out."""
    REFUSED = ("refused", 0, False, False)
    """Any other 4xx: the request or the set-up is wrong."""
    DENIED = ("denied", 0, False, False)
    """401, 403, or credentials that cannot be had."""
    UNUSABLE = ("unusable", 0, False, True)
    """An answer came and cannot be read."""
    REPORTED = ("reported", 0, False, True)
    """A well-formed answer that reports the bot's own failure."""
    CIRCUIT_OPEN = ("circuit-open", 0, False, False)
    """Not asked: the circuit is open."""
    DEADLINE = ("deadline", 0, True, True)
    """The turn's whole time ran out while the vendor was asked."""
    NOT_ASKED = ("not-asked", 0, False, False)
    """The turn's whole time ran out before the vendor was asked: in the queue of its conversation, or in a hook."""

    def __init__(self, label: str, retries: int | None, counts: bool, taken: bool) -> None:
        self.label = label
        self.retries = retries
        self.counts = counts
        self.taken = taken

    @property
    def status(self) -> int:
        """The HTTP status of a turn that ends with this (docs/contract/errors.md, botbridge's own table)."""
        match self:
            case FailureKind.TIMED_OUT | FailureKind.DEADLINE | FailureKind.NOT_ASKED:
                return 504
            case FailureKind.CIRCUIT_OPEN:
                return 503
            case _:
                return 502

    @property
    def caller_may_retry(self) -> bool:
        """Say whether the same event sent again later could succeed without doubling the turn."""
        return not self.taken and self not in {FailureKind.REFUSED, FailureKind.DENIED}


class BridgeError(Exception):
    """Root of every error that reaches a caller."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.entry: Entry = CATALOGUE[code]
        self.code = code
        self.message = message
        self.error_id = str(uuid4())
        """Names this occurrence in the answer, the log and the error hook."""
        self.status: int = status or self.entry.status or 500
        self.retryable = retryable
        self.retry_after = retry_after
        """Seconds after which another try makes sense."""
        self.vendor: str | None = None
        """The bot's vendor as the account file names it, once a turn has begun."""


class RequestRefused(BridgeError):
    """The request never became a turn."""


class TurnFailed(BridgeError):
    """A turn that ends without an answer of the bot."""


class VendorFailure(TurnFailed):
    """A vendor did not answer, or answered what cannot be used."""

    def __init__(
        self,
        kind: FailureKind,
        code: str,
        message: str,
        *,
        vendor_status: int | None = None,
        vendor_error: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        retries: int | None = -1,
    ) -> None:
        """Describe a failure by its facts.

        `vendor_error` is the vendor's own name of it (`ThrottlingException`, `UNAVAILABLE`), `retry_after` seconds as the
        vendor asked, `retries` what the vendor's own table says instead of the kind's rule (None: without a limit of
        its own).
        """
        facts = [
            f"HTTP {vendor_status}" if vendor_status else "",
            vendor_error or "",
            f"request id {request_id}" if request_id else "",
        ]
        told = ", ".join(fact for fact in facts if fact)
        super().__init__(
            code,
            f"{message} ({told})" if told else message,
            status=kind.status,
            retryable=kind.caller_may_retry,
            retry_after=retry_after,
        )
        self.kind = kind
        self.vendor_status = vendor_status
        self.vendor_error = vendor_error
        self.request_id = request_id
        self.retries = kind.retries if retries == -1 else retries


class HookFailed(TurnFailed):
    """A pre or post hook raised, ran out of time, or gave back what it may not."""

    def __init__(self, message: str) -> None:
        super().__init__(FAILED_HOOK, message)


class ReplyRejected(TurnFailed):
    """An answer that LivePerson would refuse (docs/contract/errors.md section 6)."""


class UnforeseenFault(TurnFailed):
    """A fault of botbridge itself; the cause goes to the log, not to the caller."""

    def __init__(self) -> None:
        super().__init__(NOT_CATCHED, "An unforeseen fault ended the turn; the log has it under this error id.")


class InvalidRequest(ValueError):
    """A vendor request that cannot be sent: a hook has made it so. `path` names the place, nothing quotes content."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem
