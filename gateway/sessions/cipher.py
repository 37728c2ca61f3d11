"""What encrypts a store's values: AES-256-GCM, with a key for each name (gateway.sessions.sealing says what for)."""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE: Final = 12


class Cipher:
    """Encrypts and decrypts with what it derives from a store key."""

    def __init__(self, key: str) -> None:
        self._key = HKDF(SHA256(), 32, salt=None, info=b"botbridge store: values").derive(key.encode())

    def encrypt(self, name: str, content: bytes, about: bytes) -> bytes:
        """Give nonce, ciphertext and tag of what is kept under a name; `about` is authenticated with it."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aes(name).encrypt(nonce, content, about)

    def decrypt(self, name: str, data: bytes, about: bytes) -> bytes | None:
        """Give the content, or None for anything that `encrypt` has not made of this name with this key."""
        try:
            return self._aes(name).decrypt(data[:_NONCE], data[_NONCE:], about)
        except (InvalidTag, ValueError):
            return None

    def _aes(self, name: str) -> AESGCM:
        return AESGCM(hmac.digest(self._key, name.encode(errors="surrogatepass"), "sha256"))
