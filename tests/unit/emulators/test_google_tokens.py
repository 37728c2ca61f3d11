from __future__ import annotations

from typing import Any

import jwt
import pytest

from emulators.google_tokens import GoogleTokens, InvalidGrantError, ServiceAccount

NOW = 1_800_000_000.0
AUDIENCE = "http://127.0.0.1:1/token"


@pytest.fixture(scope="module")
def account() -> ServiceAccount:
    return ServiceAccount.generate()


def assertion(account: ServiceAccount, **changes: Any) -> str:
    claims = {"iss": account.email, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 3600, "scope": "cloud", **changes}
    assert account.private_key is not None
    return jwt.encode(claims, account.private_key, algorithm="RS256")


def test_issued_token_is_good_for_an_hour(account: ServiceAccount) -> None:
    tokens = GoogleTokens(None, account)
    issued = tokens.issue(assertion(account), AUDIENCE, NOW)
    header = f"Bearer {issued['access_token']}"
    assert issued["expires_in"] == 3600
    assert tokens.accepts(header, NOW + 3599)
    assert not tokens.accepts(header, NOW + 3600)


def test_googles_own_audience_is_known(account: ServiceAccount) -> None:
    made = assertion(account, aud="https://oauth2.googleapis.com/token")
    assert GoogleTokens(None, account).issue(made, AUDIENCE, NOW)["token_type"] == "Bearer"


def test_issued_token_expires_on_demand(account: ServiceAccount) -> None:
    tokens = GoogleTokens(None, account)
    issued = tokens.issue(assertion(account), AUDIENCE, NOW)
    tokens.expire()
    assert not tokens.accepts(f"Bearer {issued['access_token']}", NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "stranger@example.com"},
        {"aud": "https://elsewhere.example.com/token"},
        {"scope": ""},
        {"iat": NOW - 7200, "exp": NOW - 3600},
        {"exp": NOW + 7200},
        {"iat": NOW + 600},
        {"iat": None},
    ],
)
def test_assertions_that_earn_nothing(account: ServiceAccount, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidGrantError):
        GoogleTokens(None, account).issue(assertion(account, **changes), AUDIENCE, NOW)


def test_signature_of_another_key_earns_nothing(account: ServiceAccount) -> None:
    stranger = ServiceAccount.generate(account.email)
    with pytest.raises(InvalidGrantError, match="Invalid JWT Signature"):
        GoogleTokens(None, account).issue(assertion(stranger), AUDIENCE, NOW)


def test_self_signed_token_is_good_as_it_is(account: ServiceAccount) -> None:
    tokens = GoogleTokens(None, account)
    assert tokens.accepts(f"Bearer {assertion(account)}", NOW)
    assert not tokens.accepts(f"Bearer {assertion(account)}", NOW + 3600)


def test_fixed_tokens(account: ServiceAccount) -> None:
    tokens = GoogleTokens({"good"}, None)
    assert tokens.accepts("Bearer good", NOW)
    assert not tokens.accepts("Bearer bad", NOW)
    assert not tokens.accepts("Basic good", NOW)
    assert not tokens.accepts("", NOW)
    with pytest.raises(InvalidGrantError, match="account not found"):
        tokens.issue(assertion(account), AUDIENCE, NOW)


def test_without_tokens_and_account_all_are_welcome() -> None:
    assert GoogleTokens(None, None).accepts("", NOW)


def test_credentials_need_the_private_key() -> None:
    with pytest.raises(ValueError, match="private key"):
        ServiceAccount("a@example.com", "pem").credentials("http://127.0.0.1:1")
