import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from config.secrets import SecretMissing, Secrets

CASES = orjson.loads((Path(__file__).parents[2] / "data" / "config" / "secrets.json").read_bytes())
ENVIRON = {"KEY": "the-key", "EMPTY": "", "NESTED": "${env:KEY}"}


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "key.txt").write_bytes(b"lower-key\n")
    (tmp_path / "key.txt").write_bytes(b"file-key\n")
    (tmp_path / "lines.txt").write_bytes(b"one\ntwo\n\n")
    (tmp_path / "windows.txt").write_bytes(b"file-key\r\n")
    (tmp_path / "latin-1.txt").write_bytes(b"caf\xe9")
    os.mkfifo(tmp_path / "pipe")
    return Secrets(tmp_path, ENVIRON)


@pytest.mark.parametrize("case", [case for case in CASES if "value" in case], ids=lambda case: case["name"])
def test_reference_is_replaced(case: dict[str, Any], secrets: Secrets) -> None:
    assert secrets.replace(case["text"]) == case["value"]


@pytest.mark.parametrize("case", [case for case in CASES if "problem" in case], ids=lambda case: case["name"])
def test_reference_that_leads_nowhere(case: dict[str, Any], secrets: Secrets) -> None:
    with pytest.raises(SecretMissing) as caught:
        secrets.replace(case["text"])
    assert str(caught.value) == case["problem"]


def test_absolute_path_does_not_start_at_the_folder(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("file-key\n")
    assert Secrets(tmp_path / "elsewhere", {}).replace(f"${{file:{tmp_path}/key.txt}}") == "file-key"


def test_what_was_found_is_hidden_by_its_reference(secrets: Secrets) -> None:
    secrets.replace("${env:KEY} ${file:key.txt}")
    assert secrets.hide("the-key or file-key or other") == "${env:KEY} or ${file:key.txt} or other"


def test_longer_value_is_hidden_before_one_that_it_contains(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path, {"SHORT": "abcd", "LONG": "abcdef"})
    secrets.replace("${env:SHORT}${env:LONG}")
    assert secrets.hide("abcdef abcd") == "${env:LONG} ${env:SHORT}"


def test_value_too_short_for_a_secret_tears_no_words_apart(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path, {"LETTER": "a"})
    secrets.replace("${env:LETTER}")
    assert secrets.hide("must be a mapping") == "must be a mapping"
