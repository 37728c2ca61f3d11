from gateway.contract.catalogue import PREFIX
from gateway.contract.errors import FailureKind, HookFailed, TurnFailed, VendorFailure
from gateway.contract.types import Action, ActionName, Reply
from gateway.status import BotState, BotStatus, Counters
from tests.fakes import FakeClock

ANSWER = Reply(action=None)


def vendor_failure() -> VendorFailure:
    return VendorFailure(FailureKind.UNAVAILABLE, PREFIX + "aivendor.lex.send-query", "Lex is away.")


def fail(status: BotStatus, error: TurnFailed, *, is_open: bool = False) -> None:
    status.note("failed", reply=None, error=error, is_new=False, is_open=is_open)


def succeed(status: BotStatus, reply: Reply = ANSWER, *, is_new: bool = False) -> None:
    status.note("answered", reply=reply, error=None, is_new=is_new, is_open=False)


def test_a_bot_begins_online() -> None:
    status = BotStatus(FakeClock(1000))
    assert (status.state, status.since, status.last_error) == (BotState.ONLINE, 1000, None)


def test_failures_in_a_row_interrupt_it_and_a_success_ends_that() -> None:
    clock = FakeClock(1000)
    status = BotStatus(clock)
    for second in range(3):
        assert status.state is BotState.ONLINE
        clock.now = 1001 + second
        fail(status, vendor_failure())
    state, since = status.state, status.since
    assert (state, since) == (BotState.VENDOR_INTERRUPTION, 1003)
    clock.now = 1010
    fail(status, vendor_failure())
    assert status.since == 1003
    succeed(status)
    assert (status.state, status.since) == (BotState.ONLINE, 1010)


def test_failures_with_a_success_in_between_do_not() -> None:
    status = BotStatus(FakeClock())
    for _ in range(5):
        fail(status, vendor_failure())
        fail(status, vendor_failure())
        succeed(status)
    assert status.state is BotState.ONLINE


def test_an_open_circuit_interrupts_it_at_once() -> None:
    status = BotStatus(FakeClock())
    fail(status, vendor_failure(), is_open=True)
    assert status.state is BotState.VENDOR_INTERRUPTION


def test_a_hook_that_fails_is_a_matter_of_the_service() -> None:
    status = BotStatus(FakeClock())
    for _ in range(3):
        fail(status, HookFailed("the pre hook acme:tag raised ValueError"))
    assert status.state is BotState.SERVICE_INTERRUPTION


def test_the_last_error_is_told_with_its_remedy() -> None:
    status = BotStatus(FakeClock(7))
    error = vendor_failure()
    fail(status, error)
    last = status.last_error
    assert last is not None
    assert (last.code, last.error_id, last.message, last.remedy, last.at) == (
        error.code,
        error.error_id,
        "Lex is away.",
        error.entry.remedy,
        7,
    )


def test_what_the_bot_did_is_counted() -> None:
    status = BotStatus(FakeClock())
    succeed(status, is_new=True)
    succeed(status, Reply(action=Action(ActionName.TRANSFER, {"skill": "s"})))
    succeed(status, Reply(action=Action(ActionName.CLOSE_CONVERSATION)))
    fail(status, vendor_failure())
    escalated = Reply(action=Action(ActionName.TRANSFER, {"skill": "s"}))
    status.note("escalated", reply=escalated, error=vendor_failure(), is_new=True, is_open=False)
    for outcome in ("repeated", "refused", "cancelled"):
        status.note(outcome, reply=None, error=None, is_new=True, is_open=False)
    assert status.counters == Counters(turns=5, conversations=2, closed=1, transferred=1, escalated=1, failed=1)
