"""Replace `${env:NAME}` and `${file:PATH}` in the strings of an account file (docs/accounts.md)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from config.files import Unreadable, read_file

_REFERENCE: Final = re.compile(r"\$\{(env|file):([^}]*)(\}?)")
SHORTEST_HIDDEN: Final = 4
"""Characters. A shorter value is no secret, and hiding it would tear words apart."""


class SecretMissing(ValueError):
    """A reference that leads nowhere. The message names it, never a value."""


class Secrets:
    """Knows where references lead, and hides what they led to."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self.led_to: dict[str, str] = {}
        """Reference -> what it led to."""

    def replace(self, text: str) -> str:
        """Replace every reference in a string. Raise SecretMissing, which names all that lead nowhere."""
        if "${" not in text:
            return text
        missing: list[str] = []

        def look_up(match: re.Match[str]) -> str:
            try:
                value = self._find(*match.groups())
            except SecretMissing as error:
                missing.append(str(error))
                return match.group()
            self.led_to[match.group()] = value
            return value

        replaced = _REFERENCE.sub(look_up, text)
        if missing:
            raise SecretMissing("; ".join(missing))
        return replaced

    def hide(self, text: str) -> str:
        """Put the references back where a text quotes what they led to; a vendor's own check may quote a value."""
        references = {value: reference for reference, value in self.led_to.items()}
        for value in sorted(references, key=len, reverse=True):
            if len(value) >= SHORTEST_HIDDEN:
                text = text.replace(value, references[value])
        return text

    def _find(self, kind: str, name: str, end: str) -> str:
        if not end:
            raise SecretMissing(f"${{{kind}:… is not closed by }}")
        if not name:
            raise SecretMissing(f"${{{kind}:}} names nothing")
        return self._from_environment(name) if kind == "env" else self._from_file(name)

    def _from_environment(self, name: str) -> str:
        value = self._environ.get(name)
        if value is None:
            raise SecretMissing(f"the environment has no {name}")
        return value

    def _from_file(self, name: str) -> str:
        """Read a file; relative paths start at the account file's folder. One newline at the end is not part of the value."""
        try:
            value = read_file(self._folder / name).decode()
        except Unreadable as error:
            raise SecretMissing(f"file {name} {error}") from None
        except UnicodeDecodeError:
            raise SecretMissing(f"file {name} is not UTF-8 text") from None
        return value.removesuffix("\n").removesuffix("\r")
