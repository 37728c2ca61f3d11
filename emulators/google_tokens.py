"""Play Google's token endpoint for service accounts, and check Bearer tokens.

https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Collection

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"
"""What Google's libraries put into `aud`, whatever the credentials file gives as its token_uri."""
LIFETIME = 3600
LEEWAY = 60


class InvalidGrantError(Exception):
    """An assertion that earns no token; the text is Google's `error_description`."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account: the public half for the emulator, and, when it was generated here, the private one."""

    email: str
    public_key: str
    """PEM."""
    private_key: str | None = None
    """PEM."""

    @classmethod
    def generate(cls, email: str = "bot@emulator.iam.gserviceaccount.com") -> Self:
        """Make an account with a key pair of its own. This takes some 100 ms of CPU: call it in a thread."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return cls(email, public.decode(), private.decode())

    def credentials(self, url: str, project_id: str = "emulator") -> dict[str, str]:
        """Return the content of a credentials file whose tokens come from the emulator at this URL."""
        if self.private_key is None:
            raise ValueError("the private key of this account is not known here")
        return {
            "type": "service_account",
            "project_id": project_id,
            "private_key_id": "emulator",
            "private_key": self.private_key,
            "client_email": self.email,
            "client_id": "0",
            "token_uri": f"{url}/token",
        }


class GoogleTokens:
    """The tokens that are good, by a clock that the caller passes in."""

    def __init__(self, tokens: Collection[str] | None, account: ServiceAccount | None) -> None:
        """Accept these fixed tokens and those of the account; with neither, accept anything."""
        self._fixed = tokens
        self._account = account
        self._issued: dict[str, float] = {}

    def expire(self) -> None:
        """Accept none of the tokens issued so far."""
        self._issued.clear()

    def accepts(self, authorization: str, now: float) -> bool:
        """Tell whether an Authorization header opens the door."""
        if self._fixed is None and self._account is None:
            return True
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        if token in (self._fixed or ()) or self._issued.get(token, 0) > now:
            return True
        try:
            # Google APIs also take a JWT that the account signed itself: https://google.aip.dev/auth/4111
            self._read(token, now)
        except InvalidGrantError:
            return False
        return True

    def issue(self, assertion: str, token_url: str, now: float) -> dict[str, Any]:
        """Trade an assertion made for this token URL (or Google's) for an access token, or raise InvalidGrantError."""
        claims = self._read(assertion, now)
        if claims.get("aud") not in (AUDIENCE, token_url):
            raise InvalidGrantError("Invalid JWT: Failed audience check.")
        if not claims.get("scope"):
            raise InvalidGrantError("Invalid JWT: no scope.")
        token = f"ya29.{secrets.token_urlsafe(32)}"
        self._issued[token] = now + LIFETIME
        return {"access_token": token, "expires_in": LIFETIME, "token_type": "Bearer"}

    def _read(self, token: str, now: float) -> dict[str, Any]:
        if self._account is None:
            raise InvalidGrantError("Invalid grant: account not found")
        # The times are compared with the emulator's clock, below, not with that of this machine.
        options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
        try:
            claims: dict[str, Any] = jwt.decode(token, self._account.public_key, algorithms=["RS256"], options=options)
        except jwt.InvalidTokenError:
            raise InvalidGrantError("Invalid JWT Signature.") from None
        if claims.get("iss") != self._account.email:
            raise InvalidGrantError("Invalid grant: account not found")
        issued, expires = claims.get("iat"), claims.get("exp")
        if not isinstance(issued, int | float) or not isinstance(expires, int | float):
            raise InvalidGrantError("Invalid JWT: iat and exp are required.")
        if not issued - LEEWAY <= now < expires or expires - issued > LIFETIME + LEEWAY:
            raise InvalidGrantError(
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            )
        return claims
