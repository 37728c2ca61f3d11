"""Open an export, whichever way it is packed: a zip, the folder that a zip unpacks to, or one JSON file."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAX_BYTES = 64 * 1024 * 1024
"""What all JSON files of an export may unpack to together; real ones stay far below."""
MAX_MEMBERS = 50_000


class SourceError(ValueError):
    """An export, or a member of it, that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """The JSON files of an export, still undecoded."""

    file: str
    members: Mapping[str, bytes]
    """By their path inside the zip or folder, sorted; the empty path when the export is one JSON file."""

    def load(self, member: str) -> Any:
        """Decode one member, or raise a SourceError."""
        try:
            return orjson.loads(self.members[member].removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            raise SourceError(f"is not JSON: {error}") from error

    def find(self, name: str) -> str | None:
        """Return the member of that name that lies nearest to the top, in whatever folder."""
        found = [member for member in self.members if member == name or member.endswith(f"/{name}")]
        return min(found, key=lambda member: (member.count("/"), member), default=None)


def name_source(path: Path) -> str:
    """Return the name of an export's file without its ending, or that of its folder."""
    whole = path.resolve()
    return whole.name if whole.is_dir() else whole.stem


def open_source(path: Path) -> Source:
    """Read all JSON files of an export, or raise a SourceError. This reads the disk: call it in a thread."""
    try:
        if path.is_dir():
            return Source(str(path), dict(_read_folder(path)))
        if zipfile.is_zipfile(path):
            return Source(str(path), dict(_read_zip(path)))
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(f"holds more than {MAX_BYTES} bytes")
        return Source(str(path), {"": path.read_bytes()})
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}") from error
    # A damaged or encrypted zip shows itself in many ways, depending on which of its bytes are wrong.
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise SourceError(f"is no readable zip: {error}") from error


def _read_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    files = sorted(
        (path.relative_to(folder).as_posix(), path)
        for path in folder.rglob("*")
        if path.is_file() and _counts(path.name)
    )
    _check_size(len(files), sum(path.stat().st_size for _, path in files))
    for name, path in files:
        yield name, path.read_bytes()


def _read_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as packed:
        # Some tools on Windows write backslashes; the format knows slashes alone.
        infos = sorted((info.filename.replace("\\", "/"), info) for info in packed.infolist() if not info.is_dir())
        wanted = [(name, info) for name, info in infos if _counts(name) and not name.startswith("__MACOSX/")]
        _check_size(len(wanted), sum(info.file_size for _, info in wanted))
        for name, info in wanted:
            with packed.open(info) as file:
                # The size in the directory of a zip is a claim; read no more than it says.
                yield name, file.read(info.file_size)


def _counts(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.lower().endswith(".json") and not last.startswith("._")


def _check_size(members: int, size: int) -> None:
    if members > MAX_MEMBERS or size > MAX_BYTES:
        raise SourceError(f"holds more than {MAX_MEMBERS} JSON files or {MAX_BYTES} bytes of them")
