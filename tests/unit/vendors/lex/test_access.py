"""Where keys and endpoint come from; AssumeRole is botocore's own call to a small STS on loopback."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from aiohttp import web

from emulators.lex import LexEmulator
from gateway.contract.errors import FailureKind, VendorFailure
from tests.unit.vendors.lex.conftest import MakeBot, MakeSettings
from vendors.lex.access import RETRY_AFTER, Access, AccessKeeper
from vendors.lex.errors import SEND_QUERY
from vendors.lex.signing import make_keys

ROLE = "arn:aws:iam::123456789012:role/lex"


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class Sts:
    """AssumeRole: hands out the keys of the Lex emulator, with a session token that counts the calls."""

    def __init__(self) -> None:
        self.calls: list[dict[str, str]] = []
        self.lifetime = timedelta(hours=1)
        self.fails = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def answer(self, request: web.Request) -> web.Response:
        """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html."""
        self.calls.append({key: str(value) for key, value in (await request.post()).items()})
        count = len(self.calls)
        await self.gate.wait()
        if self.fails:
            body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
            return web.Response(status=403, text=body, content_type="text/xml")
        ends = (datetime.now(UTC) + self.lifetime).strftime("%Y-%m-%dT%H:%M:%SZ")
        return web.Response(
            content_type="text/xml",
            text=f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
            <Credentials><AccessKeyId>AKIDEMULATOR</AccessKeyId><SecretAccessKey>lex-emulator</SecretAccessKey>
            <SessionToken>token-{count}</SessionToken><Expiration>{ends}</Expiration></Credentials>
            </AssumeRoleResult></AssumeRoleResponse>""",
        )


@pytest.fixture
async def sts(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sts]:
    service = Sts()
    app = web.Application()
    app.router.add_post("/", service.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield service
    service.gate.set()
    await runner.cleanup()


MakeKeeper: TypeAlias = Callable[..., Awaitable[AccessKeeper]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def make_keeper(make_settings: MakeSettings, clock: FakeClock) -> AsyncIterator[MakeKeeper]:
    """Make opened keepers, closed at the end."""
    keepers: list[AccessKeeper] = []

    async def make(**changes: str | None) -> AccessKeeper:
        keepers.append(AccessKeeper(make_settings(**changes), clock))
        await keepers[-1].open()
        return keepers[-1]

    yield make
    for keeper in keepers:
        await keeper.close()


async def fail_to_get(keeper: AccessKeeper) -> VendorFailure:
    with pytest.raises(VendorFailure) as caught:
        await keeper.get()
    return caught.value


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("eu-west-1", "https://runtime-v2-lex.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", "https://runtime-v2-lex.us-gov-west-1.amazonaws.com"),
    ],
)
async def test_endpoint_is_the_region_s(region: str, endpoint: str, make_keeper: MakeKeeper) -> None:
    assert (await (await make_keeper(region=region)).get()).endpoint == endpoint


async def test_endpoint_of_the_environment(monkeypatch: pytest.MonkeyPatch, make_keeper: MakeKeeper) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_LEX_RUNTIME_V2", "https://vpce-1.example.com/")
    assert (await (await make_keeper()).get()).endpoint == "https://vpce-1.example.com"


async def test_endpoint_of_the_settings_goes_first(monkeypatch: pytest.MonkeyPatch, make_keeper: MakeKeeper) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://other.example.com")
    keeper = await make_keeper(endpoint_url="https://mine.example.com/lex")
    assert (await keeper.get()).endpoint == "https://mine.example.com/lex"


async def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch, make_bot: MakeBot) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEMULATOR")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lex-emulator")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of the environment")
    async with LexEmulator(session_token="of the environment") as lex:
        bot = await make_bot(access_key_id=None, secret_access_key=None, endpoint_url=lex.url)
        assert (await bot.ask({"text": "hello"}, {"convId": "a1"}, timeout=10))["sessionId"] == "a1"


async def test_keys_of_a_profile(monkeypatch: pytest.MonkeyPatch, make_bot: MakeBot, tmp_path: object) -> None:
    with open(f"{tmp_path}/credentials", "w") as file:  # noqa: ASYNC230, PTH123 - three lines, before anything runs
        file.write("[lex]\naws_access_key_id = AKIDEMULATOR\naws_secret_access_key = lex-emulator\n")
    monkeypatch.setenv("AWS_PROFILE", "lex")
    async with LexEmulator() as lex:
        bot = await make_bot(access_key_id=None, secret_access_key=None, endpoint_url=lex.url)
        assert (await bot.ask({"text": "hello"}, {"convId": "a1"}, timeout=10))["sessionId"] == "a1"


