"""What a function's failures mean (docs/contract/vendors/function.md, "Fallbacks and errors").

The transport's failures are failed-faas-request, the function's own are invoke-lambda. Only what never arrived is tried
again: a turn that may have reached the function is never sent a second time.
"""

from typing import Final, NamedTuple

from gateway.contract.callables import CallableFailed
from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, VendorFailure
from vendors.http import HttpAnswer, TransportFailure

INVOKE_LAMBDA: Final = PREFIX + "aivendor.faas.invoke-lambda"
FAILED_FAAS_REQUEST: Final = PREFIX + "aivendor.faas.failed-faas-request"
MISSING_RESPONSE_BODY: Final = PREFIX + "aivendor.faas.missing-response-body"
MALFORMED_ALTERNATIVE_INTENTS: Final = PREFIX + "aivendor.faas.parse-message.malformed-alternative-intents"


class Meaning(NamedTuple):
    """A row: what a failure is, and its code."""

    kind: FailureKind
    code: str


BY_STATUS: Final = {
    401: Meaning(FailureKind.DENIED, FAILED_FAAS_REQUEST),
    403: Meaning(FailureKind.DENIED, FAILED_FAAS_REQUEST),
    408: Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA),  # an answer came: it may have run, and is not late
    429: Meaning(FailureKind.THROTTLED, INVOKE_LAMBDA),
    503: Meaning(FailureKind.UNAVAILABLE, INVOKE_LAMBDA),
}
"""Any other status of 500 and up is the function's fault, any other below (a redirect too) a request that was refused."""

BY_TRANSPORT: Final = {FailureKind.NOT_SENT: FAILED_FAAS_REQUEST, FailureKind.REFUSED: FAILED_FAAS_REQUEST}
"""Codes of what never reached the function; everything later is invoke-lambda."""


def translate_status(answer: HttpAnswer) -> VendorFailure:
    """Translate an answer that is not a success."""
    meaning = BY_STATUS.get(answer.status) or (
        Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA)
        if answer.status >= 500
        else Meaning(FailureKind.REFUSED, FAILED_FAAS_REQUEST)
    )
    return VendorFailure(
        meaning.kind,
        meaning.code,
        "The function's service answered with an error",
        vendor_status=answer.status,
        retry_after=answer.retry_after,
        retries=0,
    )


def translate_transport(failure: TransportFailure) -> VendorFailure:
    """Translate a request that brought no answer."""
    code = BY_TRANSPORT.get(failure.kind, INVOKE_LAMBDA)
    return VendorFailure(failure.kind, code, f"No answer of the function's service: {failure.what}")


def translate_callable(failure: CallableFailed) -> VendorFailure:
    """Translate a callable that raised or took too long: what a 500 or a read timeout is elsewhere."""
    kind = FailureKind.TIMED_OUT if failure.timed_out else FailureKind.SERVER_FAULT
    return VendorFailure(kind, INVOKE_LAMBDA, f"The function {failure}")


def unusable(problem: str, *, code: str = INVOKE_LAMBDA) -> VendorFailure:
    """Make the failure of an answer that cannot be read."""
    return VendorFailure(FailureKind.UNUSABLE, code, f"The function's answer cannot be used: {problem}")
