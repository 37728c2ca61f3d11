from pathlib import Path

import pytest

from config.secrets import Secrets
from config.sources import Source

DATA = b"account: ${env:NAME}\nkey: ${file:key}\n"


def read(folder: Path, environ: dict[str, str]) -> Secrets:
    secrets = Secrets(folder, environ)
    secrets.replace(DATA.decode())
    return secrets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text("the key\n")
    return tmp_path


@pytest.fixture
def source(folder: Path) -> Source:
    return Source.note(DATA, read(folder, {"NAME": "a name"}))


def test_the_same_content_and_values_are_unchanged(folder: Path, source: Source) -> None:
    assert source.is_unchanged(DATA, Secrets(folder, {"NAME": "a name", "OTHER": "x"}))
    assert source.references == ("${env:NAME}", "${file:key}")


def test_no_value_stands_in_it(source: Source) -> None:
    assert "the key" not in repr(source)
    assert "a name" not in repr(source)


@pytest.mark.parametrize("data", [b"", DATA + b" ", DATA.replace(b"account", b"Account")])
def test_other_content_is_a_change(data: bytes, folder: Path, source: Source) -> None:
    assert not source.is_unchanged(data, Secrets(folder, {"NAME": "a name"}))


@pytest.mark.parametrize("environ", [{}, {"NAME": ""}, {"NAME": "another"}])
def test_another_variable_is_a_change(environ: dict[str, str], folder: Path, source: Source) -> None:
    assert not source.is_unchanged(DATA, Secrets(folder, environ))


@pytest.mark.parametrize("content", [None, "", "another key\n"])
def test_another_secret_is_a_change(content: str | None, folder: Path, source: Source) -> None:
    (folder / "key").unlink()
    if content is not None:
        (folder / "key").write_text(content)
    assert not source.is_unchanged(DATA, Secrets(folder, {"NAME": "a name"}))


def test_values_that_change_places_are_a_change(tmp_path: Path) -> None:
    data = b"${env:A} ${env:B}"
    secrets = Secrets(tmp_path, {"A": "1", "B": "2"})
    secrets.replace(data.decode())
    assert not Source.note(data, secrets).is_unchanged(data, Secrets(tmp_path, {"A": "2", "B": "1"}))
