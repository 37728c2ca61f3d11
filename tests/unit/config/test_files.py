import os
from pathlib import Path

import pytest

from config.files import Unreadable, read_file


def test_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a\r\n\x00\xff")
    assert read_file(tmp_path / "file") == b"a\r\n\x00\xff"


def test_link_leads_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a")
    (tmp_path / "link").symlink_to("file")
    assert read_file(tmp_path / "link") == b"a"


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreadable, match=r"^is not a file$"):
        read_file(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".", "is not a file"),
        ("nowhere", "cannot be read: No such file or directory"),
        ("a" * 300, "cannot be read: File name too long"),
        ("a\0b", "cannot be read: not a name of a file"),
    ],
    ids=["folder", "missing", "too long", "NUL"],
)
def test_reason_is_told(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read_file(tmp_path / name)
    assert str(caught.value) == reason
