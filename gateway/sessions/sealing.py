"""What a value looks like in a store: a version, a form, and the content, encrypted where there is a key.

    0x01 'p' content                                    plain
    0x01 'e' nonce (12) ciphertext and tag (16)         AES-256-GCM

Every name has a key of its own, derived from the store key by HMAC-SHA256: a value moved to another name does not open, and
no key is used so often that random nonces could meet. The first two bytes are authenticated with the content.
"""

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.sessions.cipher import Cipher

VERSION: Final = 1
"""Of the form above and of the content. A process drops values of any other version, so that old and new may share a store."""
MIN_KEY: Final = 16
"""Characters of a store key."""
_PLAIN: Final = bytes([VERSION]) + b"p"
_ENCRYPTED: Final = bytes([VERSION]) + b"e"


class UnreadableValue(Exception):
    """A value that is not ours, or not ours any more. The message says why and quotes nothing."""


class Seal:
    """Writes and reads values, and makes the names under which a store outside this process knows them."""

    def __init__(self, key: str | None = None) -> None:
        """Take the store key: any text of MIN_KEY characters or more, as random as can be (`openssl rand -base64 32`)."""
        if key is not None and len(key) < MIN_KEY:
            raise ValueError(f"a store key has at least {MIN_KEY} characters")
        self._cipher = None if key is None else _make_cipher(key)

    @staticmethod
    def hide(name: str) -> str:
        """Make 32 hexadecimal digits of a name: the ids in it come from callers, and are not to be read in a store's keys.

        The store key has no part in it: gateways with different keys still agree on whose turn it is.
        """
        return blake2b(name.encode(errors="surrogatepass"), digest_size=16).hexdigest()

    def close(self, name: str, content: bytes) -> bytes:
        """Write a value that is kept under this name."""
        if self._cipher is None:
            return _PLAIN + content
        return _ENCRYPTED + self._cipher.encrypt(name, content, _ENCRYPTED)

    def open(self, name: str, value: bytes) -> bytes:
        """Read a value that was kept under this name. Raise UnreadableValue."""
        form = value[:2]
        if form not in {_PLAIN, _ENCRYPTED}:
            raise UnreadableValue("another version")
        if self._cipher is None:
            if form == _ENCRYPTED:
                raise UnreadableValue("encrypted")
            return value[2:]
        if form == _PLAIN:  # not taken where there is a key: whoever can write to the store could have forged it
            raise UnreadableValue("not encrypted")
        content = self._cipher.decrypt(name, value[2:], form)
        if content is None:
            raise UnreadableValue("another key, or damaged")
        return content


def _make_cipher(key: str) -> "Cipher":
    # Imported where there is a key: without one, nothing of cryptography's is needed to keep conversations.
    from gateway.sessions.cipher import Cipher  # noqa: PLC0415

    return Cipher(key)
