from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.sessions.backends import StoreSettings, check_store, make_sessions


@pytest.mark.parametrize(
    "url",
    [
        "memory",
        "sqlite:///{folder}/store.db",
        "redis://localhost",
        "redis://user:secret@redis.example:6380/2",
        "rediss://redis.example:6380/2?ssl_cert_reqs=required",
        "redis://[::1]:6379",
        "unix:///run/redis.sock?db=1",
    ],
)
def test_these_are_stores(url: str, tmp_path: Path) -> None:
    check_store(StoreSettings(url=url.format(folder=tmp_path)))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "must be memory, sqlite:///PATH or redis://HOST:PORT/DB"),
        ("Memory", "must be memory, sqlite:///PATH or redis://HOST:PORT/DB"),
        ("mongodb://localhost", "must be memory, sqlite:///PATH or redis://HOST:PORT/DB"),
        ("sqlite://store.db", "must be memory, sqlite:///PATH or redis://HOST:PORT/DB"),
        ("localhost:6379", "must be memory, sqlite:///PATH or redis://HOST:PORT/DB"),
        ("sqlite:///", "sqlite:///PATH needs the path of a file"),
        (
            "sqlite:///{folder}/none/store.db",
            "there is no folder {folder}/none (an absolute path makes four slashes: sqlite:////…)",
        ),
        ("redis://", "redis://HOST:PORT/DB needs a host"),
        ("redis://:6379", "redis://HOST:PORT/DB needs a host"),
        ("redis://localhost:port", "the port is no number"),
    ],
)
def test_anything_else_is_told(url: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - its text is compared below
        check_store(StoreSettings(url=url.format(folder=tmp_path)))
    assert str(refused.value) == problem.format(folder=tmp_path)


def test_a_short_key_is_told_with_any_store() -> None:
    with pytest.raises(ValueError, match="a store key has at least 16 characters"):
        check_store(StoreSettings(key="short"))


def test_settings_show_no_secret() -> None:
    shown = repr(StoreSettings(url="redis://user:secret@localhost", key="a key of the store"))
    assert shown == "StoreSettings(url='redis', key='given')"


@pytest.mark.parametrize(("url", "is_memory"), [("memory", True), ("sqlite:///store.db", False), ("redis://h", False)])
def test_only_memory_has_a_size_and_shows_names(url: str, is_memory: bool) -> None:
    sessions = make_sessions(StoreSettings(url=url), SystemClock())
    assert (sessions.memory is not None, sessions.hide_names) == (is_memory, not is_memory)
