from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from gateway.contract.catalogue import CATALOGUE, OWN_PREFIX, PREFIX
from gateway.contract.errors import (
    BridgeError,
    FailureKind,
    HookFailed,
    InvalidRequest,
    ReplyRejected,
    RequestRefused,
    TurnFailed,
    UnforeseenFault,
    VendorFailure,
)

DATA = Path(__file__).parents[3] / "data" / "contract"
KINDS = orjson.loads((DATA / "failure_kinds.json").read_bytes())
LEX = PREFIX + "aivendor.lex.send-query"


def test_every_kind_of_failure_is_in_the_table() -> None:
    assert [kind.label for kind in FailureKind] == list(KINDS)


@pytest.mark.parametrize("kind", FailureKind, ids=lambda kind: kind.label)
def test_a_kind_says_what_may_be_done(kind: FailureKind) -> None:
    assert {
        "status": kind.status,
        "retries": kind.retries,
        "counts": kind.counts,
        "taken": kind.taken,
        "caller_may_retry": kind.caller_may_retry,
    } == KINDS[kind.label]


@pytest.mark.parametrize("kind", FailureKind, ids=lambda kind: kind.label)
def test_a_vendor_failure_takes_its_status_from_its_kind(kind: FailureKind) -> None:
    failure = VendorFailure(kind, LEX, "Lex did not answer", retry_after=2.5)

    assert vars(failure) == {
        "entry": CATALOGUE[LEX],
        "code": LEX,
        "message": "Lex did not answer",
        "error_id": failure.error_id,
        "status": KINDS[kind.label]["status"],
        "retryable": KINDS[kind.label]["caller_may_retry"],
        "retry_after": 2.5,
        "vendor": None,
        "kind": kind,
        "vendor_status": None,
        "vendor_error": None,
        "request_id": None,
        "retries": KINDS[kind.label]["retries"],
    }


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({}, "Lex refused"),
        ({"vendor_status": 429}, "Lex refused (HTTP 429)"),
        ({"vendor_error": "ThrottlingException"}, "Lex refused (ThrottlingException)"),
        ({"request_id": "r-1"}, "Lex refused (request id r-1)"),
        (
            {"vendor_status": 429, "vendor_error": "ThrottlingException", "request_id": "r-1"},
            "Lex refused (HTTP 429, ThrottlingException, request id r-1)",
        ),
    ],
    ids=str,
)
def test_a_vendor_failure_tells_its_facts(facts: dict[str, Any], message: str) -> None:
    failure = VendorFailure(FailureKind.THROTTLED, LEX, "Lex refused", **facts)

    assert failure.message == str(failure) == message
    assert {name: getattr(failure, name) for name in facts} == facts


@pytest.mark.parametrize("retries", [None, 0, 2])
def test_a_vendors_table_overrules_the_kinds_retries(retries: int | None) -> None:
    assert VendorFailure(FailureKind.CONFLICT, LEX, "x", retries=retries).retries == retries


@pytest.mark.parametrize(
    ("error", "kind", "code", "status", "message"),
    [
        (
            RequestRefused(OWN_PREFIX + "unknown-bot", "There is no such bot."),
            RequestRefused,
            OWN_PREFIX + "unknown-bot",
            404,
            "There is no such bot.",
        ),
        (
            HookFailed("The pre hook acme.hooks:tag raised ValueError."),
            TurnFailed,
            PREFIX + "aivendor.faas.failed-hook",
            500,
            "The pre hook acme.hooks:tag raised ValueError.",
        ),
        (
            ReplyRejected(PREFIX + "pipes.verify-ai-response.missing-action-and-messages", "Nothing."),
            TurnFailed,
            PREFIX + "pipes.verify-ai-response.missing-action-and-messages",
            502,
            "Nothing.",
        ),
        (
            UnforeseenFault(),
            TurnFailed,
            PREFIX + "events-queue.not-catched-pipeline-error",
            500,
            "An unforeseen fault ended the turn; the log has it under this error id.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BridgeError) else "",
)
def test_the_tree(error: BridgeError, kind: type[BridgeError], code: str, status: int, message: str) -> None:
    assert isinstance(error, kind)
    assert (error.code, error.status, error.message) == (code, status, message)
    assert error.entry is CATALOGUE[code]
    assert (error.retryable, error.retry_after, error.vendor) == (False, None, None)
    assert str(error) == message


def test_every_occurrence_has_an_id_of_its_own() -> None:
    first, second = UnforeseenFault(), UnforeseenFault()

    assert UUID(first.error_id).version == UUID(second.error_id).version == 4
    assert first.error_id != second.error_id


def test_a_status_that_is_given_wins_over_the_catalogues() -> None:
    assert BridgeError(LEX, "x", status=503).status == 503
    assert BridgeError(LEX, "x").status == 502


def test_an_error_that_the_catalogue_does_not_know_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        BridgeError("botbridge.error.made-up", "x")


def test_a_request_that_cannot_be_sent_names_the_place() -> None:
    error = InvalidRequest("sessionId", "must be a string")

    assert (error.path, error.problem, str(error)) == ("sessionId", "must be a string", "sessionId: must be a string")