async def test_without_credentials_the_bot_opens_and_is_denied_until_there_are_some(
    monkeypatch: pytest.MonkeyPatch, make_keeper: MakeKeeper, clock: FakeClock
) -> None:
    keeper = await make_keeper(access_key_id=None, secret_access_key=None)
    failure = await fail_to_get(keeper)
    assert (failure.kind, failure.code, failure.message) == (
        FailureKind.DENIED,
        SEND_QUERY,
        "No AWS credentials: NoCredentialsError",
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    clock.now += RETRY_AFTER - 1
    assert (await fail_to_get(keeper)).kind is FailureKind.DENIED
    clock.now += 1
    assert (await keeper.get()).endpoint == "https://runtime-v2-lex.us-east-1.amazonaws.com"


async def test_a_profile_that_is_not_there_is_denied_and_logged(
    monkeypatch: pytest.MonkeyPatch, make_keeper: MakeKeeper, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with caplog.at_level(logging.WARNING, "vendors.lex.access"):
        failure = await fail_to_get(await make_keeper(access_key_id=None, secret_access_key=None))
    assert failure.message == "No AWS credentials: ProfileNotFound"
    assert caplog.messages == ["lex-no-credentials: ProfileNotFound"]


async def test_role_is_assumed_and_used(sts: Sts, make_bot: MakeBot) -> None:
    async with LexEmulator(session_token="token-1") as lex:
        bot = await make_bot(access_key_id="AKIDBASE", role_arn=ROLE, endpoint_url=lex.url)
        for _ in range(2):
            await bot.ask({"text": "hello"}, {"convId": "a1"}, timeout=10)
    assert [(call["Action"], call["RoleArn"], call["RoleSessionName"]) for call in sts.calls] == [
        ("AssumeRole", ROLE, "botbridge")
    ]


async def test_role_is_renewed_early_beside_the_turns(sts: Sts, make_keeper: MakeKeeper, clock: FakeClock) -> None:
    sts.lifetime = timedelta(minutes=5)  # less than the 15 minutes at which botocore wants new ones
    keeper = await make_keeper(role_arn=ROLE)
    first = await keeper.get()
    assert len(sts.calls) == 1
    clock.now += RETRY_AFTER
    sts.gate.clear()
    assert await keeper.get() is first  # while the renewal waits for the service
    sts.lifetime = timedelta(hours=1)
    sts.gate.set()
    await keeper._renew_once()
    assert await keeper.get() is not first
    clock.now += RETRY_AFTER
    await keeper.get()
    assert len(sts.calls) == 2


async def test_a_renewal_that_fails_leaves_the_keys_that_are_still_good(
    sts: Sts, make_keeper: MakeKeeper, clock: FakeClock
) -> None:
    sts.lifetime = timedelta(minutes=5)
    keeper = await make_keeper(role_arn=ROLE)
    first = await keeper.get()
    sts.fails = True
    clock.now += RETRY_AFTER
    await keeper.get()
    await keeper._renew_once()
    assert await keeper.get() is first
    sts.fails = False
    sts.lifetime = timedelta(hours=1)
    clock.now += RETRY_AFTER
    await keeper.get()
    await keeper._renew_once()
    assert await keeper.get() is not first


async def test_a_role_that_is_refused_is_denied_until_it_is_not(
    sts: Sts, make_keeper: MakeKeeper, clock: FakeClock
) -> None:
    sts.fails = True
    keeper = await make_keeper(role_arn=ROLE)
    failure = await fail_to_get(keeper)
    assert (failure.kind, failure.message) == (FailureKind.DENIED, "No AWS credentials: ClientError")
    sts.fails = False
    clock.now += RETRY_AFTER
    assert (await keeper.get()).signer is not None


async def test_many_turns_wait_for_one_renewal(sts: Sts, make_keeper: MakeKeeper, clock: FakeClock) -> None:
    sts.fails = True
    keeper = await make_keeper(role_arn=ROLE)
    sts.fails = False
    clock.now += RETRY_AFTER
    given = await asyncio.gather(*(keeper.get() for _ in range(20)))
    assert len(set(map(id, given))) == 1
    assert len(sts.calls) == 2


async def test_a_turn_waits_for_credentials_no_longer_than_its_time(
    sts: Sts, make_bot: MakeBot, clock: FakeClock
) -> None:
    sts.fails = True
    async with LexEmulator() as lex:
        bot = await make_bot(role_arn=ROLE, endpoint_url=lex.url, clock=clock)
        clock.now += RETRY_AFTER
        sts.gate.clear()
        session = {"convId": "a1"}
        with pytest.raises(VendorFailure) as caught:
            await bot.ask({"text": "hello"}, session, timeout=0.05)
    assert (caught.value.kind, caught.value.message) == (
        FailureKind.NOT_SENT,
        "AWS credentials did not come in time",
    )
    assert session == {"convId": "a1"}


async def test_a_turn_that_gives_up_leaves_the_renewal_to_the_others(
    sts: Sts, make_keeper: MakeKeeper, clock: FakeClock
) -> None:
    sts.fails = True
    keeper = await make_keeper(role_arn=ROLE)
    sts.fails = False
    clock.now += RETRY_AFTER
    sts.gate.clear()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await keeper.get()
    sts.gate.set()
    assert (await keeper.get()).signer is not None
    assert len(sts.calls) == 2


@pytest.mark.parametrize(
    ("endpoint", "host", "path"),
    [
        ("http://[::1]:8090", "[::1]:8090", ""),
        ("https://lex.example:443/", "lex.example", ""),
        ("https://lex.example/a%2Fb", "lex.example", "/a%2Fb"),
    ],
)
def test_host_names_a_port_that_is_not_the_scheme_s_own(endpoint: str, host: str, path: str) -> None:
    access = Access(endpoint, make_keys("AKID", "secret", None), "us-east-1")
    assert (access.signer.host, access.path) == (host, path)
