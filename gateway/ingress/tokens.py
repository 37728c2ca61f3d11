"""App-JWTs of LivePerson's Custom Endpoint connector (docs/contract/custom-endpoint.md, "Authentication")."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from gateway.contract.errors import RequestRefused
from gateway.contract.ports import Clock
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
MAX_REMEMBERED: Final = 4096
"""Good tokens that are remembered, a few hundred bytes each; then the oldest is forgotten."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What the tokens for one account must be: its `custom_endpoint` section."""

    keys: Keys
    issuer: str
    client_id: str | None
    """`azp`; None: any."""


@dataclass(frozen=True, slots=True)
class _Good:
    """What a token was found to be."""

    account: AccountId
    kid: str | None
    key: RSAPublicKey
    end: float
    """When it has ended, in seconds since 1970; the leeway is in it."""


class AppTokens:
    """Tells by its token which account a caller speaks for.

    A connector may send the same token for as long as it is good, and to verify a signature costs as much as half a turn. So good
    tokens are remembered, by their digest: until they end, and only while the very key that they were verified with
    is still the one of that name. A key that was taken back is noticed when its set is fetched again, remembered token or not.
    """

    def __init__(
        self, rules: Mapping[AccountId, TokenRules], clock: Clock, *, max_remembered: int = MAX_REMEMBERED
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._max_remembered = max_remembered
        self._good: dict[bytes, _Good] = {}

    async def verify(self, authorization: str) -> AccountId:
        """Check an Authorization header and give the token's account. Raise RequestRefused: 401, whatever is wrong."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise _refuse("A token is required: Authorization: Bearer TOKEN.")
        if not token.isascii():
            raise _refuse("The token is not valid: it is not ASCII.")
        digest = hashlib.sha256(token.encode()).digest()
        good = self._good.get(digest)
        if good is not None and await self._is_still_good(good):
            return good.account
        self._good.pop(digest, None)
        try:
            good = await self._verify(token)
        except (jwt.PyJWTError, RecursionError) as problem:  # the second for JSON that is nested too deep
            # The name of what is wrong, never PyJWT's words: some of them quote the token.
            raise _refuse(f"The token is not valid ({type(problem).__name__}).") from None
        if len(self._good) >= self._max_remembered:
            del self._good[next(iter(self._good))]
        self._good[digest] = good
        return good.account

    async def _is_still_good(self, good: _Good) -> bool:
        if self._clock.time() >= good.end:
            return False
        # Asked every time, as for a token that is new: this is also what keeps the set of keys up to date.
        return await self._rules[good.account].keys.find(good.kid) is good.key

    async def _verify(self, token: str) -> _Good:
        # Nothing unverified is trusted: the header and the audience only choose which of our own keys and rules must hold.
        unverified = jwt.decode_complete(token, options={"verify_signature": False})
        header = unverified["header"]
        if header.get("alg") != ALGORITHM:
            raise jwt.InvalidAlgorithmError
        account = self._choose_account(unverified["payload"])
        rules = self._rules[account]
        kid = header.get("kid")
        kid = kid if isinstance(kid, str) else None
        key = await rules.keys.find(kid)
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
        return _Good(account, kid, key, int(claims["exp"]) + LEEWAY)

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
