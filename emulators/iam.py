"""Play IBM's IAM: issue tokens for an API key, and tell who may call.

https://cloud.ibm.com/apidocs/iam-identity-token-api
"""

from __future__ import annotations

import hmac
import uuid
from typing import TYPE_CHECKING, Any

import jwt
from aiohttp import encode_basic_auth

if TYPE_CHECKING:
    from collections.abc import Mapping

APIKEY = "watson-emulator"
USERNAME = "emulator"
PASSWORD = "watson-emulator"  # noqa: S105 - opens nothing
GRANT_TYPE = "urn:ibm:params:oauth:grant-type:apikey"
_SIGNING_KEY = "the SDK decodes these tokens without checking the signature"


class TokenRefusedError(Exception):
    """A form that earns no token; `body` is IAM's answer, with status 400."""

    def __init__(self, code: str, message: str) -> None:
        """Write the answer."""
        super().__init__(message)
        self.body = {"errorCode": code, "errorMessage": message, "context": {"requestId": str(uuid.uuid4())}}


class Callers:
    """Who may call: the bearer of a token that was issued for the API key, and the user by name and password."""

    def __init__(self, apikey: str, username: str, password: str, token_lifetime: int) -> None:
        """Know one caller, whose tokens live for so many seconds."""
        self._apikey = apikey
        self._basic = encode_basic_auth(username, password)
        self._lifetime = token_lifetime
        self._tokens: dict[str, float] = {}

    def issue_token(self, form: Any, *, issuer: str, now: float) -> Mapping[str, Any]:
        """Return IAM's answer to the form. Raise TokenRefusedError."""
        given = form if isinstance(form, dict) else {}
        if given.get("grant_type") != GRANT_TYPE:
            raise TokenRefusedError("BXNIM0106E", "Property missing or empty: grant_type")
        if not hmac.compare_digest(given.get("apikey", "").encode(), self._apikey.encode()):
            raise TokenRefusedError("BXNIM0415E", "Provided API key could not be found.")
        issued = int(now)
        expiration = issued + self._lifetime
        claims = {"iss": issuer, "sub": "emulator", "iat": issued, "exp": expiration, "jti": str(uuid.uuid4())}
        token = jwt.encode(claims, _SIGNING_KEY, algorithm="HS256")
        self._tokens[token] = expiration
        return {
            "access_token": token,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": self._lifetime,
            "expiration": expiration,
            "scope": "ibm openid",
        }

    def are_let_in(self, authorization: str, *, now: float) -> bool:
        """Say whether an Authorization header is that of somebody who may call."""
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return self._tokens.get(given, 0) > now
        return scheme.lower() == "basic" and hmac.compare_digest(f"Basic {given}".encode(), self._basic.encode())

    def expire_tokens(self) -> None:
        """Accept none of the tokens issued so far."""
        self._tokens.clear()
