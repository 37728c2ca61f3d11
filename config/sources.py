"""Know a file again: what it held, and what its references led to."""

from dataclasses import dataclass
from hashlib import blake2b

from config.secrets import SecretMissing, Secrets


@dataclass(frozen=True, slots=True)
class Source:
    """What an account was made from, as digests: no secret stands in it."""

    content: bytes
    references: tuple[str, ...]
    """As written: ${env:NAME}, ${file:PATH}."""
    values: bytes
    """Of what the references led to."""

    @classmethod
    def note(cls, data: bytes, secrets: Secrets) -> "Source":
        """Note a file's content, and what `secrets` has been asked for while it was read."""
        return cls(_digest(data), tuple(secrets.led_to), _digest_values(secrets))

    def is_unchanged(self, data: bytes, secrets: Secrets) -> bool:
        """Say whether a file still holds the same, and its references, which `secrets` looks up, still lead to the same."""
        if _digest(data) != self.content:
            return False
        try:
            for reference in self.references:
                secrets.replace(reference)
        except SecretMissing:
            return False
        return _digest_values(secrets) == self.values


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _digest_values(secrets: Secrets) -> bytes:
    digest = blake2b(digest_size=16)
    for reference, value in sorted(secrets.led_to.items()):
        data = value.encode("utf-8", "surrogatepass")
        digest.update(f"{reference} {len(data)} ".encode("utf-8", "surrogatepass") + data)
    return digest.digest()
