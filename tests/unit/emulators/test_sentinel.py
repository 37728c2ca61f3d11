from __future__ import annotations

import jwt
import pytest

from emulators.sentinel import CONNECTOR, Application, Sentinel, SigningKey


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate()


def test_claims_are_replaced_and_left_out(key: SigningKey) -> None:
    token = Sentinel(key).sign("1", CONNECTOR, 100.5, iss="Guard", jti=None, scope=None)
    assert jwt.decode(token, options={"verify_signature": False}) == {
        "iss": "Guard",
        "aud": "1",
        "azp": CONNECTOR.client_id,
        "sub": CONNECTOR.client_id,
        "iat": 100,
        "exp": 3700,
    }
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT", "kid": key.kid}


def test_only_its_applications_have_tokens(key: SigningKey) -> None:
    sentinel = Sentinel(key, [Application("a", "s", "one two")])
    form = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "s"}
    token = sentinel.issue("1", form, 100)["access_token"]
    assert sentinel.check(f"bearer {token}", "1", "two", 100)["scope"] == "one two"


def test_a_published_key_verifies(key: SigningKey) -> None:
    (published,) = Sentinel(key).jwks()["keys"]
    assert published.keys() == {"kty", "use", "alg", "kid", "n", "e"}
    assert published["kid"].startswith("appjwt-")
    token = jwt.encode({}, key.private, algorithm="RS256")
    assert jwt.decode(token, jwt.PyJWK(published).key, algorithms=["RS256"]) == {}
