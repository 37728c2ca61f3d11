import sys
from pathlib import Path

import pytest

from config.importing import make_importable


def test_folder_and_current_directory_come_last_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "accounts").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["/somewhere"])
    make_importable(Path("accounts"))
    make_importable(Path("accounts"))
    assert sys.path == ["/somewhere", str(tmp_path / "accounts"), str(tmp_path)]
