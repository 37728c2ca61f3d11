"""What a function's failures mean (docs/contract/vendors/function.md, "Fallbacks and errors").

The transport's failures are failed-faas-request, the function's own are invoke-lambda. Of a service or a callable only what
never arrived is tried again: a turn that may have reached it is never sent a second time. LivePerson's platform says itself
what may be tried again (docs/contract/errors.md section 10), as long as it does not also say that the function has run.
"""

from typing import Final, NamedTuple

from gateway.contract.callables import CallableFailed
from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, VendorFailure
from vendors.client_credentials import TokenFailure
from vendors.exchange import TransportFailure
from vendors.http import HttpAnswer
from vendors.invocation import PLATFORM, read_platform_code

INVOKE_LAMBDA: Final = PREFIX + "aivendor.faas.invoke-lambda"
FAILED_FAAS_REQUEST: Final = PREFIX + "aivendor.faas.failed-faas-request"
TEST_CONNECTION: Final = PREFIX + "aivendor.faas.testConnection"
MISSING_RESPONSE_BODY: Final = PREFIX + "aivendor.faas.missing-response-body"
MALFORMED_ALTERNATIVE_INTENTS: Final = PREFIX + "aivendor.faas.parse-message.malformed-alternative-intents"


class Meaning(NamedTuple):
    """A row: what a failure is, its code, and how often it may be tried again (None: as the bot's policy allows)."""

    kind: FailureKind
    code: str
    retries: int | None = 0


BY_STATUS: Final = {
    401: Meaning(FailureKind.DENIED, FAILED_FAAS_REQUEST),
    403: Meaning(FailureKind.DENIED, FAILED_FAAS_REQUEST),
    408: Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA),  # an answer came: it may have run, and is not late
    429: Meaning(FailureKind.THROTTLED, INVOKE_LAMBDA),
    503: Meaning(FailureKind.UNAVAILABLE, INVOKE_LAMBDA),
}
"""Any other status of 500 and up is the function's fault, any other below (a redirect too) a request that was refused."""

BY_PLATFORM_STATUS: Final = {
    401: Meaning(FailureKind.DENIED, FAILED_FAAS_REQUEST),
    403: Meaning(FailureKind.DENIED, FAILED_FAAS_REQUEST),
    408: Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA),
    429: Meaning(FailureKind.THROTTLED, INVOKE_LAMBDA, None),
    500: Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA, None),
    502: Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA, None),
    503: Meaning(FailureKind.UNAVAILABLE, INVOKE_LAMBDA, None),
    504: Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA, None),
}
"""LivePerson's platform (docs/contract/errors.md section 10); 901, and any other status, as for a service."""

BY_PLATFORM_CODE: Final = {
    PLATFORM + "es.badinput": Meaning(FailureKind.REFUSED, FAILED_FAAS_REQUEST),
    PLATFORM + "es.notdeployed": Meaning(FailureKind.REFUSED, FAILED_FAAS_REQUEST),
    PLATFORM + "es.missinglambda": Meaning(FailureKind.REFUSED, FAILED_FAAS_REQUEST),
    PLATFORM + "handler.custom-failure": Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA),
    PLATFORM + "handler.runtime-exception": Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA),
    PLATFORM + "handler.executiontime-exceeded": Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA),
    PLATFORM + "handler.log-limit-reached": Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA),
}
"""What the platform's code says for certain, whatever the status; the other codes leave it to the status."""
MIN_WAIT: Final = 1.0
"""Seconds before a call that was one too many may be made again (section 10)."""

BY_TRANSPORT: Final = {FailureKind.NOT_SENT: FAILED_FAAS_REQUEST, FailureKind.REFUSED: FAILED_FAAS_REQUEST}
"""Codes of what never reached the function; everything later is invoke-lambda."""


def translate_status(answer: HttpAnswer) -> VendorFailure:
    """Translate an answer that is not a success."""
    meaning = BY_STATUS.get(answer.status) or _choose_by_class(answer.status)
    return VendorFailure(
        meaning.kind,
        meaning.code,
        "The function's service answered with an error",
        vendor_status=answer.status,
        retry_after=answer.retry_after,
        retries=meaning.retries,
    )


def translate_platform(answer: HttpAnswer) -> VendorFailure:
    """Translate what LivePerson's platform answered instead of a function's result."""
    code = read_platform_code(answer)
    meaning = (
        BY_PLATFORM_CODE.get(code or "") or BY_PLATFORM_STATUS.get(answer.status) or _choose_by_class(answer.status)
    )
    retry_after = answer.retry_after
    if meaning.kind is FailureKind.THROTTLED:
        retry_after = max(MIN_WAIT, retry_after or 0.0)
    return VendorFailure(
        meaning.kind,
        meaning.code,
        "LivePerson Functions answered with an error",
        vendor_status=answer.status,
        vendor_error=code,
        retry_after=retry_after,
        retries=meaning.retries,
    )


def translate_token(failure: TokenFailure) -> VendorFailure:
    """Translate a call that got no token, so that nothing has reached the function."""
    return VendorFailure(
        failure.kind,
        FAILED_FAAS_REQUEST,
        f"No access to LivePerson Functions: {failure.what}",
        vendor_status=failure.status,
        retry_after=failure.retry_after,
    )


def _choose_by_class(status: int) -> Meaning:
    if status >= 500:
        return Meaning(FailureKind.SERVER_FAULT, INVOKE_LAMBDA)
    return Meaning(FailureKind.REFUSED, FAILED_FAAS_REQUEST)


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
