import hashlib
from pathlib import Path

import pytest

from gateway.console.settings import ConsoleSettings, PagesMissing, check_pages, read_tokens

DIGEST = "sha256:" + hashlib.sha256(b"an operator's token").hexdigest()


@pytest.mark.parametrize(
    ("given", "tokens"),
    [
        ("sixteen-letters-", ("sixteen-letters-",)),
        (f" sixteen-letters-, {DIGEST} ,", ("sixteen-letters-", DIGEST)),
        (DIGEST.upper().replace("SHA256", "sha256"), (DIGEST.upper().replace("SHA256", "sha256"),)),
    ],
)
def test_tokens_are_separated_by_commas(given: str, tokens: tuple[str, ...]) -> None:
    assert read_tokens(given) == tokens


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (None, "--console needs --console-token (or BOTBRIDGE_CONSOLE_TOKEN): what operators sign in with"),
        (" , ", "--console needs --console-token (or BOTBRIDGE_CONSOLE_TOKEN): what operators sign in with"),
        ("fifteen-letters", "token 1 of --console-token has fewer than 16 characters"),
        ("sixteen-letters-,short", "token 2 of --console-token has fewer than 16 characters"),
        ("sha256:abc", "token 1 of --console-token: after sha256: come 64 hexadecimal digits"),
        ("sha256:" + "g" * 64, "token 1 of --console-token: after sha256: come 64 hexadecimal digits"),
    ],
)
def test_what_is_no_token_is_told_without_quoting_it(given: str | None, problem: str) -> None:
    with pytest.raises(ValueError, match="console") as raised:
        read_tokens(given)
    assert str(raised.value) == problem


def test_pages_that_are_not_built_are_missed(tmp_path: Path) -> None:
    with pytest.raises(PagesMissing) as raised:
        check_pages(tmp_path)
    assert str(raised.value) == "the console's pages have not been built; make console builds them"
    (tmp_path / "index.html").touch()
    check_pages(tmp_path)


def test_no_secret_shows() -> None:
    settings = ConsoleSettings(tokens=("a-token-of-an-operator",))
    assert "a-token" not in repr(settings)
    assert "salt" not in repr(settings)
