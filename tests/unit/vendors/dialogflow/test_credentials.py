import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from emulators.dialogflow import DialogflowEmulator
from emulators.faults import Fault
from emulators.google_tokens import ServiceAccount
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.ports import Clock
from gateway.contract.wire import dumps
from vendors.dialogflow.credentials import RENEW_AHEAD, RESOLVE_AGAIN, GoogleCredentials, Token
from vendors.dialogflow.errors import ES_SEND_QUERY
from vendors.dialogflow.settings import DialogflowEsSettings

HOUR = 3600

Opener = Callable[[DialogflowEsSettings], Any]


@pytest.fixture
async def opened(clock: Clock) -> AsyncIterator[Opener]:
    """Open credentials, and close them at the end."""
    made: list[GoogleCredentials] = []

    async def open_credentials(settings: DialogflowEsSettings) -> GoogleCredentials:
        made.append(GoogleCredentials(settings, clock, code=ES_SEND_QUERY))
        await made[-1].open()
        return made[-1]

    yield open_credentials
    for credentials in made:
        await credentials.close()


@pytest.fixture
async def credentials(settings: DialogflowEsSettings, opened: Opener) -> GoogleCredentials:
    found: GoogleCredentials = await opened(settings)
    return found


async def fail(credentials: GoogleCredentials, *, timeout: float = 5) -> dict[str, Any]:
    with pytest.raises(VendorFailure) as caught:
        await credentials.token(timeout=timeout)
    failure = caught.value
    assert failure.code == ES_SEND_QUERY
    return {"kind": failure.kind, "message": failure.message, "vendor_error": failure.vendor_error}


async def test_opening_fetches_nothing(emulator: DialogflowEmulator, credentials: GoogleCredentials) -> None:
    assert emulator.requests == []


async def test_many_callers_share_one_fetch_and_its_token(
    emulator: DialogflowEmulator, credentials: GoogleCredentials
) -> None:
    tokens = await asyncio.gather(*(credentials.token(timeout=5) for _ in range(50)))

    assert set(tokens) == {await credentials.token(timeout=5)}
    assert [request.path for request in emulator.requests] == ["/token"]
    assert list(tokens[0].headers) == ["authorization"]


async def test_token_is_renewed_ahead_while_the_old_one_is_used(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, clock: Any, gate: Any
) -> None:
    old = await credentials.token(timeout=5)
    emulator.faults.add(Fault(kind="delay", delay=1, stage="token", times=1))
    clock.ahead += HOUR - RENEW_AHEAD + 1

    meanwhile = await credentials.token(timeout=5)
    gate.opened.set()
    assert credentials._fetch is not None
    new = await credentials._fetch

    assert meanwhile is old
    assert new is not old
    assert await credentials.token(timeout=5) is new
    assert len(emulator.requests) == 2


async def test_token_is_at_hand_until_it_is_to_be_renewed(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, clock: Any
) -> None:
    seen = [credentials.at_hand]
    token = await credentials.token(timeout=5)
    for ahead in (0, HOUR - RENEW_AHEAD - 60, HOUR - RENEW_AHEAD + 1, 0):
        clock.ahead = ahead
        seen.append(credentials.at_hand)
    credentials.forget(token)
    seen.append(credentials.at_hand)

    assert seen == [None, token, token, None, token, None]
    assert len(emulator.requests) == 1


async def test_token_without_an_end_is_at_hand(credentials: GoogleCredentials, clock: Any) -> None:
    credentials._token = endless = Token({}, None)
    clock.ahead += 100 * HOUR

    assert credentials.at_hand is endless
    assert await credentials.token(timeout=5) is endless


async def test_renewal_ahead_that_fails_is_tried_again_later(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, clock: Any
) -> None:
    old = await credentials.token(timeout=5)
    emulator.faults.add(Fault(status=503, stage="token", times=1))
    clock.ahead += HOUR - RENEW_AHEAD + 1
    assert await credentials.token(timeout=5) is old
    assert credentials._fetch is not None
    await credentials._fetch

    assert await credentials.token(timeout=5) is old
    assert len(emulator.requests) == 2, "not at once"
    clock.ahead += RESOLVE_AGAIN
    assert await credentials.token(timeout=5) is old
    new = await credentials._fetch

    assert isinstance(new, Token)
    assert await credentials.token(timeout=5) is new


