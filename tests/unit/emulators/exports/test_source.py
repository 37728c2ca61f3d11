from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from emulators.exports import source
from emulators.exports.source import Source, SourceError, name_source, open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_folder_gives_its_json_files_by_their_paths(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "x.json").write_text("1")
    (tmp_path / "a.JSON").write_text("2")
    (tmp_path / "a.txt").write_text("3")
    (tmp_path / "._a.json").write_text("4")

    opened = open_source(tmp_path)

    assert (opened.file, dict(opened.members)) == (str(tmp_path), {"a.JSON": b"2", "b/c/x.json": b"1"})


def test_a_zip_with_backslashes_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as packed:
        info = zipfile.ZipInfo("x.json")
        info.filename = "b\\c\\x.json"
        packed.writestr(info, "1")
        packed.writestr("__MACOSX/b/x.json", "2")
        packed.writestr("d/", "")

    assert dict(open_source(path).members) == {"b/c/x.json": b"1"}


def test_the_nearest_member_of_a_name_is_found() -> None:
    opened = Source("x", {"a/b/agent.json": b"", "c/agent.json": b"", "not-agent.json": b""})
    assert [opened.find(name) for name in ("agent.json", "b/agent.json", "none.json")] == [
        "c/agent.json",
        "a/b/agent.json",
        None,
    ]


def test_members_are_decoded_with_or_without_a_byte_order_mark() -> None:
    opened = Source("x", {"a": b'\xef\xbb\xbf{"k": 1}', "b": b"[2]", "c": b"\xff"})
    assert [opened.load("a"), opened.load("b")] == [{"k": 1}, [2]]
    with pytest.raises(SourceError, match="is not JSON"):
        opened.load("c")


def break_zip(path: Path) -> None:
    """Write a zip whose content is not what its checksum says."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("x.json", "12345678")
    path.write_bytes(path.read_bytes().replace(b"12345678", b"12345679", 1))


def encrypt_zip(path: Path) -> None:
    """Write a zip that claims to be encrypted."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("x.json", "1")
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def break_compression(path: Path) -> None:
    """Write a zip whose compressed data is none."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x.json", "1" * 100)
    content = path.read_bytes()
    start = 30 + len("x.json")
    path.write_bytes(content[:start] + b"\xff\xff" + content[start + 2 :])


@pytest.mark.parametrize("spoil", [break_zip, encrypt_zip, break_compression])
def test_a_damaged_zip_is_refused(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    spoil(path)
    with pytest.raises(SourceError, match="is no readable zip"):
        open_source(path)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x.json", b"0" * (source.MAX_BYTES + 1))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(SourceError, match="holds more than"):
        open_source(path)


def test_a_file_that_is_too_big_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        os.truncate(file.fileno(), source.MAX_BYTES + 1)
    with pytest.raises(SourceError, match="holds more than"):
        open_source(path)


def test_an_export_is_named_by_its_file_or_folder(tmp_path: Path) -> None:
    (tmp_path / "my.agent").mkdir()
    assert [name_source(tmp_path / name) for name in ("my.agent", "bot.v2.zip", "skill.json")] == [
        "my.agent",
        "bot.v2",
        "skill",
    ]
