"""Read a file that an operator named: whole, or a reason in words."""

from pathlib import Path


class Unreadable(Exception):
    """A file that cannot be read; the message says why, as the end of a sentence."""


def read_file(path: Path) -> bytes:
    """Read a regular file. Raise Unreadable: for a folder, and for a pipe, on which nobody may ever write, as well."""
    try:
        if path.exists() and not path.is_file():
            raise Unreadable("is not a file")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    except ValueError:  # a name that no file can have
        raise Unreadable("cannot be read: not a name of a file") from None