async def test_token_that_comes_near_its_end_is_not_fetched_each_turn(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, clock: Any
) -> None:
    emulator.faults.add(Fault(kind="body", stage="token", body={"access_token": "short", "expires_in": 100}, times=1))
    short = await credentials.token(timeout=5)

    assert {await credentials.token(timeout=5) for _ in range(5)} == {short}
    assert len(emulator.requests) == 1
    clock.ahead += RESOLVE_AGAIN
    assert await credentials.token(timeout=5) is short
    assert credentials._fetch is not None
    assert await credentials._fetch is not short


async def test_token_at_its_end_is_not_sent(credentials: GoogleCredentials, clock: Any) -> None:
    old = await credentials.token(timeout=5)
    clock.ahead += HOUR - 5

    new = await credentials.token(timeout=5)

    assert new is not old
    assert new.headers != old.headers


async def test_slow_token_server_does_not_block_the_loop(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, gate: Any
) -> None:
    # The emulator answers in this very loop and the gate is opened in it: a loop that was blocked would never get there.
    emulator.faults.add(Fault(kind="delay", delay=1, stage="token", times=1))
    waiting = asyncio.ensure_future(credentials.token(timeout=5))
    await gate.reached.wait()
    assert not waiting.done()

    gate.opened.set()

    assert isinstance(await waiting, Token)


async def test_caller_gives_up_and_the_next_one_joins_the_same_fetch(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, gate: Any
) -> None:
    emulator.faults.add(Fault(kind="delay", delay=1, stage="token", times=1))

    assert await fail(credentials, timeout=0.05) == {
        "kind": FailureKind.NOT_SENT,
        "message": "Google's token service gave no answer in time",
        "vendor_error": None,
    }
    gate.opened.set()
    await credentials.token(timeout=5)

    assert len(emulator.requests) == 1


async def test_cancelled_caller_leaves_the_fetch_to_others(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, gate: Any
) -> None:
    emulator.faults.add(Fault(kind="delay", delay=1, stage="token", times=1))
    first, second = (asyncio.ensure_future(credentials.token(timeout=5)) for _ in range(2))
    await gate.reached.wait()

    first.cancel()
    gate.opened.set()

    assert isinstance(await second, Token)
    assert first.cancelled()
    assert len(emulator.requests) == 1


async def test_closing_ends_a_fetch_under_way(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, gate: Any
) -> None:
    emulator.faults.add(Fault(kind="delay", delay=1, stage="token", times=1))
    waiting = asyncio.ensure_future(credentials.token(timeout=5))
    await gate.reached.wait()

    await credentials.close()

    with pytest.raises(VendorFailure) as caught:
        await waiting
    assert caught.value.kind is FailureKind.NOT_SENT


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        pytest.param(Fault(kind="cut", stage="token", times=1), "TransportError", id="cut"),
        # Once: google-auth itself would sleep and send twice more.
        pytest.param(Fault(status=500, stage="token", times=1), "TransportError", id="500"),
        pytest.param(Fault(status=503, stage="token", times=1), "TransportError", id="503"),
        pytest.param(Fault(status=429, stage="token", times=1), "TransportError", id="429"),
    ],
)
async def test_token_server_that_fails_is_asked_again_by_the_next_turn(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, fault: Fault, what: str
) -> None:
    emulator.faults.add(fault)

    assert await fail(credentials) == {
        "kind": FailureKind.NOT_SENT,
        "message": f"Google's token service gave no answer ({what})",
        "vendor_error": None,
    }
    assert len(emulator.requests) == 1
    assert isinstance(await credentials.token(timeout=5), Token)


async def test_token_server_that_is_not_there(emulator: DialogflowEmulator, credentials: GoogleCredentials) -> None:
    await emulator.stop()

    assert await fail(credentials) == {
        "kind": FailureKind.NOT_SENT,
        "message": "Google's token service gave no answer (TransportError)",
        "vendor_error": None,
    }


async def test_account_that_is_refused_is_tried_again_later_not_each_turn(
    emulator: DialogflowEmulator, credentials: GoogleCredentials, clock: Any
) -> None:
    emulator.faults.add(Fault(status=400, stage="token", body={"error": "invalid_grant"}, times=1))
    refused = {
        "kind": FailureKind.DENIED,
        "message": "the Google credentials cannot be used (RefreshError) (invalid_grant)",
        "vendor_error": "invalid_grant",
    }

    assert await fail(credentials) == refused
    assert await fail(credentials) == refused
    assert len(emulator.requests) == 1
    clock.ahead += RESOLVE_AGAIN

    assert isinstance(await credentials.token(timeout=5), Token)


