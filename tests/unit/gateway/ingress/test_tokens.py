import base64
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import aiohttp
import jwt
import pytest

from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId
from gateway.ingress.key_sets import FRESH, Keys, KeySet, OneKey
from gateway.ingress.tokens import AppTokens, TokenRules
from tests.app_tokens import ACCOUNT, KEY, OTHER_KEY, CountingKeys, make_key, make_token, open_sentinel, write_pem
from tests.fakes import FakeClock

OTHER_ACCOUNT = AccountId("55")
SECRET = "s" * 64
TOKENS = AppTokens(
    {
        AccountId(ACCOUNT): TokenRules(OneKey(write_pem(KEY)), "Sentinel", "c0ffee"),
        OTHER_ACCOUNT: TokenRules(OneKey(write_pem(OTHER_KEY)), "Sentinel", None),
    },
    FakeClock(time.time()),
)


@pytest.mark.parametrize(
    ("account", "make"),
    [
        # Made when the test runs, not when it is collected: their times are relative.
        (ACCOUNT, make_token),
        (ACCOUNT, partial(make_token, aud=[ACCOUNT])),
        (ACCOUNT, partial(make_token, aud=["unknown", ACCOUNT])),
        (ACCOUNT, partial(make_token, scope="ihub.tpb.customendpoint")),
        (ACCOUNT, partial(make_token, scope="other thirdpartybots.customendpoint.bot more")),
        (ACCOUNT, partial(make_token, exp=-20)),
        (ACCOUNT, partial(make_token, iat=20)),
        (ACCOUNT, partial(make_token, headers={})),
        (OTHER_ACCOUNT, partial(make_token, OTHER_KEY, aud="55", azp=None)),
    ],
)
async def test_a_good_token_tells_its_account(account: str, make: Callable[[], str]) -> None:
    token = make()
    assert await TOKENS.verify(f"Bearer {token}") == account
    assert await TOKENS.verify(f"bearer  {token} ") == account


BAD: dict[str, str] = {
    "signed-by-another": make_token(OTHER_KEY),
    "for-another-account-with-this-account's-key": make_token(aud="55"),
    "for-an-account-that-is-not-served": make_token(aud="99"),
    "for-two-accounts": make_token(aud=[ACCOUNT, "55"]),
    "for-nobody": make_token(aud=None),
    "for-a-number": make_token(aud=[83482904]),
    "expired": make_token(exp=-60),
    "without-expiry": make_token(exp=None),
    "without-time-of-issue": make_token(iat=None),
    "issued-in-the-future": make_token(iat=300),
    "not-yet-valid": make_token(nbf=300),
    "another-issuer": make_token(iss="sentinel"),
    "without-issuer": make_token(iss=None),
    "another-application": make_token(azp="beef"),
    "without-application": make_token(azp=None),
    "another-scope": make_token(scope="thirdpartybots.customendpoint.bots"),
    "without-scope": make_token(scope=None),
    "scope-as-an-array": make_token(scope=["thirdpartybots.customendpoint.bot"]),
    "rs512": make_token(algorithm="RS512"),
    "ps256": make_token(algorithm="PS256"),
    "hs256": make_token(SECRET, algorithm="HS256"),
    "unsigned": make_token(None, algorithm="none"),
    "critical-extension": make_token(headers={"kid": "appjwt-1", "crit": ["x"], "x": 1}),
    "claims-are-an-array": jwt.PyJWS().encode(b"[]", KEY, algorithm="RS256"),
    "claims-are-not-json": jwt.PyJWS().encode(b"\xff", KEY, algorithm="RS256"),
    "not-a-token": "abc",
    "dots": "..",
    "not-base64": "!.!.!",
    "not-ascii": "ä.ö.ü",
    "undecodable": "\udcff.a.b",
    "nested-too-deep": jwt.PyJWS().encode(b"[" * 5000, KEY, algorithm="RS256"),
    "header-nested-too-deep": base64.urlsafe_b64encode(b"[" * 5000).decode().rstrip("=") + ".e30.x",
}


