"""App-JWTs as LivePerson's Sentinel makes them, and the page where its keys are published."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

ACCOUNT = "83482904"
SCOPE = "thirdpartybots.customendpoint.bot"


def make_key(bits: int = 2048) -> RSAPrivateKey:
    return generate_private_key(65537, bits)


KEY = make_key()
OTHER_KEY = make_key()


def write_pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def make_token(
    key: Any = KEY, *, algorithm: str = "RS256", headers: dict[str, Any] | None = None, **changed: Any
) -> str:
    """Sign a good token with some claims changed; None leaves a claim out. Times are seconds from now."""
    claims: dict[str, Any] = {
        "iss": "Sentinel",
        "aud": ACCOUNT,
        "azp": "c0ffee",
        "scope": SCOPE,
        "iat": -5,
        "exp": 600,
        **changed,
    }
    now = int(time.time())
    claims |= {name: now + claims[name] for name in ("iat", "exp", "nbf") if isinstance(claims.get(name), int)}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": "appjwt-1"} if headers is None else headers)


class CountingKey(RSAPublicKey):
    """A key that counts the signatures that it verifies."""

    def __init__(self, key: RSAPublicKey) -> None:
        self._key = key
        self.verified = 0

    @property
    def key_size(self) -> int:
        return self._key.key_size

    def public_numbers(self) -> RSAPublicNumbers:
        return self._key.public_numbers()

    def public_bytes(self, *options: Any) -> bytes:
        return self._key.public_bytes(*options)

    def encrypt(self, *options: Any) -> bytes:
        return self._key.encrypt(*options)

    def verify(self, *options: Any) -> None:
        self.verified += 1
        self._key.verify(*options)

    def recover_data_from_signature(self, *options: Any) -> bytes:
        return self._key.recover_data_from_signature(*options)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __copy__(self) -> "CountingKey":
        return self

    def __deepcopy__(self, memo: Any) -> "CountingKey":
        return self


class CountingKeys:
    """One key for whatever id, or none, until it is replaced."""

    def __init__(self, key: RSAPublicKey | None) -> None:
        self.asked: list[str | None] = []
        self.replace(key)

    def replace(self, key: RSAPublicKey | None) -> None:
        """Give another from now on."""
        self._key = None if key is None else CountingKey(key)

    @property
    def verified(self) -> int:
        """How many signatures the present key has verified."""
        return 0 if self._key is None else self._key.verified

    async def find(self, kid: str | None) -> RSAPublicKey | None:
        self.asked.append(kid)
        return self._key


@dataclass
class Sentinel:
    """Publishes keys, and counts how often they are fetched."""

    url: str = ""
    keys: list[Any] = field(default_factory=list)
    fetched: int = 0
    status: int = 200
    body: bytes | None = None
    """Sent instead of the keys."""

    def publish(self, **keys: RSAPrivateKey) -> None:
        """Publish these, and no others; underscores in names stand for hyphens."""
        self.keys = [
            orjson.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": name.replace("_", "-"), "use": "sig"}
            for name, key in keys.items()
        ]

    async def answer(self, _request: web.Request) -> web.Response:
        self.fetched += 1
        body = orjson.dumps({"keys": self.keys}) if self.body is None else self.body
        return web.Response(status=self.status, body=body, content_type="application/json")


@asynccontextmanager
async def open_sentinel() -> AsyncIterator[Sentinel]:
    sentinel = Sentinel()
    application = web.Application()
    application.router.add_get("/sentinel/well-known/jwks", sentinel.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sentinel.url = f"http://127.0.0.1:{runner.addresses[0][1]}/sentinel/well-known/jwks"
        yield sentinel
    finally:
        await runner.cleanup()
