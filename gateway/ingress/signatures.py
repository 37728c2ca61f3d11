"""Signed requests: a caller shows that it knows a secret without sending it, and each signature counts once.

    X-Botbridge-Signature: t=1767225600,v1=5f8c…

`t` is when it was made, in whole seconds since 1970; `v1` is the HMAC-SHA256, in hexadecimal, of `t`, a full stop and the
request's body. There may be several `v1`, of which one must be right. The account is the one that the path names.
"""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import islice
from typing import Final, NamedTuple

from multidict import istr

from gateway.contract.errors import RequestRefused
from gateway.contract.ports import Clock
from gateway.contract.types import AccountId
from gateway.ingress.auth import UNAUTHORIZED

SIGNATURE: Final = istr("X-Botbridge-Signature")
WINDOW: Final = 300
"""Seconds that the caller's clock may differ from ours, either way."""
MAX_SEEN: Final = 100_000
"""Signatures that are remembered; five minutes of more than 300 signed requests a second. Then the oldest is forgotten."""
BODY_TIME: Final = 10.0
"""Seconds in which a signed body must have come: until it has, nobody knows who holds the connection."""
MAX_CANDIDATES: Final = 4
"""`v1` of one header that are looked at."""
_TIME: Final = re.compile(r"[0-9]{1,12}")
_HEX: Final = re.compile(r"[0-9a-fA-F]{64}")


class SeenSignatures:
    """The good signatures of the last minutes. Outlives a reload; each process has its own."""

    def __init__(self, clock: Clock, *, limit: int = MAX_SEEN) -> None:
        self.clock = clock
        self._limit = limit
        self._until: dict[bytes, float] = {}

    def add(self, signature: bytes, until: float) -> bool:
        """Remember a signature until this time (seconds since 1970); False when it is remembered already."""
        now = self.clock.time()
        known = self._until.get(signature)
        if known is not None and known >= now:
            return False
        for old, end in list(islice(self._until.items(), 2)):  # two for each that comes, so that what is over goes
            if end < now:
                del self._until[old]
        if len(self._until) >= self._limit:
            del self._until[next(iter(self._until))]
        self._until[signature] = until
        return True


class Signatures:
    """The signing secrets of each account that has any."""

    def __init__(
        self, secrets: Mapping[AccountId, Iterable[str]], seen: SeenSignatures, *, body_time: float = BODY_TIME
    ) -> None:
        self._body_time = body_time
        self._secrets = {account: [secret.encode() for secret in values] for account, values in secrets.items()}
        self._seen = seen

    def has_secrets(self, account: AccountId) -> bool:
        """Say whether the account's callers may sign."""
        return bool(self._secrets.get(account))

    async def verify(self, header: str, read_body: Callable[[], Awaitable[bytes]], account: AccountId) -> None:
        """Let a request through that one of the account's secrets has signed just now, and once. Raise RequestRefused (401).

        The body is read when the header is as it should be, and within a limit of its own.
        """
        stamp = _read_header(header)
        moment = int(stamp.time)
        if abs(self._seen.clock.time() - moment) > WINDOW:
            raise RequestRefused(UNAUTHORIZED, f"The signature's time is more than {WINDOW} s from the gateway's.")
        try:
            async with asyncio.timeout(self._body_time):
                body = await read_body()
        except TimeoutError:
            raise RequestRefused(UNAUTHORIZED, "The signed body did not come in time.") from None
        signed = stamp.time.encode() + b"." + body
        made = [hmac.digest(secret, signed, hashlib.sha256) for secret in self._secrets.get(account, [])]
        # Lists, not generators: every secret is compared, so that the time does not tell which one it was.
        matching = [one for one in made if any([hmac.compare_digest(one, given) for given in stamp.signatures])]  # noqa: C419
        if not matching:
            raise RequestRefused(UNAUTHORIZED, "The signature is wrong.")
        if not self._seen.add(account.encode() + b"/" + matching[0], moment + WINDOW):
            raise RequestRefused(UNAUTHORIZED, "The signature has been used before.")


class _Stamp(NamedTuple):
    """A header, taken apart; `time` as it was written, since that is what was signed."""

    time: str
    signatures: list[bytes]


def _read_header(header: str) -> _Stamp:
    """Read `t=…,v1=…`; members of other names are for later versions. Raise RequestRefused (401)."""
    members = [member.strip().partition("=") for member in header.split(",")]
    times = [value for name, _, value in members if name == "t"]
    signatures = [bytes.fromhex(value) for name, _, value in members if name == "v1" and _HEX.fullmatch(value)]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not 1 <= len(signatures) <= MAX_CANDIDATES:
        raise RequestRefused(UNAUTHORIZED, f"The signature cannot be read: {SIGNATURE}: t=SECONDS,v1=HEXADECIMAL.")
    return _Stamp(times[0], signatures)