@pytest.mark.parametrize("name", BAD)
async def test_any_other_token_is_refused(name: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        await TOKENS.verify(f"Bearer {BAD[name]}")
    assert (refused.value.status, refused.value.code) == (401, "botbridge.error.unauthorized")
    assert BAD[name] not in refused.value.message


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", make_token(), f"Basic {make_token()}"])
async def test_a_token_comes_as_a_bearer_token(header: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        await TOKENS.verify(header)
    assert refused.value.status == 401


async def test_the_public_key_is_no_secret_to_sign_with() -> None:
    header, claims, _ = make_token().split(".")
    hmac = jwt.PyJWS().encode(b"{}", "x" * 64, algorithm="HS256").split(".")[0]
    with pytest.raises(RequestRefused):
        await TOKENS.verify(f"Bearer {hmac}.{claims}.{header}")


@pytest.mark.parametrize("pem", ["", "not a key", write_pem(make_key(1024))])
async def test_a_key_that_is_none_or_too_short_opens_nothing(pem: str) -> None:
    tokens = AppTokens({AccountId(ACCOUNT): TokenRules(OneKey(pem), "Sentinel", None)}, FakeClock())
    with pytest.raises(RequestRefused) as refused:
        await tokens.verify(f"Bearer {make_token()}")
    assert refused.value.status == 401


async def test_a_token_for_an_account_with_no_custom_endpoint_is_refused() -> None:
    empty: dict[AccountId, Any] = {}
    with pytest.raises(RequestRefused) as refused:
        await AppTokens(empty, FakeClock()).verify(f"Bearer {make_token()}")
    assert refused.value.status == 401


@pytest.fixture
def keys() -> CountingKeys:
    return CountingKeys(KEY.public_key())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(time.time())


def open_to(keys: Keys, clock: FakeClock, **options: int) -> AppTokens:
    return AppTokens({AccountId(ACCOUNT): TokenRules(keys, "Sentinel", "c0ffee")}, clock, **options)


async def test_a_good_token_is_verified_once(keys: CountingKeys, clock: FakeClock) -> None:
    tokens, token = open_to(keys, clock), make_token()
    assert [await tokens.verify(f"Bearer {token}") for _ in range(3)] == [ACCOUNT] * 3
    assert (keys.verified, keys.asked) == (1, ["appjwt-1"] * 3)


async def test_another_token_is_verified_itself(keys: CountingKeys, clock: FakeClock) -> None:
    tokens, token = open_to(keys, clock), make_token()
    assert await tokens.verify(f"Bearer {token}") == ACCOUNT
    head, claims, signature = token.split(".")
    others = make_token(OTHER_KEY).split(".")
    for forged in (f"{head}.{claims}.{others[2]}", f"{head}.{others[1]}.{signature}x", f"{token}A", token[:-4]):
        with pytest.raises(RequestRefused):
            await tokens.verify(f"Bearer {forged}")
    assert await tokens.verify(f"Bearer {make_token(jti='another')}") == ACCOUNT


async def test_a_bad_token_is_refused_however_often_it_comes(keys: CountingKeys, clock: FakeClock) -> None:
    tokens, token = open_to(keys, clock), make_token(OTHER_KEY)
    for _ in range(2):
        with pytest.raises(RequestRefused) as refused:
            await tokens.verify(f"Bearer {token}")
        assert refused.value.message == "The token is not valid (InvalidSignatureError)."
    assert keys.verified == 2


async def test_a_token_is_remembered_until_it_has_ended(keys: CountingKeys, clock: FakeClock) -> None:
    tokens, token = open_to(keys, clock), make_token(exp=600)
    end = jwt.decode(token, options={"verify_signature": False})["exp"]
    await tokens.verify(f"Bearer {token}")
    clock.now = end + 29.9
    await tokens.verify(f"Bearer {token}")
    assert keys.verified == 1
    clock.now = end + 30  # the leeway; what is verified anew is up to PyJWT, whose clock has not moved
    await tokens.verify(f"Bearer {token}")
    assert keys.verified == 2


async def test_a_token_is_remembered_until_its_key_is_another(keys: CountingKeys, clock: FakeClock) -> None:
    tokens, token = open_to(keys, clock), make_token()
    await tokens.verify(f"Bearer {token}")
    keys.replace(KEY.public_key())  # the set was fetched again: the same key, read anew
    await tokens.verify(f"Bearer {token}")
    assert keys.verified == 1
    keys.replace(OTHER_KEY.public_key())
    with pytest.raises(RequestRefused, match="InvalidSignatureError"):
        await tokens.verify(f"Bearer {token}")


async def test_a_token_is_forgotten_when_its_key_is_taken_back(keys: CountingKeys, clock: FakeClock) -> None:
    tokens, token = open_to(keys, clock), make_token()
    await tokens.verify(f"Bearer {token}")
    keys.replace(None)
    with pytest.raises(RequestRefused, match="InvalidKeyError"):
        await tokens.verify(f"Bearer {token}")
    keys.replace(KEY.public_key())
    assert (await tokens.verify(f"Bearer {token}"), keys.verified) == (ACCOUNT, 1)


async def test_the_oldest_token_is_forgotten_when_there_are_too_many(keys: CountingKeys, clock: FakeClock) -> None:
    tokens, made = open_to(keys, clock, max_remembered=2), [make_token(jti=name) for name in "abc"]
    for token in (*made, made[2], made[1], made[0]):
        await tokens.verify(f"Bearer {token}")
    assert keys.verified == 4


async def test_a_key_that_is_no_longer_published_opens_nothing_when_its_set_is_old(clock: FakeClock) -> None:
    async with open_sentinel() as sentinel, aiohttp.ClientSession() as http:
        sentinel.publish(appjwt_1=KEY)
        keys = KeySet(sentinel.url, http, clock)
        tokens, token = open_to(keys, clock), make_token()
        assert [await tokens.verify(f"Bearer {token}") for _ in range(2)] == [ACCOUNT] * 2
        sentinel.publish(appjwt_2=OTHER_KEY)
        clock.advance(FRESH)
        with pytest.raises(RequestRefused, match="InvalidKeyError"):
            await tokens.verify(f"Bearer {token}")
        assert sentinel.fetched == 2
        await keys.close()
