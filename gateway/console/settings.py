"""What `--console` was told: who may sign in, and where the pages are."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway.ingress.auth import DIGEST_PREFIX

PAGES: Final = Path(__file__).with_name("static")
"""Where `make console` leaves the built pages, and the wheel has them."""
MIN_TOKEN: Final = 16
"""Characters of an operator's token: nobody guesses that many, at ten tries a minute."""
_DIGEST_DIGITS: Final = 64


class PagesMissing(Exception):
    """The console's pages have not been built; the message says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """The same for all workers of a gateway."""

    tokens: tuple[str, ...] = field(repr=False)
    """Operators' tokens, or their digests as `sha256:` and 64 hexadecimal digits."""
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """This start's own: part of the sessions' keys of operators of whose token only the digest is known."""
    pages: Path = PAGES


def read_tokens(given: str | None) -> tuple[str, ...]:
    """Read `--console-token`: tokens or digests, separated by commas. Raise ValueError, quoting none, for what is none."""
    tokens = tuple(part.strip() for part in (given or "").split(",") if part.strip())
    if not tokens:
        raise ValueError("--console needs --console-token (or BOTBRIDGE_CONSOLE_TOKEN): what operators sign in with")
    for number, token in enumerate(tokens, start=1):
        if token.startswith(DIGEST_PREFIX):
            _check_digest(token.removeprefix(DIGEST_PREFIX), number)
        elif len(token) < MIN_TOKEN:
            raise ValueError(f"token {number} of --console-token has fewer than {MIN_TOKEN} characters")
    return tokens


def _check_digest(digits: str, number: int) -> None:
    if len(digits) != _DIGEST_DIGITS or set(digits) - set("0123456789abcdefABCDEF"):
        raise ValueError(f"token {number} of --console-token: after {DIGEST_PREFIX} come 64 hexadecimal digits")


def check_pages(pages: Path = PAGES) -> None:
    """Raise PagesMissing when there are none. Looks at the disk."""
    if not (pages / "index.html").is_file():
        raise PagesMissing("the console's pages have not been built; make console builds them")
