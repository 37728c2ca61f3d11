"""Issue and check LivePerson's App-JWTs: RS256 tokens of an application, with the keys published as a JWKS.

docs/contract/custom-endpoint.md "Authentication", docs/contract/function.md "External invocation of a function".
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

if TYPE_CHECKING:
    from collections.abc import Iterable

ISSUER = "Sentinel"
LIFETIME = 3600
"""Seconds that a token is good for."""
BOT_SCOPE = "thirdpartybots.customendpoint.bot"
INVOKE_SCOPE = "faas.lambda.invoke"


class TokenRefused(Exception):
    """A token, or a request for one, that is not good enough. `status` is the HTTP status of the answer."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the status and say why."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Application:
    """An OAuth client of LivePerson's, and the scopes that its tokens carry (separated by spaces)."""

    client_id: str
    client_secret: str
    scope: str


CONNECTOR = Application("custom-endpoint-connector", "connector-secret", BOT_SCOPE)
INVOKER = Application("function-invoker", "invoker-secret", INVOKE_SCOPE)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair and the name under which its public half is published."""

    kid: str
    private: rsa.RSAPrivateKey

    @classmethod
    def generate(cls) -> Self:
        """Make a key pair. This takes some 100 ms of CPU: call it in a thread."""
        return cls(f"appjwt-{secrets.token_hex(4)}", rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @property
    def pem(self) -> str:
        """Return the public half as PEM."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    @property
    def jwk(self) -> dict[str, Any]:
        """Return the public half as an entry of a JWKS."""
        numbers = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": numbers["n"], "e": numbers["e"]}


class Sentinel:
    """The applications that may have tokens, and the keys that sign these. Times are seconds since the epoch."""

    def __init__(self, key: SigningKey, applications: Iterable[Application] = (CONNECTOR, INVOKER)) -> None:
        """Begin with one key. `public_key` (PEM) stays the first one's, whatever is added later."""
        self.keys = [key]
        self.applications = {application.client_id: application for application in applications}
        self.public_key = key.pem

    @classmethod
    def generate(cls, applications: Iterable[Application] = (CONNECTOR, INVOKER)) -> Self:
        """Begin with a new key. This takes some 100 ms of CPU: call it in a thread."""
        return cls(SigningKey.generate(), applications)

    def rotate(self, key: SigningKey, *, keep: bool = True) -> None:
        """Sign with this key from now on; without `keep`, the older ones are no longer published or accepted."""
        self.keys = [*self.keys, key] if keep else [key]

    def jwks(self) -> dict[str, Any]:
        """Return the published keys."""
        return {"keys": [key.jwk for key in self.keys]}

    def sign(self, account: str, application: Application, now: float, **claims: Any) -> str:
        """Sign a token. `claims` replace what would stand there; None leaves a claim out."""
        key = self.keys[-1]
        told = {
            "iss": ISSUER,
            "aud": account,
            "azp": application.client_id,
            "sub": application.client_id,
            "scope": application.scope,
            "iat": int(now),
            "exp": int(now) + LIFETIME,
            "jti": secrets.token_hex(8),
        } | claims
        payload = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(payload, key.private, algorithm="RS256", headers={"kid": key.kid})

    def issue(self, account: str, form: Any, now: float) -> dict[str, Any]:
        """Answer a client_credentials request. Raise TokenRefused: 400 for a bad form, 401 for a bad client."""
        if not isinstance(form, dict) or form.get("grant_type") != "client_credentials":
            raise TokenRefused(400, "grant_type must be client_credentials")
        application = self.applications.get(form.get("client_id", ""))
        if application is None or form.get("client_secret") != application.client_secret:
            raise TokenRefused(401, "unknown client or wrong secret")
        token = self.sign(account, application, now)
        return {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME}

    def check(self, authorization: str, account: str, scope: str, now: float) -> dict[str, Any]:
        """Return the claims of a good Bearer token. Raise TokenRefused: 401 for a bad one, 403 for another's or scope."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenRefused(401, "a Bearer token is required")
        # The times are compared with the caller's clock, below, not with that of this machine.
        options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = next((key for key in self.keys if key.kid == kid), None)
            if key is None:
                raise TokenRefused(401, "the token's key is not known")
            claims: dict[str, Any] = jwt.decode(
                token, key.private.public_key(), algorithms=["RS256"], issuer=ISSUER, options=options
            )
        except jwt.InvalidTokenError as problem:
            raise TokenRefused(401, f"the token is not valid: {type(problem).__name__}") from None
        if not claims.get("iat", now) - 60 <= now < claims.get("exp", 0):
            raise TokenRefused(401, "the token has expired")
        if claims.get("aud") != account:
            raise TokenRefused(403, "the token is for another account")
        if scope not in str(claims.get("scope", "")).split():
            raise TokenRefused(403, f"the token lacks the scope {scope}")
        return claims