async def test_key_of_another_account(emulator: DialogflowEmulator, settings: Any, opened: Opener) -> None:
    stranger = await asyncio.to_thread(ServiceAccount.generate)
    wrong = settings.model_copy(
        update={"credentials_json": type(settings.credentials_json)(stranger.credentials(emulator.url))}
    )

    assert await fail(await opened(wrong)) == {
        "kind": FailureKind.DENIED,
        "message": "the Google credentials cannot be used (RefreshError) (invalid_grant)",
        "vendor_error": "invalid_grant",
    }


async def test_answer_of_the_token_server_that_is_no_json(
    emulator: DialogflowEmulator, credentials: GoogleCredentials
) -> None:
    emulator.faults.add(Fault(kind="garbage", stage="token", times=1))

    assert (await fail(credentials))["kind"] is FailureKind.DENIED


async def test_key_with_escaped_newlines(emulator: DialogflowEmulator, account: ServiceAccount, opened: Opener) -> None:
    given = account.credentials(emulator.url)
    given["private_key"] = given["private_key"].replace("\n", "\\n")

    credentials = await opened(DialogflowEsSettings.model_validate({"project_id": "p", "credentials_json": given}))

    assert isinstance(await credentials.token(timeout=5), Token)


async def test_key_that_is_broken(opened: Opener) -> None:
    given = {"client_email": "a@b", "private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}

    failed = await fail(
        await opened(DialogflowEsSettings.model_validate({"project_id": "p", "credentials_json": given}))
    )

    assert failed["kind"] is FailureKind.DENIED
    assert failed["message"].startswith("the Google credentials cannot be used (")


async def test_credentials_file(
    emulator: DialogflowEmulator, account: ServiceAccount, opened: Opener, tmp_path: Path
) -> None:
    file = tmp_path / "account.json"
    file.write_bytes(dumps(account.credentials(emulator.url)))

    credentials = await opened(DialogflowEsSettings(project_id="p", credentials_file=str(file)))

    assert isinstance(await credentials.token(timeout=5), Token)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(None, "No such file or directory", id="missing"),
        pytest.param(b"{SECRET", "not JSON: line 1, column 2", id="no JSON"),
        pytest.param(b'{"type":"authorized_user"}', "must have the type service_account", id="of a user"),
    ],
)
async def test_credentials_file_that_is_no_good(
    opened: Opener, tmp_path: Path, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "account.json"
    if content is not None:
        file.write_bytes(content)

    assert await fail(await opened(DialogflowEsSettings(project_id="p", credentials_file=str(file)))) == {
        "kind": FailureKind.DENIED,
        "message": f"the Google credentials cannot be used (credentials_file: {problem})",
        "vendor_error": None,
    }


async def test_default_chain_that_finds_something_later(
    emulator: DialogflowEmulator,
    account: ServiceAccount,
    opened: Opener,
    clock: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "account.json"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    missing = {
        "kind": FailureKind.DENIED,
        "message": "the Google credentials cannot be used (DefaultCredentialsError)",
        "vendor_error": None,
    }
    credentials = await opened(DialogflowEsSettings(project_id="p"))

    assert await fail(credentials) == missing
    file.write_bytes(dumps(account.credentials(emulator.url)))
    assert await fail(credentials) == missing
    clock.ahead += RESOLVE_AGAIN

    assert isinstance(await credentials.token(timeout=5), Token)


async def test_quota_project_of_the_environment_is_sent(
    emulator: DialogflowEmulator,
    account: ServiceAccount,
    opened: Opener,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "account.json"
    file.write_bytes(dumps(account.credentials(emulator.url)))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "billed-1")

    token = await (await opened(DialogflowEsSettings(project_id="p"))).token(timeout=5)

    assert token.headers["x-goog-user-project"] == "billed-1"


async def test_only_the_token_that_was_refused_is_forgotten(credentials: GoogleCredentials) -> None:
    first = await credentials.token(timeout=5)
    credentials.forget(first)
    second = await credentials.token(timeout=5)

    credentials.forget(first)

    assert second is not first
    assert await credentials.token(timeout=5) is second


async def test_token_is_not_printed(credentials: GoogleCredentials) -> None:
    token = await credentials.token(timeout=5)

    secret = token.headers["authorization"].removeprefix("Bearer ")
    assert secret not in f"{token!r} {token}"
