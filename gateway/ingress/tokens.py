"""App-JWTs of LivePerson's Custom Endpoint connector (docs/contract/custom-endpoint.md, "Authentication")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt

from gateway.contract.errors import RequestRefused
from gateway.contract.types import AccountId
from gateway.ingress.auth import UNAUTHORIZED
from gateway.ingress.key_sets import Keys

ALGORITHM: Final = "RS256"
SCOPES: Final = frozenset({"thirdpartybots.customendpoint.bot", "ihub.tpb.customendpoint"})
"""One of these must be among a token's scopes; the second is deprecated."""
LEEWAY: Final = 30
"""Seconds by which LivePerson's clock and ours may differ."""
MIN_KEY_BITS: Final = 2048
"""Of an RSA key; RS256 asks for no less (RFC 7518 section 3.3)."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What the tokens for one account must be: its `custom_endpoint` section."""

    keys: Keys
    issuer: str
    client_id: str | None
    """`azp`; None: any."""


class AppTokens:
    """Tells by its token which account a caller speaks for."""

    def __init__(self, rules: Mapping[AccountId, TokenRules]) -> None:
        self._rules = rules

    async def verify(self, authorization: str) -> AccountId:
        """Check an Authorization header and give the token's account. Raise RequestRefused: 401, whatever is wrong."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _refuse("A token is required: Authorization: Bearer TOKEN.")
        if not token.isascii():
            raise _refuse("The token is not valid: it is not ASCII.")
        try:
            return await self._verify(token.strip())
        except (jwt.PyJWTError, RecursionError) as problem:  # the second for JSON that is nested too deep
            # The name of what is wrong, never PyJWT's words: some of them quote the token.
            raise _refuse(f"The token is not valid ({type(problem).__name__}).") from None

    async def _verify(self, token: str) -> AccountId:
        # Nothing unverified is trusted: the header and the audience only choose which of our own keys and rules must hold.
        header = jwt.get_unverified_header(token)
        if header.get("alg") != ALGORITHM:
            raise jwt.InvalidAlgorithmError
        account = self._choose_account(jwt.decode(token, options={"verify_signature": False}))
        rules = self._rules[account]
        kid = header.get("kid")
        key = await rules.keys.find(kid if isinstance(kid, str) else None)
        if key is None or key.key_size < MIN_KEY_BITS:
            raise jwt.InvalidKeyError
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=account,
            issuer=rules.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud"]},
        )
        if rules.client_id is not None and claims.get("azp") != rules.client_id:
            raise _refuse("The token is for another application (azp).")
        scope = claims.get("scope")
        if not isinstance(scope, str) or SCOPES.isdisjoint(scope.split()):
            raise _refuse("The token has not the scope of the Custom Endpoint.")
        return account

    def _choose_account(self, claims: Mapping[str, Any]) -> AccountId:
        """Find the one account of ours that the token claims to be for."""
        audience = claims.get("aud")
        names = audience if isinstance(audience, list) else [audience]
        accounts = {AccountId(name) for name in names if isinstance(name, str) and name in self._rules}
        if len(accounts) != 1:
            raise jwt.InvalidAudienceError
        return accounts.pop()


def _refuse(message: str) -> RequestRefused:
    return RequestRefused(UNAUTHORIZED, message)
