"""Find exports on the disk, and open them: zip files, single JSON files, and folders that a zip was unpacked to."""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from gateway.lint.findings import Refusal

MAX_MEMBERS: Final = 50_000
MAX_SIZE: Final = 256 * 1024 * 1024
"""Bytes that an export may have when it is unpacked: more than any vendor imports, and less than would fill the memory."""
_ROOTS: Final = ("agent.json", "Manifest.json")
"""Files that tell a folder to be the unpacked export of Dialogflow ES or Lex V2."""


@dataclass(frozen=True, slots=True)
class Source:
    """The files of what may be an export."""

    file: str
    is_folder: bool
    members: Mapping[str, bytes]
    """The JSON files by their path inside; the one of a single JSON file is named ""."""


def find_sources(path: Path) -> Iterator[Source | Refusal]:
    """Open a file; or all that may be exports in a folder and those below it, hidden ones left out."""
    if path.is_dir():
        yield from _search(path)
    else:
        yield _open(path)


def _search(folder: Path) -> Iterator[Source | Refusal]:
    try:
        if any((folder / name).is_file() for name in _ROOTS):
            files = sorted(folder.rglob("*.json"))
            members = {show_path(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}
            yield Source(show_path(folder), True, members)
            return
        # A link may lead back up.
        entries = [(entry, entry.is_dir() and not entry.is_symlink()) for entry in sorted(folder.iterdir())]
    except OSError as error:
        yield Refusal(show_path(folder), f"cannot be read: {error.strerror}")
        return
    for entry, is_folder in entries:
        if entry.name.startswith("."):
            continue
        if is_folder:
            yield from _search(entry)
        elif entry.suffix.lower() in {".zip", ".json"}:
            yield _open(entry)


def show_path(path: Path) -> str:
    """Write a path as text that every format can hold, also where its bytes are no UTF-8."""
    return path.as_posix().encode("utf-8", "replace").decode()


def _open(file: Path) -> Source | Refusal:
    try:
        data = file.read_bytes()
    except OSError as error:
        return Refusal(show_path(file), f"cannot be read: {error.strerror}")
    return open_export(show_path(file), data)


def open_export(file: str, data: bytes) -> Source | Refusal:
    """Open the bytes of a file: a zip when they are one, else JSON."""
    if not data.startswith(b"PK"):
        return Source(file, False, {"": data})
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if info.filename.lower().endswith(".json")]
            if len(members) > MAX_MEMBERS or sum(info.file_size for info in members) > MAX_SIZE:
                return Refusal(file, f"holds more than {MAX_MEMBERS} files, or more than {MAX_SIZE} bytes")
            # Some tools on Windows write backslashes, which the format does not know.
            read = {info.filename.replace("\\", "/"): archive.read(info) for info in members if _is_content(info)}
            return Source(file, False, read)
    # What a spoilt or strange zip file can raise: BadZipFile, the decompressors' errors, RuntimeError for one with a
    # password, NotImplementedError for an unknown compression, EOFError and ValueError from its structures.
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        return Refusal(file, f"is a zip file that cannot be read: {error}")


def _is_content(info: zipfile.ZipInfo) -> bool:
    """Leave out what macOS adds."""
    return not info.is_dir() and not info.filename.startswith("__MACOSX/")
