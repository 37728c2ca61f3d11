import pytest
from multidict import CIMultiDict

from gateway.contract.callables import CallableFailed
from gateway.contract.errors import FailureKind
from vendors.exchange import TransportFailure
from vendors.function.errors import (
    FAILED_FAAS_REQUEST,
    INVOKE_LAMBDA,
    translate_callable,
    translate_status,
    translate_transport,
)
from vendors.http import HttpAnswer


@pytest.mark.parametrize("status", [*range(300, 309), *range(400, 452), *range(500, 512), 901])
def test_no_status_is_tried_again(status: int) -> None:
    failure = translate_status(HttpAnswer(status, CIMultiDict(), b""))
    assert failure.retries == 0
    own = status >= 500 or status in {408, 429}
    assert failure.code == (INVOKE_LAMBDA if own else FAILED_FAAS_REQUEST)


@pytest.mark.parametrize(
    ("kind", "code", "retries"),
    [
        (FailureKind.NOT_SENT, FAILED_FAAS_REQUEST, None),
        (FailureKind.REFUSED, FAILED_FAAS_REQUEST, 0),
        (FailureKind.TIMED_OUT, INVOKE_LAMBDA, 0),
        (FailureKind.CUT, INVOKE_LAMBDA, 0),
        (FailureKind.UNUSABLE, INVOKE_LAMBDA, 0),
    ],
)
def test_only_what_never_arrived_is_tried_again(kind: FailureKind, code: str, retries: int | None) -> None:
    failure = translate_transport(TransportFailure(kind, "no luck"))
    assert (failure.kind, failure.code, failure.retries) == (kind, code, retries)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (CallableFailed("raised ValueError"), FailureKind.SERVER_FAULT),
        (CallableFailed("ran past its timeout of 1 s", timed_out=True), FailureKind.TIMED_OUT),
    ],
)
def test_a_callable_s_failure_is_its_own(failure: CallableFailed, kind: FailureKind) -> None:
    translated = translate_callable(failure)
    assert (translated.kind, translated.code, translated.retries, translated.message) == (
        kind,
        INVOKE_LAMBDA,
        0,
        f"The function {failure}",
    )
